"""Keeps beam and high voltage off where people close, open or vent the box, whoever switches them on."""

from collections.abc import Callable

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import DeviceFault, InstrumentError
from operando.drivers.roles import HighVoltage
from operando.protocols.interlocks import Phase
from operando.protocols.record import RunRecord
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.interlocks import Interlocks
from operando.protocols.runner.observer import Observer

__all__ = ["BeamKeptOff"]

SOURCE = "phase"
OFF_WITHIN_S, TRY_AGAIN_S = 60.0, 5.0
LOOK_EVERY_S = 2.0
"""As often as the microscope is read while somebody has been lent it."""


class BeamKeptOff:
    """Switches off, reads back, and looks again as long as it matters. A bench without a microscope has nothing to do.

    Args:
        bench: whose column is looked at.
        commands: through which it is asked.
        record: of the run.
        interlocks: switch off.
        observer: told when somebody had switched it on.
    """

    def __init__(
        self, bench: Bench, commands: Commands, record: RunRecord, interlocks: Interlocks, observer: Observer
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._record = record
        self._interlocks = interlocks
        self._observer = observer
        self._one_at_a_time = anyio.Lock()
        self._told = ""

    async def keep_off(self, phase: Phase, *, should_be_off: bool) -> None:
        """Blank the beam and switch the high voltage off, both confirmed by read-back.

        Args:
            phase: that needs it.
            should_be_off: whether people are told if it is found on.

        Raises:
            DeviceFault: if that is not confirmed in time.
        """
        if not self._bench.has_microscope:
            return
        async with self._one_at_a_time:
            if should_be_off:
                await self._found(f"in the phase {str(phase)!r}")
            await self._off(phase)

    async def keep_still_off(self, phase: Phase) -> None:
        """The same, if the high voltage is not off any more or nobody can tell: before this phase begins.

        Raises:
            DeviceFault: as `keep_off`.
        """
        if not self._bench.has_microscope:
            return
        async with self._one_at_a_time:
            if await self._found(f"as the phase {str(phase)!r} was to begin"):
                await self._off(phase)

    async def switched(self) -> None:
        """What is being switched off is off: the run may switch on again."""
        async with self._one_at_a_time:
            pass

    async def follow(self, needed_in: Callable[[], Phase | None]) -> None:
        """Look every two seconds, until cancelled; what somebody has switched on is switched off again.

        Args:
            needed_in: the phase that needs the high voltage off now; None if it may be on.
        """
        if not self._bench.has_microscope:
            return
        while True:
            await anyio.sleep(LOOK_EVERY_S)
            async with self._one_at_a_time:
                phase = needed_in()
                if phase is not None and await self._found(f"in the phase {str(phase)!r}"):
                    await self._interlocks.beam_off(_because(phase))

    async def _off(self, phase: Phase) -> None:
        clock = self._bench.clock
        deadline_s = clock.now() + OFF_WITHIN_S
        while not await self._interlocks.beam_off(_because(phase)):
            if clock.now() >= deadline_s:
                raise DeviceFault(
                    f"beam and high voltage are not confirmed off after {OFF_WITHIN_S:g} s",
                    where=self._bench.column.name,
                    remedy="Switch the high voltage off in the microscope's own program before anybody touches the "
                    "box or vents.",
                )
            await anyio.sleep(TRY_AGAIN_S)

    async def _found(self, when: str) -> str:
        """What was found instead of a high voltage that is off, told once; empty if it is off."""
        column = self._bench.column
        try:
            state = await self._commands.ask(column, column.high_voltage)
        except InstrumentError as error:
            found = f"the high voltage cannot be read {when}: {error}"
        else:
            found = "" if state is HighVoltage.OFF else f"the high voltage is {state} {when}, which needs it off"
        if found and found != self._told:
            said = f"{found}; the run switches it off"
            self._record.event(self._bench.clock.now(), SOURCE, "high voltage not off", said)
            self._observer.message(self._bench.clock.now(), f"WARNING: {said}")
        self._told = found
        return found


def _because(phase: Phase) -> str:
    return f"the phase {str(phase)!r} ends, or needs no beam"
