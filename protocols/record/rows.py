"""Rows of `frames.csv`, `spectra.csv` and `sensors.csv`: a column for each field, written and read without loss."""

import csv
import dataclasses
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from operando.drivers.roles import Quality, Reading

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["FrameRow", "SensorRow", "SpectrumRow", "csv_header", "csv_line", "read_rows", "row_reader"]

Row = TypeVar("Row", bound="DataclassInstance")
_TO_ONE_LINE = str.maketrans({"\n": " ", "\r": " ", "\0": " "})


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame: where its pixels are, why it exists, and the state of cell, beam and stage.

    The pixels are `bytes` bytes at `offset` of `file`, which is also frame `index` of its dataset `/frames`, which
    has room for `capacity`; shape (height, width), little-endian. `checksum` names its algorithm
    (`content_checksum`).
    """

    number: int
    file: str
    index: int
    capacity: int
    offset: int
    bytes: int
    checksum: str
    height: int
    width: int
    dtype: str
    pixel_size_m: float
    detector: str
    region: str
    tile_column: int
    tile_row: int
    capture: str
    trigger: str
    line: int
    start_s: float
    end_s: float
    start_unix_s: float
    time_uncertainty_s: float
    line_time_s: float
    dwell_s: float
    beam_voltage_V: float
    beam_current_A: float
    working_distance_m: float
    field_width_m: float
    shift_x_m: float
    shift_y_m: float
    stigmator_x: float
    stigmator_y: float
    scan_rotation_rad: float
    stage_x_m: float
    stage_y_m: float
    stage_z_m: float
    stage_rotation_rad: float
    stage_tilt_rad: float
    gain_percent: float
    black_percent: float
    cycle: int
    step: int
    step_name: str
    voltage_at_start_V: float
    voltage_at_end_V: float
    current_at_start_A: float
    current_at_end_A: float
    charge_at_start_C: float
    charge_at_end_C: float
    dose_C_per_m2: float


@dataclass(frozen=True, slots=True)
class SpectrumRow:
    """One spectrum (`kind` point) or map of spectra (`kind` map): its file, times, energy scale and state.

    A map has `rows` and `columns`; live, real and rates of a map are means over its points.
    """

    number: int
    kind: str
    file: str
    checksum: str
    rows: int
    columns: int
    channels: int
    channel_width_eV: float
    offset_eV: float
    live_time_s: float
    real_time_s: float
    input_rate_Hz: float
    output_rate_Hz: float
    start_s: float
    end_s: float
    start_unix_s: float
    time_uncertainty_s: float
    region: str
    capture: str
    trigger: str
    line: int
    position_x: float
    position_y: float
    point_distance_y_m: float
    point_distance_x_m: float
    beam_voltage_V: float
    beam_current_A: float
    elevation_rad: float
    cycle: int
    step: int
    step_name: str
    voltage_at_start_V: float
    voltage_at_end_V: float
    current_at_start_A: float
    current_at_end_A: float
    charge_at_start_C: float
    charge_at_end_C: float
    dose_C_per_m2: float


@dataclass(frozen=True, slots=True)
class SensorRow:
    """One reading of a sensor, taken between two run times; the value is SI, NaN if there is none."""

    start_s: float
    end_s: float
    name: str
    quantity: str
    value: float
    unit: str
    quality: str

    @classmethod
    def of(cls, name: str, quantity: str, reading: Reading) -> "SensorRow":
        """The row of a reading."""
        value, unit, quality = reading.value, reading.unit, str(reading.quality)
        return cls(reading.start_s, reading.end_s, name, quantity, value, unit, quality)

    @property
    def reading(self) -> Reading:
        """The reading of the row."""
        return Reading(self.value, self.unit, Quality(self.quality), self.start_s, self.end_s)


def csv_header(row: type["DataclassInstance"]) -> bytes:
    """The first line of a file of such rows."""
    return _line([field.name for field in dataclasses.fields(row)])


def csv_line(row: "DataclassInstance") -> bytes:
    """A row as one line; floats in full."""
    return _line([getattr(row, field.name) for field in dataclasses.fields(row)])


def read_rows(path: Path, row: type[Row]) -> Iterator[Row]:
    """The complete rows of a file; a last line without its end is not there yet.

    Raises:
        ValueError: if a complete line is no such row.
    """
    data = path.read_bytes()
    # a power cut may leave zeros where a write that was not synced should be
    complete = data[: data.rfind(b"\n") + 1].replace(b"\0", b"").decode()
    lines = csv.reader(io.StringIO(complete, newline=""))
    names = next(lines, [field.name for field in dataclasses.fields(row)])
    read = row_reader(row, names, path.name)
    for values in lines:
        yield read(values)


def row_reader(row: type[Row], names: Sequence[str], file: str) -> Callable[[Sequence[str]], Row]:
    """What makes a row of the values of a line. Columns that an older record does not have get their default.

    Args:
        names: of the columns, in the order of the values.

    Raises:
        ValueError: if there are columns that no such row has, or one is missing that has no default.
    """
    fields = {field.name: field for field in dataclasses.fields(row)}
    if "crc32" in names:
        return _reader_of_schema_1(row, names, file)
    missing = [name for name, field in fields.items() if name not in names and field.default is dataclasses.MISSING]
    if missing or not fields.keys() >= set(names):
        raise ValueError(f"{file} has other columns than expected: {', '.join(names)}")
    readers = [(name, {"int": int, "float": float, "str": str}[_type_name(fields[name].type)]) for name in names]
    if list(names) == list(fields):
        in_order = [read for _, read in readers]
        return lambda values: row(*(read(value) for read, value in zip(in_order, values, strict=True)))
    return lambda values: row(**{name: read(value) for (name, read), value in zip(readers, values, strict=True)})


def _reader_of_schema_1(row: type[Row], names: Sequence[str], file: str) -> Callable[[Sequence[str]], Row]:
    """Before schema 2 checksums were CRC-32 without a name."""
    place = list(names).index("crc32")
    read = row_reader(row, [*names[:place], "checksum", *names[place + 1 :]], file)
    return lambda values: read([*values[:place], f"crc32:{values[place]}", *values[place + 1 :]])


def _cell(value: object) -> object:
    """Floats in full. A row is one line whatever stands in its texts, or a torn end would look whole."""
    if isinstance(value, float):
        return repr(value)
    return value.translate(_TO_ONE_LINE) if isinstance(value, str) else value


def _type_name(annotation: type | str | object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _line(values: Sequence[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([_cell(value) for value in values])
    return text.getvalue().encode()
