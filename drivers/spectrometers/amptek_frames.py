"""Packets of the Amptek DP5 family: `F5 FA PID1 PID2 LEN data CHECKSUM` (DP5 Programmer's Guide, 3.2-3.4).

Over UDP one packet comes in several datagrams without numbers, over a serial line in arbitrary pieces; both are
collected by length and checksum.
"""

import struct
from dataclasses import dataclass

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, TransportTimeout
from operando.drivers.links import Link

__all__ = ["LARGEST_DATA", "Packet", "build_packet", "read_packet"]

SYNC = b"\xf5\xfa"
HEADER = struct.Struct(">2sBBH")
CHECKSUM_LENGTH = 2
LARGEST_DATA = 32767


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its two identifiers and its data."""

    pid1: int
    pid2: int
    data: bytes

    @property
    def pids(self) -> tuple[int, int]:
        """Both identifiers."""
        return self.pid1, self.pid2


def build_packet(pid1: int, pid2: int, data: bytes = b"") -> bytes:
    """The bytes of a packet; all of them and the checksum add up to zero, modulo 65536."""
    start = HEADER.pack(SYNC, pid1, pid2, len(data)) + data
    return start + struct.pack(">H", -sum(start) & 0xFFFF)


def read_packet(link: Link, clock: Clock, deadline: float, collected: bytearray) -> Packet:
    """The next whole packet; what does not belong to one is skipped.

    Args:
        link: where it comes from.
        clock: bounds the wait.
        deadline: run time by which it must be whole.
        collected: bytes that came before; what follows the packet is left in it.

    Raises:
        FramingError: if something came, but no packet with a right checksum by the deadline.
        TransportTimeout: if nothing came.
        TransportClosed: if the other end is gone.
    """
    skipped = 0
    while True:
        packet, used = _first_packet(collected)
        del collected[:used]
        if packet is not None:
            return packet
        skipped += used
        remaining = deadline - clock.now()
        try:
            more = link.read(remaining) if remaining > 0 else b""
        except TransportTimeout:
            more = b""
        if not more:
            raise _nothing_whole(link, bytes(collected), skipped)
        collected += more


def _first_packet(collected: bytearray) -> tuple[Packet | None, int]:
    """The first right packet or None, and how many bytes at the start are done with."""
    at = 0
    while (at := collected.find(SYNC, at)) >= 0:
        if len(collected) < at + HEADER.size:
            return None, at
        _, pid1, pid2, length = HEADER.unpack_from(collected, at)
        end = at + HEADER.size + length + CHECKSUM_LENGTH
        if length <= LARGEST_DATA:
            if len(collected) < end:
                # perhaps not a header at all: a whole packet further on wins
                later, used = _first_packet(collected[at + 1 :])
                return (later, at + 1 + used) if later is not None else (None, at)
            checksum = int.from_bytes(collected[end - CHECKSUM_LENGTH : end], "big")
            if (sum(collected[at : end - CHECKSUM_LENGTH]) + checksum) & 0xFFFF == 0:
                return Packet(pid1, pid2, bytes(collected[at + HEADER.size : end - CHECKSUM_LENGTH])), end
        at += 1
    return None, max(0, len(collected) - 1)


def _nothing_whole(link: Link, collected: bytes, skipped: int) -> FramingError | TransportTimeout:
    if collected or skipped:
        return FramingError(
            f"no whole packet came: {skipped} bytes skipped, {len(collected)} left over ({collected[:16].hex(' ')})",
            where=str(link.address),
            remedy="A datagram was lost, or the line is disturbed; the next exchange starts afresh.",
        )
    return TransportTimeout(
        "it does not answer",
        where=str(link.address),
        remedy="Check that it is on, and that no other program holds it (it frees itself after 15 s).",
    )
