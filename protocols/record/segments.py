"""Segments of frames: HDF5 files whose metadata is complete and synced before the first pixel is written.

Each has one contiguous dataset `/frames` (n, height, width), allocated when it is made and never filled, so that its
address in the file is known and HDF5 is never needed again to write it. A dataset in chunks that grows, flushed with
each frame, looks safe from kills and is not.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from operando.protocols.record.durable import PART, Disk, DurableFile

__all__ = ["SegmentKind", "SegmentWriter", "create_segment"]

LARGEST_SEGMENT_BYTES = 256 * 1024 * 1024
FIRST_SEGMENT_FRAMES = 4
SEGMENT_GROWTH = 4
MOST_SEGMENT_FRAMES = 64


@dataclass(frozen=True, slots=True)
class SegmentKind:
    """What all frames of a segment have in common."""

    region: str
    detector: str
    pixel_size_m: float
    height: int
    width: int
    dtype: str
    """`uint8` or `uint16`."""

    @property
    def frame_bytes(self) -> int:
        return self.height * self.width * {"uint8": 1, "uint16": 2}[self.dtype]

    def frames_in(self, earlier_segments: int) -> int:
        """How many frames the next segment has room for: few at first, so that a short run stays small."""
        wished = FIRST_SEGMENT_FRAMES
        for _ in range(min(earlier_segments, MOST_SEGMENT_FRAMES)):
            wished = min(MOST_SEGMENT_FRAMES, wished * SEGMENT_GROWTH)
        return max(1, min(wished, LARGEST_SEGMENT_BYTES // self.frame_bytes))


class SegmentWriter:
    """Writes frames into one segment, without HDF5."""

    def __init__(self, file: DurableFile, data_offset: int, kind: SegmentKind, capacity: int) -> None:
        self.kind = kind
        self.used = 0
        self._file = file
        self._data_offset = data_offset
        self.capacity = capacity

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def full(self) -> bool:
        return self.used >= self.capacity

    def write(self, pixels: memoryview) -> tuple[int, int]:
        """Write the next frame, little-endian; its index and its offset in the file. Not synced yet."""
        index, offset = self.used, self._data_offset + self.used * self.kind.frame_bytes
        self._file.write_at(pixels, offset)
        self.used += 1
        return index, offset

    def sync(self) -> None:
        self._file.sync()

    def close(self) -> None:
        self._file.close()


def create_segment(disk: Disk, path: Path, kind: SegmentKind, capacity: int) -> SegmentWriter:
    """Make an empty segment with all its metadata, on the disk before it has its name."""
    import h5py

    temporary = path.with_name(path.name + PART)
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    layout.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    with h5py.File(temporary, "w") as file:
        shape = (capacity, kind.height, kind.width)
        frames = file.create_dataset("frames", shape, np.dtype(kind.dtype).newbyteorder("<"), dcpl=layout)
        frames.attrs["region"] = kind.region
        frames.attrs["detector"] = kind.detector
        frames.attrs["pixel_size_m"] = kind.pixel_size_m
        frames.attrs["units"] = "counts"
        frames.attrs["note"] = "frames.csv tells which frames are used"
        data_offset = frames.id.get_offset()
    disk.publish(temporary, path)
    return SegmentWriter(disk.open(path), int(data_offset), kind, capacity)
