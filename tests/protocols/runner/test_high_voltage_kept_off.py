"""Somebody who was never lent the microscope switches the high voltage on while the box is closed, opened or vented."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.journeys import ANSWERS, JOURNEY, Watcher, microscope_of, vacuum_bench
from support.laboratory import SimulatedBench

from operando.drivers.roles import Safety
from operando.protocols.document import parse_protocol
from operando.protocols.interlocks import Phase
from operando.protocols.reading import Run, open_run
from operando.protocols.runner import Ending, RunOptions, RunOutcome
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers

SWITCHED_ON = {"physics": "operator at microscope", "instrument": "sem", "high_voltage": "on"}
NO_PICTURES = JOURNEY[: JOURNEY.index("regions:")]


class _Meddler(Watcher):
    """Hears of each phase, judges the world each second, and switches the high voltage on in one of them."""

    def __init__(self, bench: SimulatedBench, phase: Phase, after_s: float, every_s: float = 0.0) -> None:
        super().__init__(bench, None)
        self._meddles_in, self._after_s, self._every_s = phase, after_s, every_s
        self.switched_on_s: list[float] = []
        self.and_then: Callable[[], object] = lambda: None
        self.told: list[str] = []

    def message(self, time_s: float, text: str) -> None:
        super().message(time_s, text)
        self.told += [text] if "high voltage" in text else []
        if text.startswith(f"{self._meddles_in}:"):
            self._bench.world.call_at(time_s + self._after_s, self._switch_on)

    def _switch_on(self, now: float) -> None:
        _switch_on(self._bench, now)
        self.switched_on_s.append(now)
        self.and_then()
        if self._every_s and self.phase == self._meddles_in:
            self._bench.world.call_at(now + self._every_s, self._switch_on)


@pytest.mark.parametrize(
    ("phase", "after_s", "design"),
    [
        pytest.param(Phase.OPEN, 560.0, "argon overpressure", id="as the box is opened"),
        pytest.param(Phase.CLOSE, 120.0, "argon overpressure", id="while the question of the lid waits"),
        pytest.param(Phase.CLOSE, 120.0, "vacuum", id="while the question of the lid of a vacuum box waits"),
        pytest.param(Phase.CLOSE, 599.0, "argon overpressure", id="as that question is answered"),
        pytest.param(Phase.VENT, 20.0, "argon overpressure", id="before the chamber is vented"),
    ],
)
def test_it_is_off_again_within_seconds(phase: Phase, after_s: float, design: str, tmp_path: Path) -> None:
    bench = _bench(design, tmp_path)
    meddler = _Meddler(bench, phase, after_s)
    outcome, run = _travel(bench, meddler, tmp_path)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert meddler.switched_on_s and not meddler.violations
    (found,) = [event for event in run.events if event.kind == "high voltage not off"]
    assert meddler.switched_on_s[0] <= found.time_s <= meddler.switched_on_s[0] + 3.0
    assert "which needs it off" in found.message
    assert [told for told in meddler.told if told.startswith("WARNING: the high voltage is ")]


def test_one_who_does_it_again_and_again_never_has_it_for_long(tmp_path: Path) -> None:
    bench = _bench("argon overpressure", tmp_path)
    meddler = _Meddler(bench, Phase.CLOSE, 1.0, every_s=7.0)
    outcome, _ = _travel(bench, meddler, tmp_path)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert len(meddler.switched_on_s) > 50 and not meddler.violations


def test_a_run_without_pictures_leaves_it_to_people_until_the_box_is_to_be_closed(tmp_path: Path) -> None:
    bench = _bench("argon overpressure", tmp_path)
    meddler = _Meddler(bench, Phase.OBSERVE, 60.0)
    outcome, run = _travel(bench, meddler, tmp_path, NO_PICTURES)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert not meddler.violations
    off_s = [command.time_s for command in run.journal if command.action == "high voltage off"]
    (closes,) = [event.time_s for event in run.events if event.details.get("phase_entered") == Phase.CLOSE]
    (observes,) = [event.time_s for event in run.events if event.details.get("phase_entered") == Phase.OBSERVE]
    assert off_s and observes + 600.0 < off_s[0] <= closes, "his beam is left alone while the box is observed"


def test_one_that_cannot_be_switched_off_ends_the_run_before_the_chamber_is_vented(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    bench = _bench("argon overpressure", tmp_path)
    meddler = _Meddler(bench, Phase.CLOSE, 120.0)
    meddler.and_then = lambda: mocker.patch.object(bench.bench.column, "switch_high_voltage")
    outcome, run = _travel(bench, meddler, tmp_path)
    assert outcome.ending is Ending.FAILED and "not confirmed off" in outcome.reason
    assert meddler.phase == Phase.CLOSE and microscope_of(bench).high_voltage_on
    (left,) = [state for state in outcome.safe_states if state.safety is not Safety.CONFIRMED]
    assert left.safety is Safety.UNSAFE and "switch it off by hand" in left.detail
    assert not [event for event in run.events if event.details.get("phase_entered") == Phase.VENT]


def test_nobody_is_disturbed_while_the_box_is_elsewhere(tmp_path: Path) -> None:
    """In the glovebox, or carried, the box has nothing to do with the microscope, which somebody else may use."""
    bench = _bench("argon overpressure", tmp_path)
    _switch_on(bench, 0.0)
    meddler = _Meddler(bench, Phase.GLOVEBOX, 1.0)
    answers = "operando_answers: 1\nanswers: [{to: Ready to carry it?, answer: not confirmed, after: 12 min}]\n"
    outcome, run = _travel(bench, meddler, tmp_path, NO_PICTURES, answers)
    assert outcome.ending is Ending.FAILED and "'not confirmed'" in outcome.reason
    assert microscope_of(bench).high_voltage_on and "high voltage off" not in {one.action for one in run.journal}


def _switch_on(bench: SimulatedBench, now: float) -> None:
    people = bench.bench.links.people()
    assert people is not None
    people.obey(SWITCHED_ON, now)


def _bench(design: str, folder: Path) -> SimulatedBench:
    return SimulatedBench.open("sim-glovebox" if design != "vacuum" else vacuum_bench(folder))


def _travel(
    bench: SimulatedBench, meddler: _Meddler, folder: Path, protocol: str = JOURNEY, answers: str = ANSWERS
) -> tuple[RunOutcome, Run]:
    person = ScriptedPerson(parse_answers(answers, "answers.yaml"), bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, observer=meddler)
    outcome = bench.run_program(parse_protocol(protocol), folder / "run", options)
    return outcome, open_run(folder / "run")
