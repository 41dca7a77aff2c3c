"""A park that is wished late in a visit to the microscope, or late in a run: it is kept, or refused with the reason."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from numpy import void
from numpy.typing import NDArray
from support.journeys import ANSWERS, JOURNEY
from support.laboratory import SimulatedBench
from support.sessions import CYCLED, at_times

from operando.drivers.errors import ConfigMismatch
from operando.protocols.document import parse_protocol
from operando.protocols.record import read_events, verify_record
from operando.protocols.record.sessions import parked_sessions
from operando.protocols.runner import Ending, Returning, RunOptions, RunOutcome, Steering, continue_program
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.sessions import Consent

QUESTION = "rest during a question"
"""In the open box, of the gas alarm; those before are refused."""


@dataclass
class Parker:
    """Wants the run parked when a step of this name begins."""

    name: str
    after_step: bool = False
    refused: list[str] = field(default_factory=list)
    steering: Steering | None = None

    def steered_by(self, steering: Steering) -> None:
        self.steering = steering

    def step_started(self, running: StepInProgress) -> None:
        if running.name == self.name and self.steering is not None and self.steering.parking is None:
            try:
                self.steering.park("eva", "the night", after_step=self.after_step)
            except ConfigMismatch as refusal:
                self.refused.append(str(refusal))

    def samples(self, block: NDArray[void]) -> None: ...

    def pictures(self, count: int) -> None: ...

    def message(self, time_s: float, text: str) -> None: ...


def travelled(bench: SimulatedBench, folder: Path, parker: Parker) -> tuple[RunOutcome, ScriptedPerson]:
    """The whole way, with somebody who wants it parked."""
    person = ScriptedPerson(parse_answers(ANSWERS, "answers.yaml"), bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, observer=parker, steered_by=parker.steered_by)
    return bench.run_program(parse_protocol(JOURNEY), folder, options), person


@pytest.mark.parametrize(
    "parker", [Parker(QUESTION), Parker("charge", after_step=True)], ids=["in its last question", "after its last step"]
)
def test_late_in_the_visit_it_is_parked_before_the_box_is_closed(tmp_path: Path, parker: Parker) -> None:
    bench, folder = SimulatedBench.open("sim-glovebox"), tmp_path / "run"
    outcome, person = travelled(bench, folder, parker)
    assert outcome.ending is Ending.PARKED, outcome.reason
    entered = [event["phase_entered"] for event in read_events(folder) if event["kind"] == "entered"]
    assert entered[-1] == "observe" and len(parked_sessions(folder)) == 1
    assert any(event["kind"] == "fiducials taken" or event["kind"] == "no fiducials" for event in read_events(folder))
    returning = Returning(sample=Consent("eva", "nobody has touched it"))
    outcome = continue_program(parse_protocol(JOURNEY), bench.bench, folder, returning, RunOptions(operator=person))
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert verify_record(folder).ok


def test_while_the_last_pictures_are_taken_it_is_refused(tmp_path: Path) -> None:
    parker = Parker("rest at the end")
    outcome, _ = travelled(SimulatedBench.open("sim-glovebox"), tmp_path / "run", parker)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    (refused,) = parker.refused
    assert (
        refused.startswith("the phase 'observe' ends: its last pictures are taken") and "Park the run while" in refused
    )
    assert "park" not in {event["kind"] for event in read_events(tmp_path / "run")}


def test_a_run_that_comes_to_its_end_first_says_so(tmp_path: Path) -> None:
    wishes = {55.0: lambda steering: steering.park("eva", after_step=True)}
    bench, folder = SimulatedBench.open(), tmp_path / "run"
    outcome = bench.run(CYCLED, folder, RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.COMPLETED
    assert outcome.reason.endswith("it was to be parked, and came to this end before it could be")
    assert read_events(folder)[-2]["message"] == outcome.reason
