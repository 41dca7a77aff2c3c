"""The microscope is asked for before the run takes pictures: what the run does with it then is not disturbed."""

from pathlib import Path

from numpy import void
from numpy.typing import NDArray
from support.journeys import ANSWERS, JOURNEY
from support.laboratory import SimulatedBench

from operando.drivers.errors import ConfigMismatch
from operando.protocols.document import parse_protocol
from operando.protocols.reading import open_run
from operando.protocols.runner import Ending, RunOptions, Steering
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.protocols.runner.step_in_progress import StepInProgress


class _Asker:
    """Asks for the microscope at each step that begins, and gives it back as soon as it was lent."""

    def __init__(self) -> None:
        self._steering: Steering | None = None
        self.refused: dict[str, str] = {}
        self.granted: list[str] = []

    def steered_by(self, steering: Steering) -> None:
        self._steering = steering

    def step_started(self, running: StepInProgress) -> None:
        if self._steering is None or self.granted:
            return
        try:
            self._steering.hand_over("eva")
        except ConfigMismatch as refusal:
            self.refused[running.name] = str(refusal)
        else:
            self.granted.append(running.name)

    def samples(self, block: NDArray[void]) -> None:
        if self._steering is not None and self._steering.lent_to and float(block["elapsed_s"][-1]) > 200.0:
            self._steering.take_back("eva")

    def pictures(self, count: int) -> None: ...

    def message(self, time_s: float, text: str) -> None: ...


def test_nobody_has_it_while_cell_and_beam_are_looked_at_in_the_open_box(tmp_path: Path) -> None:
    bench, asker = SimulatedBench.open("sim-glovebox"), _Asker()
    person = ScriptedPerson(parse_answers(ANSWERS, "answers.yaml"), bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, observer=asker, steered_by=asker.steered_by)
    outcome = bench.run_program(parse_protocol(JOURNEY), tmp_path / "run", options)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert {"rest before open", "pre-flight: open circuit", "pre-flight: hold, beam on"} <= set(asker.refused)
    assert all("takes no pictures yet" in why and "Nothing was handed over" in why for why in asker.refused.values())
    assert asker.granted == ["rest at the start"]
    run = open_run(tmp_path / "run")
    last_test_s = max(event.time_s for event in run.events if event.source == "pre-flight")
    (asked,) = [event for event in run.events if event.kind == "hand over"]
    (handed,) = [event for event in run.events if event.kind == "handed over"]
    assert last_test_s < asked.time_s <= handed.time_s
    assert [event for event in run.events if event.kind == "restored"]
