"""A visit to the microscope ends: whoever asks for a picture then gets none, and the high voltage stays off."""

import asyncio
from pathlib import Path

from numpy import void
from numpy.typing import NDArray
from support.journeys import ANSWERS, JOURNEY, microscope_of
from support.laboratory import SimulatedBench

from operando.protocols.document import parse_protocol
from operando.protocols.interlocks import Phase
from operando.protocols.reading import open_run
from operando.protocols.runner import Ending, RunOptions, Steering
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.protocols.runner.step_in_progress import StepInProgress

LOOK_EVERY_S = 1e-3


class _Asker:
    """Asks for a picture while the high voltage is being switched off, before the next phase has begun."""

    def __init__(self, bench: SimulatedBench, journal: Path) -> None:
        self._bench = bench
        self._journal = journal
        self._steering: Steering | None = None
        self.asked = 0
        self.phase = ""
        self.high_voltage_on: dict[str, bool] = {}
        """By phase, at the question that is asked in it."""

    def steered_by(self, steering: Steering) -> None:
        self._steering = steering

    def step_started(self, running: StepInProgress) -> None:
        if running.name == "rest at the end":
            self._look()
        elif self.phase in (Phase.CLOSE, Phase.VENT):
            self.high_voltage_on[self.phase] = microscope_of(self._bench).high_voltage_on

    def samples(self, block: NDArray[void]) -> None:
        if self.phase == Phase.CLOSE:
            self.high_voltage_on[self.phase] |= microscope_of(self._bench).high_voltage_on

    def pictures(self, count: int) -> None: ...

    def message(self, time_s: float, text: str) -> None:
        del time_s
        phase = text.partition(":")[0]
        self.phase = phase if phase in set(Phase) else self.phase

    def _look(self) -> None:
        assert self._steering is not None
        if b'"high voltage off"' in self._journal.read_bytes():
            self._steering.capture_now("overview", "eva")
            self.asked += 1
            return
        asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)


def test_a_picture_asked_for_as_the_visit_ends_does_not_switch_the_high_voltage_on(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-glovebox")
    asker = _Asker(bench, tmp_path / "run" / "journal.jsonl")
    person = ScriptedPerson(parse_answers(ANSWERS, "answers.yaml"), bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, observer=asker, steered_by=asker.steered_by)
    outcome = bench.run_program(parse_protocol(JOURNEY), tmp_path / "run", options)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert asker.asked == 1
    assert asker.high_voltage_on == {Phase.CLOSE: False, Phase.VENT: False}
    run = open_run(tmp_path / "run")
    refused = [event.message for event in run.events if event.kind == "capture not taken"]
    assert any("does not allow" in message and "it ends" in message for message in refused), refused
