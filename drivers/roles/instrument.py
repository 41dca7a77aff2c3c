"""What every instrument has, whatever its role."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

__all__ = ["Identity", "Instrument", "SafeState", "Safety"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered at an address, in the instrument's own words."""

    vendor: str
    model: str
    serial: str
    firmware: str
    address: str

    def __str__(self) -> str:
        return f"{self.vendor} {self.model} (serial {self.serial}, firmware {self.firmware}) at {self.address}"


class Safety(StrEnum):
    """What is known about an instrument after it was told to make itself safe."""

    CONFIRMED = "confirmed"
    """Read back from the instrument itself."""
    UNSAFE = "unsafe"
    """The instrument answered, and says that it is not safe."""
    UNKNOWN = "unknown"
    """The instrument could not be reached. Never to be called safe."""


@dataclass(frozen=True, slots=True)
class SafeState:
    """The outcome of `make_safe` for one instrument: what was confirmed, or why it is not known."""

    instrument: str
    safety: Safety
    detail: str

    def __str__(self) -> str:
        return f"{self.instrument}: {self.safety} ({self.detail})"


class Instrument(Protocol):
    """The shared base of all roles.

    No call waits longer than one exchange on the wire. What takes time is started, polled and read.
    """

    @property
    def name(self) -> str:
        """The name that the bench file gives."""
        ...

    @property
    def connection(self) -> str:
        """Names the wire that the calls share: calls on one connection run one after the other."""
        ...

    def identify(self) -> Identity:
        """Ask the instrument who it is. Never changes anything.

        Raises:
            InstrumentError: if it does not answer, or is not what its driver is for.
        """
        ...

    @property
    def keep_alive_every_s(self) -> float | None:
        """How often the instrument wants a sign of life; None if it does not forget its client."""
        ...

    def keep_alive(self) -> None:
        """Send whatever keeps the instrument from forgetting its client; nothing if it needs none."""
        ...

    def make_safe(self) -> SafeState:
        """Bring the instrument to its safe state and confirm it by read-back.

        Never raises for a dead link: it then says `unknown`. Never waits behind a long call.
        """
        ...

    def close(self) -> None:
        """Let go of the wire. Changes no output; call `make_safe` first."""
        ...
