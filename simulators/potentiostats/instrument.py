"""The instrument behind the port: what it holds between scripts, and the one script that runs."""

from collections.abc import Sequence

from operando.simulators.engine import Outbox
from operando.simulators.potentiostats.channel import Channel
from operando.simulators.potentiostats.compiler import compile_script
from operando.simulators.potentiostats.errors import ErrorCode
from operando.simulators.potentiostats.execution import Execution
from operando.simulators.potentiostats.front_end import FrontEnd
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.script_clock import ScriptClock
from operando.simulators.potentiostats.settings import EmStat4Settings
from operando.simulators.potentiostats.storage import Storage
from operando.simulators.world.world import World

__all__ = ["Instrument"]

NOISE = "potentiostat"


class Instrument:
    """Channel, front end, registers, files, the loaded script and the running one.

    `listener` is where output goes; None while no client holds the port, and the output is lost.
    """

    def __init__(self, world: World, settings: EmStat4Settings) -> None:
        self.world = world
        self.settings = settings
        self.storage = Storage(settings.storage_kB)
        self.channel = Channel(world.cell, settings)
        self.front_end = FrontEnd(world.cell, self.channel, settings, world.noise(NOISE))
        self.execution: Execution | None = None
        self.loaded: tuple[str, ...] | None = None
        self.stored: tuple[str, ...] | None = None
        self.listener: Outbox | None = None
        self.transcript: list[tuple[float, str]] | None = None

    def check(self, lines: Sequence[str]) -> None:
        """Compile a script without running it.

        Raises:
            ScriptRefused: at the first thing that is wrong.
        """
        compile_script(lines, self._machine(0.0))

    def run(self, lines: Sequence[str], now: float) -> None:
        """Start a script that was checked."""
        machine = self._machine(now)
        program = compile_script(lines, machine)
        self.channel.clock = machine.clock
        self.execution = Execution(program, machine, self.world, machine.output.always, self._ended)
        self.execution.start(now)

    def fail(self, code: ErrorCode) -> None:
        """Have the next measurement fail with an error, as a critical overload would."""
        self.front_end.pending_fault = code

    def _machine(self, now: float) -> Machine:
        return Machine(
            self.settings,
            ScriptClock(now, self.settings.clock_rate_error),
            self.channel,
            self.front_end,
            self._send,
            self.storage,
        )

    def _send(self, text: str) -> None:
        if self.transcript is not None:
            self.transcript.append((self.channel.clock.world_s, text))
        if self.listener is not None:
            self.listener.put(text.encode("latin-1"), self.channel.clock.world_s)

    def _ended(self) -> None:
        self.execution = None
