"""Records pictures: pixels first, synced, then the row in `frames.csv` that acknowledges them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from operando.drivers.roles import Image
from operando.protocols.record.content_checksum import content_checksum
from operando.protocols.record.durable import Disk
from operando.protocols.record.header import name_for_files
from operando.protocols.record.row_file import RowFile
from operando.protocols.record.rows import FrameRow
from operando.protocols.record.segments import SegmentKind, SegmentWriter, create_segment
from operando.protocols.record.state import FrameState
from operando.protocols.record.state_columns import state_columns

__all__ = ["FrameWriter"]


class FrameWriter:
    """Writes frames into segments, one open segment for each kind of picture.

    Args:
        rows: those that the folder has already; new frames go into new segments.
    """

    def __init__(self, folder: Path, start_unix_s: float, disk: Disk, rows: Sequence[FrameRow] = ()) -> None:
        self._folder = folder
        self._start_unix_s = start_unix_s
        self._disk = disk
        self._open: dict[SegmentKind, SegmentWriter] = {}
        self._made: dict[SegmentKind, int] = {}
        self._index = RowFile(disk, folder / "frames.csv", FrameRow, rows)

    @property
    def rows(self) -> list[FrameRow]:
        """All frames that are acknowledged."""
        return self._index.rows

    def write(self, pictures: Sequence[tuple[Image, FrameState]]) -> list[FrameRow]:
        """Write pictures and acknowledge them together: all are on the disk when this returns."""
        rows: list[FrameRow] = []
        written: dict[SegmentKind, SegmentWriter] = {}
        for image, state in pictures:
            kind = _kind(image, state)
            segment = self._segment(kind)
            rows.append(self._write_one(segment, image, state, self._index.next_number + len(rows)))
            written[kind] = segment
            if segment.full:
                segment.sync()
        for segment in written.values():
            segment.sync()
        self._index.acknowledge(rows)
        return rows

    def close(self) -> None:
        for segment in self._open.values():
            segment.close()
        self._index.close()

    def _segment(self, kind: SegmentKind) -> SegmentWriter:
        segment = self._open.get(kind)
        if segment is None or segment.full:
            if segment is not None:
                segment.close()
            made = self._made.get(kind, 0)
            segment = create_segment(self._disk, self._next_path(kind), kind, kind.frames_in(made))
            self._open[kind] = segment
            self._made[kind] = made + 1
        return segment

    def _next_path(self, kind: SegmentKind) -> Path:
        stem = f"{name_for_files(kind.region)}_{name_for_files(kind.detector)}"
        number = 0
        while (path := self._folder / "images" / f"{stem}_{number:04d}.h5").exists():
            number += 1
        return path

    def _write_one(self, segment: SegmentWriter, image: Image, state: FrameState, number: int) -> FrameRow:
        pixels = np.ascontiguousarray(image.pixels, np.dtype(segment.kind.dtype).newbyteorder("<")).data
        index, offset = segment.write(pixels)
        checksum = content_checksum(pixels)
        return _row(image, state, self._start_unix_s, number, segment, index, offset, checksum)


def _kind(image: Image, state: FrameState) -> SegmentKind:
    """Pixel sizes that differ only by the noise of a read-back field width are one kind."""
    height, width = image.pixels.shape
    pixel_size_m = float(f"{image.pixel_size_m:.6g}")
    return SegmentKind(state.region, image.detector, pixel_size_m, height, width, image.pixels.dtype.name)


def _row(
    image: Image,
    state: FrameState,
    start_unix_s: float,
    number: int,
    segment: SegmentWriter,
    index: int,
    offset: int,
    checksum: str,
) -> FrameRow:
    beam, stage, settings, kind = image.conditions, image.stage, image.detector_settings, segment.kind
    return FrameRow(
        number=number,
        file=f"images/{segment.path.name}",
        index=index,
        capacity=segment.capacity,
        offset=offset,
        bytes=kind.frame_bytes,
        checksum=checksum,
        height=kind.height,
        width=kind.width,
        dtype=kind.dtype,
        pixel_size_m=float(image.pixel_size_m),
        detector=image.detector,
        tile_column=state.tile[0],
        tile_row=state.tile[1],
        start_s=float(image.start_s),
        end_s=float(image.end_s),
        start_unix_s=start_unix_s + float(image.start_s),
        time_uncertainty_s=float(image.time_uncertainty_s),
        line_time_s=float(image.line_time_s),
        dwell_s=float(image.dwell_s),
        beam_voltage_V=float(beam.voltage_V),
        beam_current_A=float(beam.current_A),
        working_distance_m=float(beam.working_distance_m),
        field_width_m=float(beam.field_width_m),
        shift_x_m=float(beam.shift_m[0]),
        shift_y_m=float(beam.shift_m[1]),
        stigmator_x=float(beam.stigmators[0]),
        stigmator_y=float(beam.stigmators[1]),
        scan_rotation_rad=float(beam.scan_rotation_rad),
        stage_x_m=float(stage.x_m),
        stage_y_m=float(stage.y_m),
        stage_z_m=float(stage.z_m),
        stage_rotation_rad=float(stage.rotation_rad),
        stage_tilt_rad=float(stage.tilt_rad),
        gain_percent=float(settings.gain_percent),
        black_percent=float(settings.black_percent),
        **state_columns(state),
    )
