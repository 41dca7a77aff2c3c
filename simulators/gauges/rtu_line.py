"""A line of RS-485 on which several simulated devices listen: each answers what is for it, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from operando.simulators.engine import Answering, Conversation
from operando.simulators.gauges.modbus_rtu import Frames

__all__ = ["LineConversation", "LineSettings", "LineTiming", "RtuDevice", "RtuLine"]


class RtuDevice(Protocol):
    """A device on the line."""

    def answer(self, payload: bytes, modbus: bool, now: float) -> tuple[bytes, float] | None:
        """The reply to a frame and its delay; None where the device stays silent."""
        ...


class LineTiming(Protocol):
    """What the line itself does."""

    longest_gap_s: float
    local_echo: bool


@dataclass(slots=True)
class LineSettings:
    """The line; change it at any time.

    Args:
        longest_gap_s: inside a frame; 1.5 ms at 9600 baud. A frame with a longer pause vanishes.
        local_echo: the converter sends each request back.
    """

    longest_gap_s: float = 1.5e-3
    local_echo: bool = False


class RtuLine:
    """Devices on one line; any number of clients may listen, one talks at a time."""

    def __init__(self, devices: Sequence[RtuDevice], settings: LineSettings | None = None) -> None:
        self.devices = tuple(devices)
        self.settings = settings or LineSettings()

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """Somebody listens on the line."""
        return LineConversation(self.devices, self.settings)


class LineConversation(Answering):
    """One client's end of the line."""

    def __init__(self, devices: Sequence[RtuDevice], timing: LineTiming) -> None:
        super().__init__()
        self._devices = devices
        self._timing = timing
        self._frames = Frames(timing)

    def feed(self, data: bytes, now: float) -> None:
        if self._timing.local_echo:
            self._outbox.put(data, now)
        for payload, modbus in self._frames.feed(data, now):
            for device in self._devices:
                answered = device.answer(payload, modbus, now)
                if answered is not None:
                    reply, delay_s = answered
                    self._outbox.put(reply, now + delay_s)
