"""One line of Modbus RTU that several devices, and so several drivers of a bench, share."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, FramingError, TransportTimeout
from operando.drivers.gauges.silence import discard, wait_for_silence
from operando.drivers.links import Address, LinkRegistry
from operando.drivers.links.reopening import ReopeningLink

__all__ = ["SILENCE_S", "ModbusBus"]

TURN_AROUND_S = 5e-3
"""Silence between a reply and the next request: 3.5 characters at 9600 baud are 4 ms."""

MOST = 1 << 14
"""Bytes among which there must be a reply: many times the longest frame."""

SILENCE_S = 0.1
"""A device answers within 100 ms or not at all (Keller series 30, T1)."""


class ModbusBus:
    """The line, its lock, and the doubt that a failed exchange leaves on it for every device.

    Args:
        link: a stream; a server that lets go of who is silent for long costs no reading.
        clock: bounds everything.
        local_echo: whether the converter gives back our own bytes first.
    """

    def __init__(self, link: ReopeningLink, clock: Clock, *, local_echo: bool = False) -> None:
        self.link = link
        self.local_echo = local_echo
        self._clock = clock
        self._lock = threading.RLock()
        self._members = 0
        self._last_s: float | None = None
        self._in_doubt = False

    @classmethod
    def shared(cls, registry: LinkRegistry, address: Address, clock: Clock, *, local_echo: bool = False) -> "ModbusBus":
        """The bus at an address: all drivers of a bench get the same one, and each leaves it once.

        Raises:
            ConfigMismatch: if one says that the converter gives back our bytes, and another that it does not.
        """
        bus = registry.shared(address, cls, lambda: cls(ReopeningLink(registry, address), clock, local_echo=local_echo))
        if bus.local_echo is not local_echo:
            raise ConfigMismatch(
                "two instruments on one line disagree about local_echo",
                where=str(address),
                remedy="It belongs to the converter: write the same for all of them.",
            )
        bus._members += 1
        return bus

    @property
    def where(self) -> str:
        """Its address."""
        return str(self.link.address)

    def leave(self) -> None:
        """A driver needs it no more; the last one closes the wire."""
        with self._lock:
            self._members -= 1
            if self._members <= 0:
                self.link.close()

    @contextmanager
    def taken(self, silence_s: float = SILENCE_S) -> Iterator[None]:
        """The bus for one exchange, quiet before it: for as long as is said after one that failed, whoever's it was."""
        with self._lock:
            if self._in_doubt:
                wait_for_silence(self.link, self._clock, silence_s)
            elif self._last_s is not None:
                self._clock.sleep_until(self._last_s + TURN_AROUND_S)
            self._in_doubt = True  # until the exchange has ended well
            try:
                yield
                self._in_doubt = False
            finally:
                self._last_s = self._clock.now()

    def settle(self) -> None:
        """What has come is the right answer, be it a refusal: nothing more is under way."""
        self._in_doubt = False

    def send(self, frame: bytes, timeout_s: float) -> tuple[bytes, float]:
        """Send a frame: what has come of the reply with our own echo, and when the whole of it must be there."""
        discard(self.link)
        self.link.write(frame)
        deadline = self._clock.now() + timeout_s
        if not self.local_echo:
            return b"", deadline
        collected = self.collect(b"", len(frame), deadline, timeout_s)
        if not collected.startswith(frame):
            raise self.garbage(collected, "our own bytes did not come back as they were sent")
        return collected[len(frame) :], deadline

    def collect(self, collected: bytes, length: int, deadline: float, timeout_s: float) -> bytes:
        """So many bytes at least.

        Raises:
            TransportTimeout: if they do not come in time.
        """
        while len(collected) < length:
            if len(collected) > MOST:
                raise self.garbage(collected, f"{len(collected)} bytes came, and no reply among them")
            remaining = deadline - self._clock.now()
            try:
                more = self.link.read(remaining) if remaining > 0 else b""
            except TransportTimeout:
                more = b""
            if not more:
                raise TransportTimeout(
                    f"{len(collected)} of {length} bytes came within {timeout_s:g} s",
                    where=self.where,
                    remedy="Check supply, wires (A is Keller's B), baud rate, address and local_echo.",
                )
            collected += more
        return collected

    def garbage(self, data: bytes, what: str) -> FramingError:
        """Bytes that are no reply."""
        return FramingError(
            f"{what}: {data[:32].hex(' ')}",
            where=self.where,
            remedy="Check baud rate, parity and termination; the next exchange starts afresh.",
        )
