"""Ends a run: cell and beam are made safe side by side, and only what was read back is called safe."""

import warnings
from dataclasses import replace

import anyio

from operando.drivers.bench import Bench
from operando.drivers.roles import HighVoltage, Instrument, SafeState, Safety
from operando.drivers.seam import Seam
from operando.protocols.record import RecordError, RunRecord
from operando.protocols.runner.observing import is_observed

__all__ = ["make_all_safe", "switch_high_voltage_off"]

RETRY_S = 1.0
HIGH_VOLTAGE_OFF_WITHIN_S = 60.0


async def make_all_safe(
    bench: Bench, seam: Seam, record: RunRecord, reason: str, wait_for_links_s: float
) -> tuple[SafeState, ...]:
    """Make every instrument safe, all at once, and record what each of them said.

    Args:
        bench: all of it.
        seam: through which it is reached.
        record: of the run. It may fail (a full disk); safety comes first and does not depend on it.
        reason: why the run ends.
        wait_for_links_s: how long to go on trying those that could not be reached; they are made safe within
            about a second of the return of their link. What another program cycles is asked once: nothing from here
            changes its answer.
    """
    roles = bench.all()
    states: dict[int, SafeState] = {}
    deadline = bench.clock.now() + wait_for_links_s
    while True:
        before = dict(states)
        async with anyio.create_task_group() as tasks:
            for index, role in enumerate(roles):
                if not _settled(bench, role, states.get(index)):
                    tasks.start_soon(_make_safe, bench, seam, role, index, states)
        _note(bench, record, reason, [state for index, state in states.items() if before.get(index) != state])
        settled = all(_settled(bench, role, states[index]) for index, role in enumerate(roles))
        if settled or bench.clock.now() >= deadline:
            return tuple(states[index] for index in range(len(roles)))
        await anyio.sleep(RETRY_S)


async def switch_high_voltage_off(bench: Bench, seam: Seam, record: RunRecord, reason: str) -> SafeState:
    """Switch the high voltage off, and read that back: people close the box next, and vent the chamber.

    A column that answers is given a minute for it; of one that does not nothing is known.

    Args:
        bench: with a microscope.
        seam: through which it is reached.
        record: of the run. It may fail; safety does not depend on it.
        reason: why the run ends.
    """
    column = bench.column
    no_answer = SafeState(column.name, Safety.UNKNOWN, "high voltage: no answer in time; switch it off by hand")
    deadline_s = bench.clock.now() + HIGH_VOLTAGE_OFF_WITHIN_S

    def off() -> SafeState:
        try:
            column.switch_high_voltage(False)
            left = column.high_voltage()
        except Exception as error:  # noqa: BLE001  a defect in a driver must not lose what the others have confirmed
            return replace(no_answer, detail=f"high voltage: {type(error).__name__}: {error}; switch it off by hand")
        if left is HighVoltage.OFF:
            return SafeState(column.name, Safety.CONFIRMED, "high voltage off")
        return SafeState(column.name, Safety.UNSAFE, f"the high voltage is {left}; switch it off by hand")

    state = await seam.call_apart(off, no_answer)
    while state.safety is Safety.UNSAFE and bench.clock.now() < deadline_s:
        await anyio.sleep(RETRY_S)
        state = await seam.call_apart(off, no_answer)
    _note(bench, record, reason, [state])
    return state


def _settled(bench: Bench, role: Instrument, state: SafeState | None) -> bool:
    if state is None:
        return False
    return state.safety is Safety.CONFIRMED or (is_observed(bench) and role is bench.potentiostat)


async def _make_safe(bench: Bench, seam: Seam, role: Instrument, index: int, states: dict[int, SafeState]) -> None:
    no_answer = SafeState(role.name, Safety.UNKNOWN, "no answer in time")
    states[index] = await seam.call_apart(lambda: bench.make_one_safe(role), no_answer)


def _note(bench: Bench, record: RunRecord, reason: str, states: list[SafeState]) -> None:
    """Write down what the instruments said; if the disk refuses, what was confirmed stays confirmed all the same."""
    try:
        for state in sorted(states, key=lambda state: state.instrument):
            record.event(bench.clock.now(), "safety", str(state.safety), str(state), reason=reason)
    except (OSError, RecordError) as error:
        warnings.warn(f"the record cannot be written any more: {error}", ResourceWarning, stacklevel=2)
