"""The force on the stack, told by a transmitter in the holder: recorded, a source of triggers, and judged."""

from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, IMAGING

from operando.protocols.check import bench_facts, check
from operando.protocols.document import parse_protocol
from operando.protocols.record import read_events, read_frames, read_sensors, verify_record
from operando.protocols.runner import Ending, RunOptions, Steering
from operando.protocols.triggers.rerun import rerun

AREA_M2 = 0.785e-4
LET_OFF_S = 300.0
LOW_Pa = 0.2e6
"""Below the lowest stack pressure of the bench file."""

PROTOCOL = (
    HEAD
    + """\
cycling:
  - {name: charge, step: Charge at C/10 for 10 minutes}
interlocks: [stack pressure]
"""
    + IMAGING
    + """\
when:
  - {force: {sensor: stack, falls_below: 25 N}, capture: overview}
"""
)


def test_force_is_recorded_triggers_and_trips(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-holder")
    bench.world.call_at(LET_OFF_S, lambda now: bench.world.cell.set_holder(now, pressure_MPa=LOW_Pa / 1e6))
    letting_go: list[str] = []

    def end_after_a_while(steering: Steering) -> None:
        letting_go.append("asked")
        bench.world.call_at(900.0, lambda now: steering.abort("somebody", "the screw is loose"))

    outcome = bench.run(PROTOCOL, tmp_path / "run", RunOptions(steered_by=end_after_a_while))
    assert (outcome.ending, outcome.confirmed_safe) == (Ending.INTERRUPTED, True), outcome.reason
    rows = read_sensors(tmp_path / "run")
    forces = [row for row in rows if (row.name, row.quantity) == ("stack", "force")]
    pressures = [row for row in rows if (row.name, row.quantity) == ("stack", "pressure")]
    assert forces and {row.unit for row in forces} == {"N"} and pressures
    after = [row.value for row in forces if row.end_s > LET_OFF_S + 60.0]
    assert after == pytest.approx([LOW_Pa * AREA_M2] * len(after), abs=2.0)
    events = read_events(tmp_path / "run")
    (fired,) = [event for event in events if event["kind"] == "fired"]
    assert LET_OFF_S < float(str(fired["sample_s"])) < LET_OFF_S + 62.0, "with the next reading"
    assert {frame.capture for frame in read_frames(tmp_path / "run")} == {"overview"}
    tripped = [event for event in events if event["kind"] == "tripped"]
    assert [event["rule"] for event in tripped] == ["stack pressure"]
    assert any((event["source"], event["kind"]) == ("cycling", "hold") for event in events)
    assert rerun(tmp_path / "run").agrees
    assert verify_record(tmp_path / "run").ok


@pytest.mark.parametrize(("bench", "known"), [("sim", False), ("sim-holder", True)])
def test_check_knows_which_force_sensors_there_are(bench: str, known: bool) -> None:
    opened = SimulatedBench.open(bench)
    found = [one.what for one in check(parse_protocol(PROTOCOL), bench_facts(opened.bench)) if "force" in one.what]
    opened.bench.close()
    assert bool(found) is not known, found
