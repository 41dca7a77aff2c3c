"""A circuit of resistors, constant phase elements and an inductance, by impedance.py.

Needs that package, so it is run by an interpreter of its own and speaks JSON:

    echo '{"circuit": "R0-R1", "constants": {"R0": 1, "R1": 2}, "frequencies_Hz": [1]}' | PYTHON circuit_impedance.py

Printed: real and imaginary parts, ohm.
"""

import json
import sys

import numpy as np
from impedance.models.circuits import CustomCircuit

if __name__ == "__main__":
    request = json.load(sys.stdin)
    circuit = CustomCircuit(request["circuit"], constants=request["constants"])
    found = circuit.predict(np.array(request["frequencies_Hz"], dtype=float))
    json.dump({"real": found.real.tolist(), "imaginary": found.imag.tolist()}, sys.stdout)
