"""A run may begin anywhere on the way of the box; it waits for what its first phase needs, as for any other."""

from pathlib import Path

from support.journeys import ANSWERS, JOURNEY
from support.laboratory import SimulatedBench

from operando.protocols.document import parse_protocol
from operando.protocols.interlocks import Phase
from operando.protocols.reading import open_run
from operando.protocols.runner import Ending, RunOptions
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.simulators.world.box_journey import BoxPlace

PUMPED_FOR_S = 5.0


def _in_a_chamber_that_is_being_pumped() -> SimulatedBench:
    bench = SimulatedBench.open("sim-glovebox")
    journey = bench.world.journey
    journey.vent(0.0)
    bench.bench.clock.sleep_until(120.0)
    bench.world.advance(120.0)
    for place in (BoxPlace.AIR, BoxPlace.CHAMBER):
        journey.transfer(place, bench.bench.clock.now())
    journey.pump(bench.bench.clock.now())
    bench.bench.clock.sleep_until(120.0 + PUMPED_FOR_S)
    return bench


def test_a_box_that_is_to_be_opened_waits_for_the_vacuum_like_any_other(tmp_path: Path) -> None:
    bench = _in_a_chamber_that_is_being_pumped()
    begins, opens = (JOURNEY.index(f"  - {{phase: {phase}") for phase in ("glovebox", "open"))
    person = ScriptedPerson(parse_answers(ANSWERS, "answers.yaml"), bench.bench.clock, bench.bench.links.people())
    outcome = bench.run_program(
        parse_protocol(JOURNEY[:begins] + JOURNEY[opens:]), tmp_path / "run", RunOptions(operator=person)
    )
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    events = open_run(tmp_path / "run").events
    entered = [event for event in events if event.source == "phase" and event.kind == "entered"]
    assert entered[0].details["phase_entered"] == Phase.OPEN
    assert entered[0].time_s > 60.0
    assert not [event for event in events if "vented over the open box" in event.message]
