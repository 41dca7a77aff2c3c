"""`operando run`, `park` and `continue` as processes of their own, on a served potentiostat over a real socket.

Half a minute of real time, in which nearly nothing is computed: each pre-flight lets the cell rest for twenty seconds.
It is parked by the process of the tests, which holds nothing of the run, so that no interpreter has to begin meanwhile.
"""

import json
from pathlib import Path

import pytest
from support.commands import PATIENT_S, beginning, said_by
from support.control_cell import charge_by_step
from support.killing import Laboratory
from support.run_protocols import HEAD
from support.served import bench_of
from typer.testing import CliRunner

from operando.drivers.clock import RealClock
from operando.drivers.waiting import wait_for
from operando.protocols.cli.app import app
from operando.protocols.record import open_samples, read_events, verify_record
from operando.protocols.record.sessions import continued_sessions, parked_sessions

CURRENT_A = 120e-6
CHARGE_S, DISCHARGE_S = 6.0, 2.0
HELD_AFTER = 2
"""Samples, one a second."""
FOR_THE_NIGHT = ("--reason", "the night", "--operator", "eva", "--json")
CYCLED = HEAD + (
    "cycling:\n"
    f"  - {{name: charge, step: Charge at C/10 for {CHARGE_S:g} seconds}}\n"
    f"  - {{name: discharge, step: Discharge at C/10 for {DISCHARGE_S:g} seconds}}\n"
)


@pytest.mark.timeout(400)
def test_a_run_is_parked_from_another_process_and_continued_in_a_third(tmp_path: Path) -> None:
    source, protocol, folder = tmp_path / "bench.yaml", tmp_path / "protocol.yaml", tmp_path / "run"
    source.write_text(bench_of(potentiostat="emstat4-hr sim://potentiostat"), encoding="utf-8")
    protocol.write_text(CYCLED, encoding="utf-8")

    def charges() -> bool:
        begun = (folder / "samples.blocks").is_file()
        return begun and int((open_samples(folder)["current_A"] > 0.5 * CURRENT_A).sum()) >= HELD_AFTER

    with Laboratory(tmp_path / "laboratory", source) as laboratory:
        laboratory.log()  # from here on
        bench = str(laboratory.bench)
        with beginning("run", str(protocol), "--bench", bench, "--out", str(folder), "--json") as run:
            wait_for(RealClock(), lambda: charges() or run.poll() is not None, PATIENT_S, every_s=0.1)
            parking = CliRunner().invoke(app, ["park", str(folder), *FOR_THE_NIGHT], catch_exceptions=False)
            told = json.loads(parking.stdout)
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
    ended = [event for event in read_events(folder) if event["kind"] == "step ended"]
    held, rest = [event for event in ended if str(event["message"]).startswith("charge:")]
    assert float(str(held["charge_C"])) > CURRENT_A and float(str(rest["charge_C"])) > CURRENT_A, "held in its middle"
