"""How often the potentiostat is asked."""

from dataclasses import replace

import pytest
from support.protocols import program
from support.steps import step_in_progress

from operando.drivers.roles import Impedance, Recording
from operando.protocols.program import Safety
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.polling import Polling
from operando.protocols.runner.step_in_progress import StepInProgress


def asked_after_s(every_s: float, tolerates_s: float, running: StepInProgress | None = None) -> list[float]:
    """Pauses between ten questions in a step that records so often."""
    running = step_in_progress() if running is None else running
    running = replace(running, step=replace(running.step, recording=Recording(every_s)))
    safety = Safety((-5.0, 5.0), (-1.0, 1.0), tolerates_s)
    polling = Polling(replace(program(), triggers=()), safety, CellTimeline())
    return [polling.next_s(running) for _ in range(10)]


@pytest.mark.parametrize(
    ("every_s", "tolerates_s", "longest_s"),
    [(1.0, 2.0, 1.0), (1.0, 60.0, 5.0), (20.0, 60.0, 20.0), (20.0, 8.0, 4.0), (60.0, 40.0, 20.0)],
    ids=lambda value: f"{value:g} s",
)
def test_as_often_as_the_host_must_know_and_as_samples_come(
    every_s: float, tolerates_s: float, longest_s: float
) -> None:
    pauses = asked_after_s(every_s, tolerates_s)
    assert max(pauses) <= longest_s
    assert min(pauses) >= 0.8 * longest_s


def test_never_in_step_with_the_samples() -> None:
    assert len(set(asked_after_s(20.0, 60.0))) == 10


def test_a_spectrum_is_asked_for_often_since_its_end_cannot_be_foreseen() -> None:
    running = step_in_progress(Impedance(1e5, 1.0, 6, 0.01))
    assert asked_after_s(20.0, 60.0, running) == [1.0] * 10
