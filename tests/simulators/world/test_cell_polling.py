"""Asking changes nothing: whatever is asked and when, the same drives give bit-identical states."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import cell_preset

PARAMETERS = cell_preset("fine")
CHANGES = (0.0, 17.25, 600.0, 604.5, 1200.5, 1300.25, 1500.0, 1600.5, 1700.25, 1850.0)
END_S = 2000.0


def change(cell: SimulatedCell, number: int, now: float) -> None:
    """A history with each kind of drive and of fault."""
    changes: list[Callable[[], None]] = [
        lambda: cell.drive_current(0.24e-3, now),
        lambda: cell.open_circuit(now),
        lambda: cell.drive_current(-0.6e-3, now),
        lambda: cell.drive_voltage(3.70, now, 0.5e-3),
        lambda: cell.drive_voltage(3.65, now, 0.01e-3),
        lambda: cell.inject_soft_short(now, 2.0e4),
        lambda: cell.inject_contact_loss(0.6, now),
        lambda: cell.drive_current(0.6e-3, now),
        lambda: cell.set_holder(now, temperature_K=333.0, pressure_MPa=0.5),
        lambda: cell.inject_hard_short(now),
    ]
    changes[number]()


def run(queries: Iterable[float]) -> SimulatedCell:
    """The history with questions in between, each at its time."""
    cell = SimulatedCell(PARAMETERS)
    happening = sorted([(when, 0, number) for number, when in enumerate(CHANGES)] + [(q, 1, 0) for q in queries])
    for when, kind, number in happening:
        if kind == 0:
            change(cell, number, when)
        else:
            cell.measure(when)
    return cell


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, END_S), max_size=60))
def test_state_does_not_depend_on_polling(queries: list[float]) -> None:
    polled, silent = run(queries), run([])
    assert polled.state(END_S) == silent.state(END_S)
    (ours,), (theirs,) = polled.interfaces(END_S), silent.interfaces(END_S)
    assert (ours.cracks.crack_m == theirs.cracks.crack_m).all()
    assert (ours.cracks.filament_m == theirs.cracks.filament_m).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, END_S), min_size=1, max_size=30))
def test_history_tells_what_was_measured(queries: list[float]) -> None:
    live = SimulatedCell(PARAMETERS)
    measured = {}
    number = 0
    for when in sorted(queries):
        while number < len(CHANGES) and CHANGES[number] <= when:
            change(live, number, CHANGES[number])
            number += 1
        measured[when] = live.measure(when)
    later = run([END_S])
    for when, (voltage_V, current_A) in measured.items():
        view = later.at(when)
        assert (view.voltage_V, view.current_A) == (voltage_V, current_A)


def test_looking_ahead_does_not_change_what_a_later_drive_does() -> None:
    hasty, patient = SimulatedCell(PARAMETERS), SimulatedCell(PARAMETERS)
    for cell in (hasty, patient):
        cell.drive_current(0.12e-3, 0.0)
    hasty.measure(5000.0)
    for cell in (hasty, patient):
        cell.open_circuit(1000.5)
    assert hasty.state(3000.0) == patient.state(3000.0)


def test_driving_the_same_again_changes_nothing() -> None:
    once, again = SimulatedCell(PARAMETERS), SimulatedCell(PARAMETERS)
    once.drive_current(0.12e-3, 0.0)
    for now in (0.0, 0.5, 33.3):
        again.drive_current(0.12e-3, now)
    assert once.state(100.0) == again.state(100.0)


def test_change_before_the_last_change_is_refused() -> None:
    cell = SimulatedCell(PARAMETERS)
    cell.drive_current(0.12e-3, 10.0)
    with pytest.raises(ValueError, match="changed at 10 s"):
        cell.open_circuit(9.0)


def test_there_is_no_state_before_the_world_begins() -> None:
    with pytest.raises(ValueError, match="begins at 0 s"):
        SimulatedCell(PARAMETERS).measure(-1.0)
