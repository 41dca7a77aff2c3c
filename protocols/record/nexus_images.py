"""Pictures in `run.nxs`: a stack for each detector, region and pixel size, mapped onto the segments, not copied."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from operando.protocols.record.contents import Contents
from operando.protocols.record.header import name_for_files
from operando.protocols.record.nexus_mapping import Piece, map_array
from operando.protocols.record.nexus_tree import NOT_STATED, axis, group, indices, numbers, plot, text, texts
from operando.protocols.record.rows import FrameRow

if TYPE_CHECKING:
    import h5py

__all__ = ["stacks", "write_images"]

_MICROMETRES = 1e6
_NUMBERS = (
    ("test_time_second", "start_s", "s"),
    ("unix_time_second", "start_unix_s", "s"),
    ("time_uncertainty_second", "time_uncertainty_s", "s"),
    ("line_time", "line_time_s", "s"),
    ("dwell_time", "dwell_s", "s"),
    ("voltage_volt", "voltage_at_start_V", "V"),
    ("voltage_at_end_volt", "voltage_at_end_V", "V"),
    ("current_ampere", "current_at_start_A", "A"),
    ("current_at_end_ampere", "current_at_end_A", "A"),
    ("step_charge_coulomb", "charge_at_start_C", "C"),
    ("step_charge_at_end_coulomb", "charge_at_end_C", "C"),
    ("cycle_count", "cycle", ""),
    ("step_count", "step", ""),
    ("stage_x", "stage_x_m", "m"),
    ("stage_y", "stage_y_m", "m"),
    ("stage_z", "stage_z_m", "m"),
    ("tile_column", "tile_column", ""),
    ("tile_row", "tile_row", ""),
    ("accelerating_voltage", "beam_voltage_V", "V"),
    ("beam_current", "beam_current_A", "A"),
    ("working_distance", "working_distance_m", "m"),
    ("field_width", "field_width_m", "m"),
    ("contrast", "gain_percent", "percent"),
    ("brightness", "black_percent", "percent"),
    ("dose", "dose_C_per_m2", "C/m^2"),
    ("frame_number", "number", ""),
)
_DEGREES = (("stage_r", "stage_rotation_rad"), ("stage_t", "stage_tilt_rad"))
_TEXTS = (("trigger", "trigger"), ("capture", "capture"), ("step_name", "step_name"), ("source_file", "file"))


def stacks(rows: Sequence[FrameRow]) -> list[list[FrameRow]]:
    """The frames that make a stack together, in the order in which the stacks began."""
    found: dict[tuple[str, str, str, int, int, str], list[FrameRow]] = {}
    for row in rows:
        key = (row.detector, row.region, f"{row.pixel_size_m:.6g}", row.height, row.width, row.dtype)
        found.setdefault(key, []).append(row)
    return list(found.values())


def write_images(measurement: "h5py.Group", instrument: "h5py.Group", contents: Contents) -> None:
    """Write an event for each stack, and what the instrument was when it took them."""
    _write_column(instrument, contents)
    for name in sorted({row.detector for row in contents.frames}):
        text(group(instrument, _detector_group(name), "NXdetector"), "name", name)
    if contents.spectra:
        text(group(instrument, "detector_eds", "NXdetector"), "name", "EDS")
    truth = {state.number: state.values for state in contents.truth if (state.of, state.moment) == ("frame", "start")}
    for number, rows in enumerate(stacks(contents.frames), 1):
        event = group(measurement, f"event{number}", "NXem_event_data")
        _write_stack(event, rows, contents)
        _write_truth(event, rows, truth)


def _write_column(instrument: "h5py.Group", contents: Contents) -> None:
    column = group(instrument, "ebeam_column", "NXebeam_column")
    source = group(column, "electron_source", "NXsource")
    text(source, "probe", "electron")
    text(source, "emitter_type", contents.header.circumstances.emitter_type or NOT_STATED)
    if not contents.frames:
        return
    first = contents.frames[0]
    numbers(source, "voltage", first.beam_voltage_V, "V")
    text(column, "operation_mode", "scanning")
    scan = group(column, "scan_controller", "NXscan_controller")
    numbers(scan, "dwell_time", first.dwell_s, "s")
    numbers(scan, "flyback_time", max(0.0, first.line_time_s - first.width * first.dwell_s), "s")
    text(scan, "scan_schema", "line by line from the top left, each line from left to right")
    stage = group(instrument, "stage1", "NXmanipulator")
    text(stage, "design", "stage of the microscope")
    _write_position(stage, first)


def _write_position(stage: "h5py.Group", row: FrameRow) -> None:
    for name, value, units in (
        ("x", row.stage_x_m, "m"),
        ("y", row.stage_y_m, "m"),
        ("z", row.stage_z_m, "m"),
        ("rotation", np.rad2deg(row.stage_rotation_rad), "deg"),
        ("tilt", np.rad2deg(row.stage_tilt_rad), "deg"),
    ):
        numbers(group(stage, f"position_{name}", "NXpositioner"), "value", value, units)


def _write_event_instrument(event: "h5py.Group", first: FrameRow) -> None:
    """How column and stage were set when the event began; `frames` has it for each frame."""
    instrument = group(event, "instrument", "NXem_instrument")
    source = group(group(instrument, "ebeam_column", "NXebeam_column"), "electron_source", "NXsource")
    numbers(source, "voltage", first.beam_voltage_V, "V")
    stage = group(instrument, "stage1", "NXmanipulator")
    numbers(stage, "rotation", np.rad2deg(first.stage_rotation_rad), "deg")
    numbers(stage, "tilt1", np.rad2deg(first.stage_tilt_rad), "deg")
    numbers(stage, "tilt2", 0.0, "deg")
    numbers(stage, "position", [first.stage_x_m, first.stage_y_m, first.stage_z_m], "m")


def _write_stack(event: "h5py.Group", rows: Sequence[FrameRow], contents: Contents) -> None:
    first, header = rows[0], contents.header
    text(event, "start_time", header.wall_text(first.start_s))
    text(event, "end_time", header.wall_text(max(row.end_s for row in rows)))
    text(event, "identifier_sample", "/entry/sampleID")
    text(event, "type", f"{first.region} {first.detector}")
    _write_event_instrument(event, first)
    image = group(event, "image1", "NXimage")
    process = group(image, "process1", "NXprocess")
    text(process, "detector_identifier", f"/entry/measurement/instrument/{_detector_group(first.detector)}")
    stack = group(image, "stack_2d", "NXdata")
    shape = (len(rows), first.height, first.width)
    pixels = map_array(stack, "real", shape, first.dtype, _pieces(rows))
    pixels.attrs["long_name"] = f"{first.region} {first.detector}"
    pixel_um = float(f"{first.pixel_size_m * _MICROMETRES:.6g}")
    indices(stack, "indices_image", len(rows), "frame")
    axis(stack, "axis_j", first.height, pixel_um, "um", "y / um")
    axis(stack, "axis_i", first.width, pixel_um, "um", "x / um")
    text(stack, "title", f"{first.region} {first.detector}")
    plot(stack, "real", ["indices_image", "axis_j", "axis_i"], "image")
    start = numbers(stack, "time", [row.start_s for row in rows], "s")
    start.attrs["start"] = header.wall_text(0.0)
    _write_frame_table(group(event, "frames", "NXcollection"), rows)


def _write_truth(event: "h5py.Group", rows: Sequence[FrameRow], true: Mapping[int, Mapping[str, float]]) -> None:
    """What was true at the start of each frame, by its number, if the world was simulated."""
    names = next(iter(true.values()), {})
    if not names:
        return
    table = group(event, "simulation_truth", "NXcollection")
    table.attrs["description"] = "Ground truth of a simulation at the start of each frame; not a measurement"
    for name in names:
        numbers(table, name, [true.get(row.number, {}).get(name, np.nan) for row in rows])


def _pieces(rows: Sequence[FrameRow]) -> Iterator[Piece]:
    """Frames that follow each other in a segment are mapped together."""
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and _follows(rows[end - 1], rows[end]):
            end += 1
        row = rows[start]
        yield Piece(row.file, "frames", row.capacity, row.index, start, end - start)
        start = end


def _follows(one: FrameRow, other: FrameRow) -> bool:
    return one.file == other.file and one.index + 1 == other.index


def _write_frame_table(table: "h5py.Group", rows: Sequence[FrameRow]) -> None:
    for name, field, units in _NUMBERS:
        numbers(table, name, [getattr(row, field) for row in rows], units)
    numbers(table, "duration_second", [row.end_s - row.start_s for row in rows], "s")
    for name, field in _DEGREES:
        numbers(table, name, np.rad2deg([getattr(row, field) for row in rows]), "deg")
    for name, field in _TEXTS:
        texts(table, name, [getattr(row, field) for row in rows])


def _detector_group(detector: str) -> str:
    return f"detector_{name_for_files(detector).lower()}"
