"""Serve the simulated SourceMeters and let pymeasure talk to them through pyvisa-py, and insist on what it finds.

    PYTHONPATH=tests python tests/peers/check_keithley.py --operando PYTHON --clients PYTHON

`--operando` is an interpreter that has operando; `--clients` one that has pymeasure, pyvisa-py and pyserial. Prints one
line for each check; exit 1 if one fails.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from peers.check_clients import Found, seen_by, served

BENCH = """operando_bench: 1
name: SourceMeters
record: {institution: test, operator: test}
instruments:
  native: {driver: keithley-2450, address: 'sim://keithley-2450'}
  dialect: {driver: keithley-2400, address: 'sim://keithley-2400'}
"""


def check_2450(seen: dict[str, Any]) -> Found:
    yield "identity", seen["identity"].startswith("KEITHLEY INSTRUMENTS,MODEL 2450,")
    yield "high impedance when off", seen["off_states"] == ["HIMP", "HIMP"]
    yield "open-circuit voltage", 3.4 < seen["open_circuit_V"] < 3.7
    yield "settings are read back", (seen["source_V"], seen["limit_A"]) == (4.0, 1e-4)
    yield "it charges with the limit", isclose(seen["charging_A"], 1e-4, rel_tol=1e-3)
    yield "it discharges with the limit", isclose(seen["discharging_A"], -1e-4, rel_tol=1e-3)
    yield "nonsense is refused with its code", any("-113" in entry[0] for entry in seen["refused"])
    yield "the output is off at the end", seen["output"] == "0"


def check_2400(seen: dict[str, Any]) -> Found:
    yield "identity", seen["identity"].startswith("KEITHLEY INSTRUMENTS INC.,MODEL 2400,")
    yield "high impedance when off", seen["off_state"] == "disconnected"
    yield "four wires", seen["wires"] == 4
    yield "the output goes on and off", (seen["enabled"], seen["enabled_at_the_end"]) == (True, False)
    yield "it charges with the compliance", isclose(seen["charging_A"], 1e-4, rel_tol=1e-3)
    yield "voltage of the cell", 3.4 < seen["voltage_V"] < 4.0
    yield "the buffer fills", (seen["rows"], seen["times_increase"]) == (10, True)
    yield "current in the buffer", isclose(seen["buffer_A"], 1e-4, rel_tol=1e-3)


def lines(found: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for name, checks in (("2450", check_2450(found["2450"])), ("2400", check_2400(found["2400"]))):
        for what, right in checks:
            yield f"pymeasure, Keithley {name}: {what}", right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operando", type=Path, required=True)
    parser.add_argument("--clients", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Path(folder) / "bench.yaml"
        bench.write_text(BENCH, encoding="utf-8")
        with served(options.operando, Path(folder), str(bench)) as ports:
            doors = [urlsplit(ports["instruments"][name]["tcp"]).port for name in ("native", "dialect")]
            found = seen_by(options.clients, "client_pymeasure.py", "127.0.0.1", *map(str, doors))
    failures = 0
    for name, right in lines(found):
        print(f"{'ok  ' if right else 'FAIL'} {name}")
        failures += not right
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
