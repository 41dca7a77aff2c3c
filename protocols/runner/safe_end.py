"""Ends a run: cell and beam are made safe side by side, and only what was read back is called safe."""

import warnings

import anyio

from operando.drivers.bench import Bench
from operando.drivers.roles import Instrument, SafeState, Safety
from operando.drivers.seam import Seam
from operando.protocols.record import RecordError, RunRecord
from operando.protocols.runner.observing import is_observed

__all__ = ["make_all_safe"]

RETRY_S = 1.0


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
