"""Signs of life: instruments that forget whoever is silent are spoken to, and one that is gone is noticed."""

import anyio

from operando.drivers.clock import Clock
from operando.drivers.errors import TransportError
from operando.drivers.roles import Instrument
from operando.protocols.record import RunRecord
from operando.protocols.runner.commands import Commands

__all__ = ["keep_alive"]


async def keep_alive(
    role: Instrument, every_s: float, commands: Commands, record: RunRecord, clock: Clock, *, holds_cell: bool
) -> None:
    """Speak to an instrument every so often, until cancelled; the first silence of each loss is in the record.

    Args:
        role: of the instrument.
        every_s: how often it wants to hear something.
        commands: through which it is spoken to.
        record: of the run.
        clock: of the run.
        holds_cell: whether the cell hangs on it: then its loss ends the cycling. Any other instrument is brought back
            when it is used.

    Raises:
        TransportError: if it holds the cell and does not answer.
    """
    lost = ""
    while True:
        await anyio.sleep(every_s)
        try:
            await commands.ask(role, role.keep_alive)
            lost = ""
        except TransportError as error:
            if holds_cell:
                raise
            if not lost:
                lost = str(error)
                record.event(clock.now(), "imaging", "no sign of life", lost)
