"""Every command with an effect passes here: written to the journal before it is sent, and its outcome after."""

from collections.abc import Callable, Coroutine, Mapping
from typing import TypeVar

from anyio.lowlevel import checkpoint_if_cancelled
from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.drivers.roles import Instrument
from operando.drivers.seam import Seam
from operando.protocols.record import RunRecord
from operando.protocols.runner.in_words import in_words
from operando.protocols.runner.recording import journal_on_disk

__all__ = ["Commands"]

Result = TypeVar("Result")


class Commands:
    """Asks instruments and commands them, in journalled order."""

    def __init__(self, seam: Seam, record: RunRecord, clock: Clock) -> None:
        self._seam = seam
        self._record = record
        self._clock = clock
        self.refuse: Callable[[Instrument, str, Mapping[str, JsonValue]], None] = lambda instrument, action, details: (
            None
        )
        """Called before each command with an effect; raises what keeps it from being sent."""

    def ask(self, instrument: Instrument, question: Callable[[], Result]) -> Coroutine[object, object, Result]:
        """A call that changes nothing."""
        return self._seam.call(instrument, question)

    async def effect(
        self,
        instrument: Instrument,
        action: str,
        work: Callable[[], Result],
        *,
        sync: bool = False,
        **details: JsonValue,
    ) -> Result:
        """A call that changes something.

        Args:
            instrument: whom it concerns.
            action: in words, for the journal.
            work: the driver call.
            sync: the intent is on disk before the command is sent; for output on, HV on and starts of steps.
            details: numbers that belong to the action.
        """
        self.refuse(instrument, action, details)
        entry = self._record.intent(self._clock.now(), instrument.name, action, fsync=False, **details)
        try:
            if sync:
                await journal_on_disk(self._record)
                await checkpoint_if_cancelled()  # the run may have been ended meanwhile: then it is not sent any more
            result = await self._seam.call(instrument, work)
        except BaseException as error:
            self._record.outcome(entry, self._clock.now(), ok=False, detail=in_words(error))
            raise
        self._record.outcome(entry, self._clock.now(), ok=True)
        return result
