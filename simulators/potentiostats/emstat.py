"""The simulated PalmSens EmStat4 HR, or another model by its settings: one port, one client at a time, one cell."""

from dataclasses import replace

from operando.simulators.potentiostats.commands import Commands
from operando.simulators.potentiostats.conversation import EmStat4Conversation
from operando.simulators.potentiostats.errors import ErrorCode
from operando.simulators.potentiostats.instrument import Instrument
from operando.simulators.potentiostats.settings import EmStat4Settings
from operando.simulators.world.world import World

__all__ = ["EmStat4"]


class EmStat4:
    """An engine that speaks the communication protocol and runs MethodSCRIPT on the cell of a world.

    A script, once started, runs to its end and drives the cell whether or not a client is there.
    """

    def __init__(self, world: World, settings: EmStat4Settings | None = None) -> None:
        self._instrument = Instrument(world, settings or EmStat4Settings())
        self._commands = Commands(self._instrument)
        self._taken = False

    def let_clock_drift(self, rate_error: float) -> None:
        """From the next script on its crystal is off by a fraction: 50e-6 makes its seconds 50 ppm too short."""
        self._instrument.settings = replace(self._instrument.settings, clock_rate_error=rate_error)

    @property
    def world(self) -> World:
        """In which its cell stands."""
        return self._instrument.world

    @property
    def running(self) -> bool:
        """Whether a script runs."""
        return self._instrument.execution is not None

    @property
    def cell_is_on(self) -> bool:
        """Whether the cell is connected."""
        return self._instrument.channel.cell_is_on

    def connect(self, endpoint: str, local_port: int, now: float) -> EmStat4Conversation:
        """Open the port.

        Raises:
            ConnectionRefusedError: while another client holds it.
        """
        if self._taken:
            raise ConnectionRefusedError("another client holds the port of the potentiostat")
        self._taken = True
        self._instrument.world.advance(now)
        return EmStat4Conversation(self._instrument, self._commands, now, self._hang_up)

    def take_transcript(self) -> list[tuple[float, str]]:
        """Everything that scripts have said since the last time, with its world time, whether or not a client heard it.

        It is kept from the first call on.
        """
        said, self._instrument.transcript = self._instrument.transcript or [], []
        return said

    def file_names(self) -> tuple[str, ...]:
        """The files on board."""
        return tuple(name for _, name in self._instrument.storage.listing())

    def fail_next_measurement(self, code: int = ErrorCode.CRITICAL_OVERLOAD) -> None:
        """Have the next measurement end the running script with an error, by default a critical overload."""
        self._instrument.fail(ErrorCode(code))

    def somebody_ends_script(self, now: float) -> None:
        """Somebody else ends the running script, with effect at once; without effect if none runs."""
        if self._instrument.execution is not None:
            self._instrument.execution.abort(now)

    def _hang_up(self) -> None:
        self._taken = False
        self._instrument.listener = None
