"""The maker's own package at our simulated ZEM, and our driver at the maker's emulator; insists on what both find.

    python tests/peers/check_zem.py --operando PYTHON --pyzemrpc PYTHON

`--operando` is an interpreter that has operando, `--pyzemrpc` one that has pyzemrpc. Prints one line for each check;
exit 1 if one fails.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
PATIENT_S = 120.0

BENCH = """operando_bench: 1
name: emulated microscope
record: {{institution: test, operator: test}}
instruments:
  sem: {{driver: zem, address: 'udp://127.0.0.1:{port}', simulated: true, options: {{reply_timeout: 1 s}}}}
"""

DRIVE = """
import json, sys
from operando.drivers.bench import open_bench
from operando.drivers.roles import BeamConditions, FrameRequest, HighVoltage, StagePosition
from operando.drivers.waiting import wait_for
with open_bench(sys.argv[1]) as bench:
    column, scanner, stage, clock = bench.column, bench.scanner, bench.stage, bench.clock
    column.switch_high_voltage(True)
    wait_for(clock, lambda: column.high_voltage() is HighVoltage.ON, 20.0, every_s=0.2)
    found = column.conditions()
    column.apply(BeamConditions(10e3, 100e-12, found.working_distance_m, 100e-6))
    wait_for(clock, lambda: not column.busy(), 20.0, every_s=0.2)
    stage.move_to(StagePosition(0.5e-3, -0.25e-3, 0.0))
    wait_for(clock, lambda: not stage.moving(), 20.0, every_s=0.2)
    there = stage.position()
    scanner.start(FrameRequest(("SE",), (512, 512), 3.2e-6))
    wait_for(clock, lambda: scanner.progress().complete, 30.0, every_s=0.05)
    (image,) = scanner.images()
    print(json.dumps({
        "model": column.identify().model,
        "field_um": column.conditions().field_width_m * 1e6,
        "volts": column.conditions().voltage_V,
        "moved_um": [there.x_m * 1e6, there.y_m * 1e6],
        "picture": [list(image.pixels.shape), float(image.pixels.std())],
        "safe": str(column.make_safe().safety),
    }))
"""


def told(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENT_S)
    if done.returncode != 0:
        raise SystemExit(f"{command[1]} failed: {done.stderr[-3000:]}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert isinstance(found, dict)
    return found


def seen_by_the_package(operando: Path, pyzemrpc: Path, folder: Path) -> dict[str, Any]:
    ports = folder / "ports.json"
    command = [str(operando), "-m", "operando.protocols.cli", "simulate", "sim-zem", "--ports", str(ports)]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if line.startswith("ready"):
                break
        address = urlsplit(json.loads(ports.read_text(encoding="utf-8"))["instruments"]["sem"]["udp"])
        return told([str(pyzemrpc), str(HERE / "client_zem.py"), str(address.hostname), str(address.port)], folder)
    finally:
        server.terminate()
        server.communicate(timeout=PATIENT_S)


def seen_by_our_driver(operando: Path, pyzemrpc: Path, folder: Path) -> dict[str, Any]:
    emulator = subprocess.Popen(
        [str(pyzemrpc), str(HERE / "serve_virtual_zem.py")],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert emulator.stdout is not None
        bench = folder / "bench.yaml"
        bench.write_text(BENCH.format(port=int(emulator.stdout.readline())))
        return told([str(operando), "-c", DRIVE, str(bench)], folder)
    finally:
        emulator.communicate("", timeout=PATIENT_S)


def checks(client: dict[str, Any], driver: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    yield "pyzemrpc at our ZEM: model and status", (client["model"], client["idle"]) == ("ZEM20", True)
    yield "pyzemrpc at our ZEM: magnification", client["magnification_set"] and client["magnification"] == 1000
    yield "pyzemrpc at our ZEM: field", isclose(client["field_um"], 127.0)
    yield "pyzemrpc at our ZEM: a refusal", "ILLEGAL_PARAMETER" in client["refused"]
    yield "pyzemrpc at our ZEM: detector", client["channel_set"]
    yield "pyzemrpc at our ZEM: high voltage", (client["volts"], client["off"]) == (5000.0, 0)
    yield "pyzemrpc at our ZEM: stage", client["moved"] and client["position_um"] == [1200.0, -650.0]
    shape, kind, spread = client["picture"]
    yield "pyzemrpc at our ZEM: a picture of the specimen", (shape, kind) == ([128, 128], "uint16") and spread > 100
    yield "our driver at the maker's emulator: model", "Zem" in driver["model"]
    yield "our driver at the maker's emulator: field", isclose(driver["field_um"], 100.0, rel_tol=0.01)
    yield "our driver at the maker's emulator: voltage", driver["volts"] == 10e3
    yield "our driver at the maker's emulator: stage", driver["moved_um"] == [500.0, -250.0]
    yield (
        "our driver at the maker's emulator: a picture",
        driver["picture"][0] == [512, 512] and driver["picture"][1] > 1,
    )
    yield "our driver at the maker's emulator: left safe", driver["safe"] == "confirmed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operando", type=Path, required=True)
    parser.add_argument("--pyzemrpc", type=Path, required=True)
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        client = seen_by_the_package(options.operando, options.pyzemrpc, Path(name))
        driver = seen_by_our_driver(options.operando, options.pyzemrpc, Path(name))
    for what, right in checks(client, driver):
        print(f"{'ok  ' if right else 'FAIL'} {what}")
        failures += not right
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
