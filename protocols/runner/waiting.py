"""Waits until an instrument has done what it was told, by polling, with an end to its patience."""

from collections.abc import Awaitable, Callable

import anyio

from operando.drivers.clock import Clock
from operando.drivers.errors import DeviceFault
from operando.drivers.roles import Instrument
from operando.protocols.runner.commands import Commands

__all__ = ["until"]


async def until(
    commands: Commands,
    clock: Clock,
    instrument: Instrument,
    done: Callable[[], bool],
    *,
    what: str,
    at_most_s: float,
    every_s: float = 0.1,
    first_after_s: float = 0.0,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> None:
    """Poll until `done` says so.

    Args:
        commands: through which the instrument is asked.
        clock: of the run.
        instrument: which is waited for.
        done: asks the instrument.
        what: in words, for the error.
        at_most_s: patience.
        every_s: between two questions.
        first_after_s: before the first question, when it is known how long it takes.
        sleep: between two questions; one that may be called off leaves by its own exception.

    Raises:
        DeviceFault: if it has not happened in time.
    """
    deadline = clock.now() + at_most_s
    await sleep(first_after_s)
    while not await commands.ask(instrument, done):
        if clock.now() >= deadline:
            raise DeviceFault(
                f"{what} did not happen within {at_most_s:g} s",
                where=instrument.name,
                remedy="Look at the instrument; its own program may show why it waits.",
            )
        await sleep(every_s)
