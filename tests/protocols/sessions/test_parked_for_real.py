"""`operando run`, `park` and `continue` as processes of their own, on a served potentiostat over a real socket.

A minute of real time, in which nearly nothing is computed: each pre-flight lets the cell rest for twenty seconds.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.control_cell import charge_by_step
from support.killing import OPERANDO, Laboratory
from support.run_protocols import HEAD
from support.served import bench_of

from operando.drivers.clock import RealClock
from operando.drivers.waiting import wait_for
from operando.protocols.record import read_events, verify_record
from operando.protocols.record.sessions import continued_sessions, parked_sessions

PATIENT_S = 120.0
"""Longer than any of them takes on a busy machine; reached only when the test fails."""
CURRENT_A = 120e-6
CHARGE_S, DISCHARGE_S = 12.0, 5.0
CYCLED = HEAD + (
    "cycling:\n"
    f"  - {{name: charge, step: Charge at C/10 for {CHARGE_S:g} seconds}}\n"
    f"  - {{name: discharge, step: Discharge at C/10 for {DISCHARGE_S:g} seconds}}\n"
)


@contextmanager
def beginning(*command: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that goes on while the block lasts."""
    asked = [*OPERANDO, *command]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()  # nothing, where it has ended


def said_by(*command: str) -> str:
    """What a command prints that succeeds."""
    done = subprocess.run([*OPERANDO, *command], capture_output=True, text=True, timeout=PATIENT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(400)
def test_a_run_is_parked_from_another_process_and_continued_in_a_third(tmp_path: Path) -> None:
    source, protocol, folder = tmp_path / "bench.yaml", tmp_path / "protocol.yaml", tmp_path / "run"
    source.write_text(bench_of(potentiostat="emstat4-hr sim://potentiostat"), encoding="utf-8")
    protocol.write_text(CYCLED, encoding="utf-8")

    def charges() -> bool:
        journal = folder / "journal.jsonl"
        return journal.is_file() and b'"name":"charge"' in journal.read_bytes()

    with Laboratory(tmp_path / "laboratory", source) as laboratory:
        laboratory.log()  # from here on
        bench = str(laboratory.bench)
        with beginning("run", str(protocol), "--bench", bench, "--out", str(folder), "--json") as run:
            wait_for(RealClock(), lambda: charges() or run.poll() is not None, PATIENT_S, every_s=0.1)
            told = json.loads(said_by("park", str(folder), "--reason", "the night", "--operator", "eva", "--json"))
            assert told == {"event": "parked", "session": 1, "exit_code": 0}
            output, _ = run.communicate(timeout=PATIENT_S)
            assert run.returncode == 0, output
        verdict = verify_record(folder)
        assert verdict.ok and verdict.parked, str(verdict)
        (parked,) = parked_sessions(folder)
        assert (parked.who, parked.reason) == ("eva", "the night")
        heard = laboratory.log()
        said_by("continue", str(folder), "--bench", bench, "--json")
        assert heard.said and laboratory.log().said, "both sessions cycled over the wire"
    verdict = verify_record(folder)
    assert verdict.ok and verdict.closed, str(verdict)
    (continued,) = continued_sessions(folder)
    assert continued.from_s > parked.to_s
    charged = charge_by_step(folder)
    assert charged["charge"] == pytest.approx(CHARGE_S * CURRENT_A, rel=0.03), "what was held and what remained"
    assert charged["discharge"] == pytest.approx(-DISCHARGE_S * CURRENT_A, rel=0.03)
    parts = [event for event in read_events(folder) if event["kind"] == "step started" and event["message"] == "charge"]
    assert len(parts) == 2
