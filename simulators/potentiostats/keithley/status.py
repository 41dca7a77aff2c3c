"""The status registers of IEEE 488.2 and the summary bits of the status byte."""

from dataclasses import dataclass, field

__all__ = ["Status", "standard_event_bit"]

POWER_ON = 128
MEASUREMENT, ERROR_AVAILABLE, MESSAGE, EVENTS, MASTER, OPERATION = 1, 4, 16, 32, 64, 128
REGISTERS = ("events", "request", "measurement", "operation")


def standard_event_bit(code: int) -> int:
    """The bit of the standard event register that an error sets: command, execution, device or query error."""
    if -200 < code <= -100:
        return 32
    if -300 < code <= -200:
        return 16
    if -500 < code <= -400:
        return 4
    return 8


@dataclass(slots=True)
class Status:
    """Event registers, and what of each is enabled by its name; `request` is the mask of `*SRE`."""

    events: int = POWER_ON
    measurement: int = 0
    operation: int = 0
    enabled: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REGISTERS, 0))

    def take_events(self) -> int:
        """Read and clear the standard event register."""
        events, self.events = self.events, 0
        return events

    def take_measurement(self) -> int:
        """Read and clear the measurement event register."""
        events, self.measurement = self.measurement, 0
        return events

    def take_operation(self) -> int:
        """Read and clear the operation event register."""
        events, self.operation = self.operation, 0
        return events

    def byte(self, *, errors: bool, message: bool) -> int:
        """The status byte.

        Args:
            errors: whether the error queue holds anything.
            message: whether a reply waits to be sent.
        """
        byte = MEASUREMENT * bool(self.measurement & self.enabled["measurement"])
        byte |= ERROR_AVAILABLE * errors | MESSAGE * message
        byte |= EVENTS * bool(self.events & self.enabled["events"])
        byte |= OPERATION * bool(self.operation & self.enabled["operation"])
        return byte | MASTER * bool(byte & self.enabled["request"])

    def clear(self) -> None:
        """Clear event registers, not what is enabled."""
        self.events = self.measurement = self.operation = 0
