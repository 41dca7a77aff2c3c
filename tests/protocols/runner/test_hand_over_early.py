"""The microscope is asked for before the run takes pictures: what the run does with it then is not disturbed."""

from asyncio import get_running_loop
from collections.abc import Callable
from pathlib import Path

from numpy import void
from numpy.typing import NDArray
from pytest_mock import MockerFixture
from support.journeys import ANSWERS, JOURNEY, microscope_of
from support.laboratory import SimulatedBench

from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import Safety
from operando.protocols.document import parse_protocol
from operando.protocols.reading import Run, open_run
from operando.protocols.runner import Ending, RunOptions, RunOutcome, Steering
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


def test_nobody_has_it_once_the_box_is_to_be_closed(tmp_path: Path) -> None:
    """What somebody switches on then would stand over a box that is closed, and in a chamber that is vented."""
    asks = "".join(f"  - {{at: {minute} min, do: hand over, by: eva}}\n" for minute in range(86, 150, 2))
    outcome, run = _asked(f"meanwhile:\n{asks}", tmp_path)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    refused = [event.time_s for event in run.events if "hand over was refused" in event.message]
    (close, vent) = (_entered(run, phase) for phase in ("close", "vent"))
    assert [time_s for time_s in refused if close < time_s < vent] and max(refused) > vent
    assert not [event for event in run.events if event.kind == "handed over"]


def test_a_run_that_is_ended_over_an_open_box_leaves_no_high_voltage(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-glovebox")

    def aborts(steering: Steering) -> None:
        get_running_loop().call_later(75 * 60.0, steering.abort, "eva")

    outcome, run = _asked("", tmp_path, bench, aborts)
    assert outcome.ending is Ending.INTERRUPTED, outcome.reason
    assert not microscope_of(bench).high_voltage_on, "people close the box, and vent"
    assert "high voltage off" in [state.detail for state in outcome.safe_states]
    assert [event for event in run.events if event.source == "safety" and "high voltage off" in event.message]


def test_a_high_voltage_that_cannot_be_switched_off_is_never_called_safe(tmp_path: Path, mocker: MockerFixture) -> None:
    bench = SimulatedBench.open("sim-glovebox")

    def aborts_with_a_defect(steering: Steering) -> None:
        def abort() -> None:
            mocker.patch.object(bench.bench.column, "switch_high_voltage", side_effect=RuntimeError("a defect"))
            steering.abort("eva")

        get_running_loop().call_later(75 * 60.0, abort)

    outcome, run = _asked("", tmp_path, bench, aborts_with_a_defect)
    (left,) = [state for state in outcome.safe_states if state.safety is not Safety.CONFIRMED]
    assert left.safety is Safety.UNKNOWN and "switch it off by hand" in left.detail
    assert outcome.exit_code == 4
    assert [event for event in run.events if event.source == "safety" and "a defect" in event.message]


def _entered(run: Run, phase: str) -> float:
    (entered,) = [event for event in run.events if event.details.get("phase_entered") == phase]
    return entered.time_s


def _asked(
    wishes: str,
    folder: Path,
    bench: SimulatedBench | None = None,
    steered_by: Callable[[Steering], None] | None = None,
) -> tuple[RunOutcome, Run]:
    bench = bench or SimulatedBench.open("sim-glovebox")
    script = parse_answers(ANSWERS + wishes, "answers.yaml")
    person = ScriptedPerson(script, bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, steered_by=steered_by or script.steers)
    outcome = bench.run_program(parse_protocol(JOURNEY), folder / "run", options)
    return outcome, open_run(folder / "run")
