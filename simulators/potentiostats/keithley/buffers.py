"""Reading buffers of the 2450 family."""

from dataclasses import dataclass, field

from operando.simulators.potentiostats.keithley.scpi_error import ScpiError

__all__ = ["DEFAULT_BUFFERS", "Buffer", "Buffers", "StoredReading"]

DEFAULT_BUFFERS = ("defbuffer1", "defbuffer2")
DEFAULT_SIZE = 100_000
SMALLEST = 10
LARGEST = 6_875_000


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One reading as stored: when, what was measured, what was sourced, and the status of both."""

    time_s: float
    reading: float
    source: float
    unit: str
    source_unit: str
    status: int
    source_status: int


@dataclass(slots=True)
class Buffer:
    """Readings with running indices from 1. Filled once it takes no more; filled continuously it forgets the oldest."""

    size: int
    continuous: bool = False
    writable: bool = False
    readings: list[StoredReading] = field(default_factory=list)
    first: int = 1
    began_s: float | None = None

    @property
    def last(self) -> int:
        """The index of the newest reading."""
        return self.first + len(self.readings) - 1

    def add(self, reading: StoredReading) -> None:
        """Store a reading."""
        if len(self.readings) >= self.size:
            if not self.continuous:
                return
            del self.readings[0]
            self.first += 1
        if self.began_s is None:
            self.began_s = reading.time_s
        self.readings.append(reading)

    def between(self, first: int, last: int) -> list[StoredReading]:
        """Readings by their indices.

        Raises:
            ScpiError: -222 if one is not there.
        """
        if first < 1 or last < first or first < self.first or last > self.last:
            raise ScpiError(-222)
        return self.readings[first - self.first : last - self.first + 1]

    def clear(self) -> None:
        """Forget all readings."""
        self.readings.clear()
        self.first, self.began_s = 1, None


class Buffers:
    """All buffers by name."""

    def __init__(self) -> None:
        self._buffers: dict[str, Buffer] = {}
        self.reset()

    def reset(self) -> None:
        """Back to the two default buffers, empty."""
        self._buffers = {name: Buffer(DEFAULT_SIZE, continuous=True) for name in DEFAULT_BUFFERS}

    def __getitem__(self, name: str) -> Buffer:
        """A buffer.

        Raises:
            ScpiError: -224 if there is none of that name.
        """
        if name not in self._buffers:
            raise ScpiError(-224, "no such buffer")
        return self._buffers[name]

    def make(self, name: str, size: int, *, writable: bool = False) -> None:
        """Make a buffer.

        Raises:
            ScpiError: 1115 if there is one of that name, -222 for a size that is not possible.
        """
        if name in self._buffers:
            raise ScpiError(1115)
        if not SMALLEST <= size <= LARGEST:
            raise ScpiError(-222)
        self._buffers[name] = Buffer(size, writable=writable)

    def delete(self, name: str) -> None:
        """Delete a buffer that somebody has made.

        Raises:
            ScpiError: -224 for another one.
        """
        if name in DEFAULT_BUFFERS or name not in self._buffers:
            raise ScpiError(-224)
        del self._buffers[name]
