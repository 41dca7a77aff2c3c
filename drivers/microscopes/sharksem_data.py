"""Pictures out of `ScData` messages: repeats, lost chunks, frames of an earlier scan.

SharkRemote 2.0.25, ScScanXY: the server sends chunks of pixels, channels interleaved, about every 50 ms.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import ConfigMismatch, FramingError

__all__ = ["FrameAssembly", "Pixels"]

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

_CHUNK = struct.Struct("<IiIiI")


class FrameAssembly:
    """Puts one frame of several channels together.

    Args:
        frame_id: what `ScScanXY` was given; chunks of other frames are ignored.
        channels: that take part; chunks of others are ignored.
        pixels: (width, height).
        bits: per pixel, 8 or 16.
        where: the instrument and its address, for errors.
    """

    def __init__(
        self, frame_id: int, channels: Sequence[int], pixels: tuple[int, int], bits: int, where: str = ""
    ) -> None:
        self.frame_id = frame_id
        self.total = pixels[0] * pixels[1]
        self._shape = (pixels[1], pixels[0])
        self._bits = bits
        self._where = where
        dtype = np.dtype("u1" if bits == 8 else "u2")
        self._pixels = {channel: np.zeros(self.total, dtype) for channel in channels}
        self._received = dict.fromkeys(channels, 0)
        self._lost: dict[int, int] = {}

    @property
    def received(self) -> Mapping[int, int]:
        """Pixels received so far without a gap, by channel."""
        return self._received

    @property
    def complete(self) -> bool:
        return all(count == self.total for count in self._received.values())

    def take(self, body: memoryview) -> None:
        """Take the body of one `ScData` message.

        A chunk that begins before what was received is a repeat: it overwrites. One that begins behind it follows
        a lost chunk and is left out; the frame then never completes, and whoever waits for it has a deadline.

        Raises:
            FramingError: if the chunk contradicts itself or the frame.
            ConfigMismatch: if the pixels are of another depth than was asked for.
        """
        if len(body) < _CHUNK.size:
            raise FramingError(f"an ScData message of {len(body)} bytes has no chunk", where=self._where)
        frame_id, channel, index, bits, size = _CHUNK.unpack_from(body)
        if frame_id != self.frame_id or channel not in self._pixels:
            return
        if bits != self._bits:
            raise ConfigMismatch(
                f"channel {channel} sends {bits} bits per pixel, {self._bits} were asked for",
                where=self._where,
                remedy="Stop other programs that set the detector channels, then scan again.",
            )
        end = index + size * 8 // bits
        if size > len(body) - _CHUNK.size or size * 8 % bits or end > self.total:
            raise FramingError(
                f"a chunk of {size} bytes at pixel {index} does not fit into {self.total} pixels", where=self._where
            )
        if index > self._received[channel]:
            self._lost.setdefault(channel, self._received[channel])
            return
        wire = np.frombuffer(body, "u1" if bits == 8 else "<u2", count=end - index, offset=_CHUNK.size)
        self._pixels[channel][index:end] = wire
        self._received[channel] = end

    def missing(self) -> str:
        """What is missing, in words."""
        parts = [
            f"channel {channel} has {count} of {self.total} pixels"
            + (f" (a chunk was lost at pixel {self._lost[channel]})" if channel in self._lost else "")
            for channel, count in self._received.items()
            if count < self.total
        ]
        return ", ".join(parts)

    def picture(self, channel: int) -> Pixels:
        """The pixels of one channel, shape (height, width), top left first."""
        return self._pixels[channel].reshape(self._shape)
