"""Serve the simulated instruments and let the programs of others talk to them, and insist on what they find.

    python tests/peers/check_clients.py --operando PYTHON --clients PYTHON

`--operando` is an interpreter that has operando; `--clients` one that has minimalmodbus, keller-protocol,
pymodbus (3.14 to 3.16), pyserial and labmcp-palmsens. POSIX only, because these clients want serial ports. Prints one
line for each check; exit 1 if one fails.
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

HERE = Path(__file__).parent
Found = Iterator[tuple[str, bool]]
PATIENT_S = 60.0


@contextmanager
def served(python: Path, folder: Path, bench: str = "sim") -> Iterator[dict[str, Any]]:
    """What the ports file says, while a bench is served."""
    ports = folder / "ports.json"
    command = [python, "-m", "operando.protocols.cli", "simulate", bench, "--ports", ports]
    server = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if line.startswith("ready"):
                break
        yield json.loads(ports.read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.communicate(timeout=PATIENT_S)


def seen_by(python: Path, client: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(python), str(HERE / client), *arguments], capture_output=True, text=True, check=False, timeout=PATIENT_S
    )
    if done.returncode != 0:
        raise SystemExit(f"{client} failed: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def check_minimalmodbus(seen: dict[str, Any]) -> Found:
    yield "pressure as float and as integer agree", isclose(seen["pressure_bar"] * 1e5, seen["pressure_Pa"], abs_tol=20)
    yield "pressure is that of the box", isclose(seen["pressure_bar"], 1.1, abs_tol=0.01)
    yield "temperature is that of the room", isclose(seen["temperature_C"], 24.9, abs_tol=0.5)
    yield "serial number", seen["serial_number"] == 182517
    yield "class and group", seen["class_group"] == 0x0514
    yield "status is good", seen["status"] == 0
    yield "five registers are refused", seen["five_registers"] == "IllegalRequestError"
    yield "another address is silent", seen.get("another_address") == "silent"
    yield "a new address holds", seen["moved_to"] == 7
    yield "zero is set", isclose(seen["after_setting_zero_bar"], 1.0, abs_tol=2e-4)
    yield "zero is reset", isclose(seen["after_resetting_zero_bar"], seen["pressure_bar"], abs_tol=2e-4)


def check_keller_protocol(seen: dict[str, Any]) -> Found:
    yield "firmware", seen["firmware"] == "5.20-12.28"
    yield "serial number", seen["serial_number"] == 182517
    yield "address", seen["address"] == 1
    yield "pressure as float and as integer agree", isclose(seen["pressure_bar"] * 1e5, seen["pressure_Pa"], abs_tol=20)
    yield "temperature is that of the room", isclose(seen["temperature_C"], 24.9, abs_tol=0.5)
    yield "range", seen["highest_bar"] == 3.0
    yield "P1 is active", seen["active"] == 0b10
    yield "status is good", seen["status"] == 0
    yield "zero is set", isclose(seen["after_setting_zero_bar"], 1.0, abs_tol=2e-4)
    yield "zero is reset", isclose(seen["after_resetting_zero_bar"], seen["pressure_bar"], abs_tol=2e-4)
    yield "gain is written", isclose(seen["with_gain_two_bar"], 2 * seen["pressure_bar"], abs_tol=4e-4)
    yield "a new address holds", seen["moved_to"] == 9
    yield "another address is silent", seen.get("another_address") == "silent"


def check_pymodbus(seen: dict[str, Any]) -> Found:
    for wire in ("serial", "tcp"):
        found = seen[wire]
        yield f"pressure over {wire}", isclose(found["pressure_bar"], 1.1, abs_tol=0.01)
        yield f"the same again over {wire}", isclose(found["pressure_bar"], found["pressure_again_bar"], abs_tol=2e-4)
        yield f"exceptions over {wire}", (found["five_registers"], found["odd_address"]) == (3, 2)
        yield f"no input registers over {wire}", found["input_registers"] == 1
        yield f"echo test over {wire}", found["echo"] == "1234"


def check_gateway(seen: dict[str, Any]) -> Found:
    yield "pressure is that of the box", isclose(seen["pressure_bar"], 1.1, abs_tol=0.01)
    yield "a second device has a good force", seen["force_status"] == 2 and seen["force_counts"] > 0
    yield "a third one a temperature", isclose(seen["temperature_C"], 24.9, abs_tol=1.0)
    yield "a refusal keeps its reason", seen["illegal_address"] == 2
    yield "a unit that nobody has is refused by the gateway", seen["nobody"] == 11
    yield "and the next answer is right", isclose(seen["after_it_bar"], seen["pressure_bar"], abs_tol=2e-4)


def check_methodscript(seen: dict[str, Any]) -> Found:
    hold, sweep, aborted = seen["hold"], seen["sweep"], seen["aborted"]
    yield "model", seen["identity"]["model"] == "EmStat4 HR"
    yield "serial number", seen["identity"]["serial"] == "ES4HR20B0008"
    yield "a hold has its points", (hold["points"], hold["malformed"], hold["error"]) == (10, [], None)
    yield "a hold lasts as long as it should", isclose(hold["last_time_s"], 1.0, abs_tol=0.01)
    yield "a hold holds", isclose(hold["potential_V"], 3.6, abs_tol=1e-3)
    yield "current flows into the cell", hold["currents_finite"] and hold["current_A"] > 0
    steps = [round(potential_V * 100) for potential_V in sweep["potentials_V"]]
    yield "a sweep has its steps", steps == list(range(350, 361)) and sweep["error"] is None
    yield "text", seen["text"] == ["hello"]
    yield "nonsense is refused with its line", "line 2" in seen["refused"] and "0x4001" in seen["refused"]
    yield "an abort is obeyed", aborted["aborted"] and not aborted["timed_out"] and aborted["error"] is None
    yield "after an abort the cell is switched off", aborted["told"]["note"] == "cell switched off"
    yield "an idle instrument refuses the abort", seen["idle_abort"]["was_running"] is False
    yield "it still answers", seen["identity_at_the_end"] == seen["identity"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operando", type=Path, required=True)
    parser.add_argument("--clients", type=Path, required=True)
    options = parser.parse_args()
    failures = 0
    ask = options.clients
    with tempfile.TemporaryDirectory() as folder, served(options.operando, Path(folder), "sim-holder") as ports:
        port = str(urlsplit(ports["instruments"]["box gauge"]["gateway"]).port)
        for name, right in check_gateway(seen_by(ask, "client_pymodbus.py", "--gateway", "127.0.0.1", port)):
            print(f"{'ok  ' if right else 'FAIL'} pymodbus at the gateway: {name}")
            failures += not right
    with tempfile.TemporaryDirectory() as folder, served(options.operando, Path(folder)) as ports:
        box, cell = ports["instruments"]["box gauge"], ports["instruments"]["potentiostat"]
        line, stream = urlsplit(box["pty"]).path, urlsplit(box["tcp"])
        port = str(stream.port)
        for client, checks in (
            ("minimalmodbus", check_minimalmodbus(seen_by(ask, "client_minimalmodbus.py", line))),
            ("keller-protocol", check_keller_protocol(seen_by(ask, "client_keller_protocol.py", line))),
            ("pymodbus", check_pymodbus(seen_by(ask, "client_pymodbus.py", line, "127.0.0.1", port))),
            ("labmcp-palmsens", check_methodscript(seen_by(ask, "client_methodscript.py", cell["pty"]))),
        ):
            for name, right in checks:
                print(f"{'ok  ' if right else 'FAIL'} {client}: {name}")
                failures += not right
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
