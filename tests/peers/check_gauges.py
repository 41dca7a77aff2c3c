"""The programs of others at our gauges, and our drivers at the emulators of others; insists on what both find.

    python tests/peers/check_gauges.py --operando PYTHON --clients PYTHON

`--operando` is an interpreter that has operando; `--clients` one that has labmcp-pfeiffer-tpg,
pfeiffer-vacuum-protocol, pylablib, PyMeasure, PyVISA-py and minimalmodbus. POSIX only, because these clients want
serial ports. Prints one line for each check; exit 1 if one fails.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import isclose
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
Found = Iterator[tuple[str, bool]]
PATIENT_S = 120.0

BENCH = """operando_bench: 1
name: gauges
record: {institution: test, operator: test}
instruments:
  box gauge: {driver: keller-33x, address: 'sim://sensors'}
  controller: {driver: pfeiffer-tpg, address: 'sim://tpg', options: {places: {chamber: {channel: 1}}}}
  line: {driver: pfeiffer-rs485, address: 'sim://telegrams', options: {device: 1, place: column}}
  transducer: {driver: mks-900, address: 'sim://mks', options: {place: pump}}
"""

EMULATED = """operando_bench: 1
name: emulators
record: {{institution: test, operator: test}}
instruments:
  new: {{driver: pfeiffer-tpg, address: 'tcp://127.0.0.1:{tpg362}', options: {{places: {{a: {{channel: 1}}}}}}}}
  old: {{driver: pfeiffer-tpg, address: 'tcp://127.0.0.1:{tpg262}', options: {{places: {{b: {{channel: 1}}}}}}}}
  line: {{driver: pfeiffer-rs485, address: 'tcp://127.0.0.1:{telegrams}', options: {{place: c}}}}
"""

READ = """
import json, sys
from operando.drivers.bench import open_bench
with open_bench(sys.argv[1]) as bench:
    told = {role.name: str(role.identify().model) for role in bench.one_role_each()}
    found = {place: [gauge.pressure() for _ in range(5)][-1] for place, gauge in bench.pressures.items()}
    values = {place: [reading.value, str(reading.quality)] for place, reading in found.items()}
    print(json.dumps({"models": told, "readings": values}))
"""


@contextmanager
def served(python: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """What the ports file says, while the server runs."""
    bench, ports = folder / "bench.yaml", folder / "ports.json"
    bench.write_text(BENCH)
    command = [str(python), "-m", "operando.protocols.cli", "simulate", str(bench), "--ports", str(ports)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if line.startswith("ready"):
                break
        yield json.loads(ports.read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.communicate(timeout=PATIENT_S)


def told(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENT_S)
    if done.returncode != 0:
        raise SystemExit(f"{command[1]} failed: {done.stderr[-3000:]}")
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def check_clients(seen: dict[str, Any]) -> Found:
    tpg, pylablib, telegrams, mks, sensors = (seen[n] for n in ("tpg", "pylablib", "telegrams", "mks", "sensors"))
    yield "labmcp-pfeiffer-tpg: model", tpg["identity"]["model"] == "TPG362"
    yield "labmcp-pfeiffer-tpg: gauges", tpg["gauges"] == ["PKR", "APR"]
    yield "labmcp-pfeiffer-tpg: chamber", isclose(tpg["mbar"][0] * 100, 0.033, rel_tol=0.05)
    yield "labmcp-pfeiffer-tpg: box", isclose(tpg["mbar"][1] * 100, 1.1e5, rel_tol=0.02)
    yield "labmcp-pfeiffer-tpg: one channel", isclose(tpg["first_mbar"], tpg["mbar"][0], rel_tol=0.05)
    yield "labmcp-pfeiffer-tpg: another unit", isclose(tpg["after_changing_mbar"][1], tpg["mbar"][1], rel_tol=0.02)
    yield "pylablib: pressure", isclose(pylablib["pascal"], 0.033, rel_tol=0.05)
    yield "pylablib: status", pylablib["status"] == "ok"
    yield "pfeiffer-vacuum-protocol: gauges", telegrams["types"] == ["MPT 100", "PPT 100"]
    yield "pfeiffer-vacuum-protocol: no errors", telegrams["errors"] == ["NO_ERROR", "NO_ERROR"]
    yield "pfeiffer-vacuum-protocol: versions", telegrams["versions"] == [[1, 1, 0], [1, 1, 0]]
    yield "pfeiffer-vacuum-protocol: chamber", isclose(telegrams["bar"][0] * 1e5, 0.033, rel_tol=0.05)
    yield "pfeiffer-vacuum-protocol: argon", isclose(telegrams["bar"][1] * 1e5 * 1.65, 1.1e5, rel_tol=0.03)
    yield "PyMeasure: status and unit", (mks["status"], mks["unit"]) == ("Ok", "TORR")
    yield "PyMeasure: pressure", isclose(mks["torr"] * 133.322, 0.033, rel_tol=0.05)
    yield "PyMeasure: another unit", isclose(mks["pascal"], mks["torr"] * 133.322, rel_tol=0.05)
    yield "minimalmodbus: force", isclose(sensors["counts"] / 100, 78.5, abs_tol=0.5)
    yield "minimalmodbus: data are good", sensors["status"] == 2
    yield "minimalmodbus: Pt100", isclose(sensors["holder_C"], 25.0, abs_tol=0.3) and sensors["connected"] == 3
    yield "minimalmodbus: 4 to 20 mA", isclose(sensors["share"] * 1000, 78.5, abs_tol=0.5)
    yield "minimalmodbus: box", isclose(sensors["box_bar"], 1.1, abs_tol=0.01)
    yield "minimalmodbus: nobody else answers", sensors.get("nobody") == "silent"


def check_emulators(seen: dict[str, Any]) -> Found:
    readings = seen["readings"]
    yield "emulated TPG 362 of labmcp: model", seen["models"]["new"] == "TPG 362"
    yield "emulated TPG 262 of labmcp: model", seen["models"]["old"] == "TPG 262"
    for place, name in (("a", "TPG 362 of labmcp"), ("b", "TPG 262 of labmcp")):
        value, quality = readings[place]
        yield f"emulated {name}: a pressure", quality == "ok" and 1e-6 < value < 1e5
    yield "emulated PPT 100 of pfeiffer-vacuum-protocol: model", seen["models"]["line"] == "PPT 100"
    yield "emulated PPT 100 of pfeiffer-vacuum-protocol: a pressure", readings["c"][1] == "ok" and readings["c"][0] > 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operando", type=Path, required=True)
    parser.add_argument("--clients", type=Path, required=True)
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(options.operando, folder) as ports:
            serial = [
                urlsplit(ports["instruments"][gauge]["pty"]).path
                for gauge in ("controller", "line", "transducer", "box gauge")
            ]
            clients = told([str(options.clients), str(HERE / "client_gauges.py"), *serial], folder)
        emulators = subprocess.Popen(
            [str(options.clients), str(HERE / "serve_gauge_emulators.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert emulators.stdout is not None
            bench = folder / "emulators.yaml"
            bench.write_text(EMULATED.format(**json.loads(emulators.stdout.readline())))
            drivers = told([str(options.operando), "-c", READ, str(bench)], folder)
        finally:
            emulators.communicate("", timeout=PATIENT_S)
        for what, right in (*check_clients(clients), *check_emulators(drivers)):
            print(f"{'ok  ' if right else 'FAIL'} {what}")
            failures += not right
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
