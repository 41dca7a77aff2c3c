"""What a running script acts upon: clock, output, package, cell channel and measuring front end."""

from collections.abc import Callable

from operando.simulators.potentiostats.channel import Channel
from operando.simulators.potentiostats.front_end import FrontEnd
from operando.simulators.potentiostats.packages import Package
from operando.simulators.potentiostats.script_clock import ScriptClock, Timer
from operando.simulators.potentiostats.settings import EmStat4Settings

__all__ = ["Machine", "Output"]

_TO_CHANNEL = (1, 3)


class Output:
    """The lines that a script writes. `set_script_output` silences all of them, loop marks included."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._on = True

    def line(self, text: str) -> None:
        """Write a line."""
        if self._on:
            self._send(text + "\n")

    def switch(self, mode: int) -> None:
        """Choose where the output goes: 0 nowhere, 1 client, 2 file, 3 client and file. Files are not kept."""
        self._on = mode in _TO_CHANNEL


class Machine:
    """State of one run of a script, and the parts of the instrument that it uses."""

    def __init__(
        self,
        settings: EmStat4Settings,
        clock: ScriptClock,
        channel: Channel,
        front_end: FrontEnd,
        send: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.channel = channel
        self.front_end = front_end
        self.output = Output(send)
        self.timer = Timer(clock)
        self.interval_s = 0.0
        self.interval_started_s = clock.script_s
        self.package = Package(settings.maximum_package_variables)
        self.measuring = False
        """Whether a measurement loop runs, so that `Y` has something to end."""
        self.sweeping = False
        """Whether it is a cyclic voltammogram, so that `R` has something to reverse."""
        self.reverse_requested = False
