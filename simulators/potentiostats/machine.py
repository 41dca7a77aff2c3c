"""What a running script acts upon: clock, output, package, cell channel and measuring front end."""

from collections.abc import Callable

from operando.simulators.potentiostats.channel import Channel
from operando.simulators.potentiostats.front_end import FrontEnd
from operando.simulators.potentiostats.packages import Package
from operando.simulators.potentiostats.script_clock import ScriptClock, Timer
from operando.simulators.potentiostats.settings import EmStat4Settings
from operando.simulators.potentiostats.storage import Storage

__all__ = ["Machine", "Output"]

_TO_CHANNEL, _TO_FILE = (1, 3), (2, 3)


class Output:
    """The lines that a script writes. `set_script_output` silences all of them, loop marks included."""

    def __init__(self, send: Callable[[str], None], storage: Storage) -> None:
        self._send = send
        self._storage = storage
        self._file: str | None = None
        self._to_client, self._to_file = True, False

    def line(self, text: str) -> None:
        """Write a line."""
        if self._to_client:
            self._send(text + "\n")
        if self._to_file and self._file is not None:
            self._storage.append(self._file, text + "\n")

    def always(self, text: str) -> None:
        """Write what no script can silence: the line of an error, the empty line at the end."""
        self._send(text)
        if self._file is not None:
            self._storage.append(self._file, text)

    def switch(self, mode: int) -> None:
        """Choose where the output goes: 0 nowhere, 1 client, 2 file, 3 client and file."""
        self._to_client, self._to_file = mode in _TO_CHANNEL, mode in _TO_FILE

    def open_file(self, template: str, language_version: str) -> None:
        """Open a new file; its first line is the version of the language, as `v` tells it."""
        self._file = self._storage.create(template)
        self._storage.append(self._file, f"v{language_version}\n")

    def close_file(self) -> None:
        """Close the file that is open."""
        self._file = None


class Machine:
    """State of one run of a script, and the parts of the instrument that it uses."""

    def __init__(
        self,
        settings: EmStat4Settings,
        clock: ScriptClock,
        channel: Channel,
        front_end: FrontEnd,
        send: Callable[[str], None],
        storage: Storage,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.channel = channel
        self.front_end = front_end
        self.output = Output(send, storage)
        self.timer = Timer(clock)
        self.interval_s = 0.0
        self.interval_started_s = clock.script_s
        self.package = Package(settings.maximum_package_variables)
        self.measuring = False
        """Whether a measurement loop runs, so that `Y` has something to end."""
        self.sweeping = False
        """Whether it is a cyclic voltammogram, so that `R` has something to reverse."""
        self.reverse_requested = False
