"""What an EmStat4 HR says in the literal exchanges of its sheet, for tests of its driver. It measures nothing."""

from operando.drivers.bench.roles import Roles
from operando.drivers.clock import VirtualClock
from operando.drivers.potentiostats.emstat import open_emstat4_hr
from operando.drivers.roles import Potentiostat
from support.one_instrument import context_for
from support.timed_link import Answers, TimedLink

__all__ = ["FIRMWARE", "EmStatMouth", "package"]

FIRMWARE = b"tes4_hr1500#Mar 12 2026 14:28:01\nR*\n"


class EmStatMouth:
    """Answers after a delay; what scripts say is put in by the test.

    Args:
        clock: the time in which it answers.
        busy: whether a script runs from the beginning.
        links: how many times it can be connected to.
    """

    def __init__(self, clock: VirtualClock, *, busy: bool = False, links: int = 1) -> None:
        self.clock = clock
        self.busy = busy
        self.delay_s = 2e-3
        self.firmware = FIRMWARE
        self.scripts: list[str] = []
        """Every script that was uploaded."""
        self.output: list[bytes] = []
        """What the next scripts answer, acknowledgement included; without one, a script is accepted and runs."""
        self.after_abort = b"Z\n*\n\n"
        self.mute = False
        self._heard = ""
        self.links = [TimedLink(self._respond, clock) for _ in range(links)]

    @property
    def link(self) -> TimedLink:
        """The first link."""
        return self.links[0]

    def open(self, **options: float) -> Potentiostat:
        """The driver, connected."""
        roles: Roles = open_emstat4_hr(context_for(self.links, self.clock, {"on_board_log": False, **options}))
        assert roles.potentiostat is not None
        return roles.potentiostat

    def _respond(self, data: bytes) -> Answers:
        self._heard += data.decode("ascii")
        if self._heard.startswith("e\n") and not self._heard.endswith("\n\n"):
            return []
        text, self._heard = self._heard, ""
        return [] if self.mute else [(self.delay_s, self._reply(text))]

    def _reply(self, text: str) -> bytes:
        if text == "t\n":
            return self.firmware
        if self.busy and text == "Z\n":
            self.busy = False
            return self.after_abort
        if self.busy or text == "Z\n":
            return f"{text[0]}!0006\n".encode()
        if text == "i\n":
            return b"iES4HR20B0008\n"
        if text == "v\n":
            return b"v01.09.00\n"
        assert text.startswith("e\n"), text
        self.scripts.append(text)
        if self.output:
            return self.output.pop(0)
        self.busy = True
        return b"e\n"


def package(step: int, elapsed_s: float, charge_C: float, voltage_V: float, current_A: float, status: int = 0) -> bytes:
    """A sample as the driver's scripts send it: time and potential in um, charge and current in n."""
    micro, nano = 1e6, 1e9
    return (
        f"Pee{step + 0x8000000:07X}i;eb{round(elapsed_s * micro) + 0x8000000:07X}u"
        f";ja{round(charge_C * nano) + 0x8000000:07X}n;ab{round(voltage_V * micro) + 0x8000000:07X}u"
        f";ba{round(current_A * nano) + 0x8000000:07X}n,1{status:X},212\n"
    ).encode()
