"""The one truth about the cell: an append-only log of sample blocks.

A block is one write: a header of 32 bytes (magic `OPBLOCK1`, u32 payload bytes, u32 samples, u64 sequence number of
the first, u32 CRC-32 of everything else in the block, u32 zero; little-endian), then the samples as they are, 64 bytes
each (`operando.drivers.roles.SAMPLE`). A kill can tear the last block only; a reader stops there.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE

__all__ = ["Block", "LogContent", "encode_block", "in_order_of_time", "read_log", "stream_log"]

MAGIC = b"OPBLOCK1"
_HEAD = struct.Struct("<8sIIQ")
_TAIL = struct.Struct("<II")
HEADER_BYTES = _HEAD.size + _TAIL.size
_PIECE_BYTES = 1 << 24
_pack_header, _crc32 = struct.Struct("<16s8sQ").pack, zlib.crc32


@dataclass(frozen=True, slots=True)
class Block:
    """Where an intact block of a log is."""

    offset: int
    first_sequence: int
    count: int


@dataclass(frozen=True, slots=True)
class LogContent:
    """Everything intact in a log.

    Args:
        samples: dtype SAMPLE, shape (n,), in the order of the log.
        damage: (offset, bytes) of what is no intact block. At the end of the file it is a torn tail.
        before_damage: how many of the samples come before the first damage.
        size: of the file.
    """

    samples: NDArray[np.void]
    damage: tuple[tuple[int, int], ...]
    before_damage: int
    size: int


def encode_block(payload: bytes, count: int) -> bytes:
    """A block of samples, to be written at once."""
    start, crc = _START_OF_ONE if count == 1 else _start_of_header(count)
    first = payload[:8]  # the sequence number leads a sample
    return _pack_header(start, first, _crc32(payload, _crc32(first, crc))) + payload


def read_log(path: Path, start: int = 0) -> LogContent:
    """Read a log, whole or torn, from the beginning of a block on; offsets and size count from there."""
    with path.open("rb") as file:
        file.seek(start)
        data = file.read()
    pieces: list[memoryview] = []
    damage: list[tuple[int, int]] = []
    expected = count = before_damage = 0
    view = memoryview(data)
    for block in _blocks(data):
        if block.offset > expected:
            damage.append((expected, block.offset - expected))
        count += block.count
        before_damage = before_damage if damage else count
        start = block.offset + HEADER_BYTES
        expected = start + block.count * SAMPLE.itemsize
        pieces.append(view[start:expected])
    if expected < len(data):
        damage.append((expected, len(data) - expected))
    return LogContent(np.frombuffer(b"".join(pieces), SAMPLE), tuple(damage), before_damage, len(data))


def stream_log(path: Path) -> Iterator[NDArray[np.void]]:
    """The intact samples of a log in order, a quarter of a million at a time, however long it is."""
    with path.open("rb") as file:
        data = b""
        while piece := file.read(_PIECE_BYTES):
            data += piece
            spans = [(block.offset + HEADER_BYTES, block.count * SAMPLE.itemsize) for block in _blocks(data)]
            if spans:
                yield np.frombuffer(b"".join(data[start : start + size] for start, size in spans), SAMPLE)
                data = data[sum(spans[-1]) :]


def in_order_of_time(samples: NDArray[np.void]) -> NDArray[np.void]:
    """Samples of the log, dtype SAMPLE; those that were fetched late go where they belong."""
    if np.any(np.diff(samples["time_s"]) < 0):
        return samples[np.argsort(samples["time_s"], kind="stable")]
    return samples


def _start_of_header(count: int) -> tuple[bytes, int]:
    """What the headers of all blocks of so many samples begin with, and its CRC-32."""
    start = struct.pack("<8sII", MAGIC, count * SAMPLE.itemsize, count)
    return start, _crc32(start)


_START_OF_ONE = _start_of_header(1)


def _blocks(data: bytes) -> Iterator[Block]:
    """Every intact block; after damage the next one is looked for."""
    offset = 0
    while offset + HEADER_BYTES <= len(data):
        block = _block_at(data, offset)
        if block is not None:
            yield block
            offset += HEADER_BYTES + block.count * SAMPLE.itemsize
        else:
            offset = data.find(MAGIC, offset + 1)
            if offset < 0:
                return


def _block_at(data: bytes, offset: int) -> Block | None:
    magic, payload_bytes, count, first_sequence = _HEAD.unpack_from(data, offset)
    crc, zero = _TAIL.unpack_from(data, offset + _HEAD.size)
    start = offset + HEADER_BYTES
    if magic != MAGIC or zero or payload_bytes != count * SAMPLE.itemsize or start + payload_bytes > len(data):
        return None
    if _crc32(data[start : start + payload_bytes], _crc32(data[offset : offset + _HEAD.size])) != crc:
        return None
    return Block(offset, first_sequence, count)
