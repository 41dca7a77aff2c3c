"""What programs of others say of our potentiostats: files of the simulated EC-Lab, and the structures of EClib.

    python tests/peers/check_potentiostats.py --readers PYTHON --biologic PYTHON

Run by an interpreter that has operando; `--readers` is one that has galvani and yadg, `--biologic` one that has
easy-biologic. Prints one line for each check; exit 1 if one fails.
"""

import argparse
import ctypes
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from operando.drivers.potentiostats.biologic import structures
from operando.drivers.potentiostats.biologic.techniques import technique_of
from operando.drivers.roles import Galvanostatic, Guard, Impedance, OpenCircuit, Potentiostatic, Step, Technique
from operando.simulators.laboratory import WorldSettings
from operando.simulators.potentiostats.vendor_program import EcLab
from operando.simulators.world.simulated_world import SimulatedWorld

HERE = Path(__file__).parent
Found = Iterator[tuple[str, bool]]
GUARD = Guard((2.5, 4.3), (-1e-3, 1e-3), 4000.0)
STEPS: dict[str, Technique] = {
    "OCV": OpenCircuit(),
    "CPLIMIT": Galvanostatic(1e-4, 4.2),
    "CALIMIT": Potentiostatic(4.2, 1e-5),
    "PEIS": Impedance(1e5, 1.0, 5, 0.01),
}
HARDWARE = {"I_Range", "E_Range", "Bandwidth"}
"""Parameters of the channel, which easy-biologic adds to those of every technique."""
MISSPELT = {"Step_nuber": "Step_number"}


def seen_by(python: Path, client: str, *arguments: str) -> dict[str, Any]:
    command = [str(python), str(HERE / client), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{client} failed: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def ec_lab_file(folder: Path) -> Path:
    path = folder / "run.mpt"
    world = SimulatedWorld(WorldSettings())
    program = EcLab(world, path=path)
    program.start(0.0)
    world.advance(400.0)
    program.file.flush()
    return path


def check_file(seen: dict[str, Any]) -> Found:
    galvani, yadg = seen["galvani"], seen["yadg"]
    yield "galvani: 400 rows, one each second", bool(np.allclose(galvani["time/s"], np.arange(1.0, 401.0)))
    currents_mA = galvani["I/mA"]
    yield "galvani: a charge of 0.24 mA after a rest", [currents_mA[299], round(currents_mA[300], 6)] == [0, 0.24]
    yield "galvani: mode of both", [galvani["mode"][299], galvani["mode"][300]] == [3, 1]
    yield "yadg: the same voltages", bool(np.allclose(yadg["voltage"], galvani["Ewe/V"]))
    yield "yadg: wall time", bool(np.isclose(yadg["uts"][0], 1767225601.0))


def check_structures(seen: dict[str, Any]) -> Found:
    names = {
        "DeviceInfo": structures.DeviceInfos,
        "ChannelInfo": structures.ChannelInfos,
        "CurrentValues": structures.CurrentValues,
        "DataInfo": structures.DataInfos,
        "EccParam": structures.EccParam,
        "EccParams": structures.EccParams,
    }
    for name, ours in names.items():
        fields = [getattr(ours, field[0]).offset for field in ours._fields_]
        size, places = seen["structures"][name]
        if name == "DataInfo":  # theirs is not packed; tomato's is, and so is ours: they part at the double
            yield "easy-biologic: places of DataInfo before its double", fields[:7] == places[:7]
        else:
            yield f"easy-biologic: size and places of {name}", (ctypes.sizeof(ours), fields) == (size, places)
    for name, technique in STEPS.items():
        made = technique_of(Step(1, technique, GUARD), charging=True)
        labels = {parameter.label for parameter in made.parameters} - HARDWARE
        wanted = {MISSPELT.get(label, label) for label in seen["parameters"][name]}
        yield f"easy-biologic: parameters of {name}", labels == wanted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=Path, required=True)
    parser.add_argument("--biologic", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        read = seen_by(options.readers, "read_ec_lab.py", str(ec_lab_file(Path(folder))))
    declared = seen_by(options.biologic, "declared_by_easy_biologic.py")
    failures = 0
    for name, right in (*check_file(read), *check_structures(declared)):
        print(f"{'ok  ' if right else 'FAIL'} {name}")
        failures += not right
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
