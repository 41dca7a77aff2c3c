"""Electrochemistry in `run.nxs`: every sample, copied from the log piece by piece, and impedance."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE
from operando.protocols.record.bdf import AMBIENT_LABELS, Ambient
from operando.protocols.record.contents import Contents
from operando.protocols.record.nexus_tree import group, link, numbers, plot, text

if TYPE_CHECKING:
    import h5py

__all__ = ["write_cell", "write_impedance"]

_COLUMNS = (
    ("test_time_second", "time_s", "s", "Test Time / s"),
    ("voltage_volt", "voltage_V", "V", "Voltage / V"),
    ("current_ampere", "current_A", "A", "Current / A"),
    ("step_time_second", "elapsed_s", "s", "Step Time / s"),
    ("step_charge_coulomb", "charge_C", "C", "Step charge / C"),
    ("cycle_count", "cycle", "", "Cycle Count / 1"),
    ("step_count", "step", "", "Step Count / 1"),
    ("quality", "quality", "", "Quality flags"),
)
Readings = tuple[NDArray[np.float64], NDArray[np.float64]]
_UNIX = "unix_time_second"
_AMBIENT = (
    ("ambient_temperature_celsius", "degC"),
    ("ambient_pressure_pa", "Pa"),
    ("applied_pressure_pa", "Pa"),
)


def write_cell(entry: "h5py.Group", contents: Contents) -> bool:
    """Write all samples, the default plot of the file; False if there are none."""
    if not contents.sample_count:
        return False
    header = contents.header
    cell = group(entry, "electrochemistry", "NXdata")
    for name, column, units, label in _COLUMNS:
        _empty(cell, name, SAMPLE[column].str, contents.sample_count, units, label)
    _empty(cell, _UNIX, "<f8", contents.sample_count, "s", "Unix Time / s")
    ambient = _ambient_readings(contents)
    for (name, units), label, (times_s, _) in zip(_AMBIENT, AMBIENT_LABELS, ambient, strict=True):
        if len(times_s):
            _empty(cell, name, "<f8", contents.sample_count, units, label)
    _copy_samples(cell, contents, ambient)
    title = f"{header.simulation_mark}{header.sample.name}"
    text(cell, "title", f"{title}: voltage")
    plot(cell, "voltage_volt", ["test_time_second"], "spectrum")
    # a plot of its own: viewers draw auxiliary signals on the axis of the voltage
    current = group(entry, "current", "NXdata")
    link(current, "current_ampere", cell["current_ampere"])
    link(current, "test_time_second", cell["test_time_second"])
    text(current, "title", f"{title}: current, positive when charging")
    plot(current, "current_ampere", ["test_time_second"], "spectrum")
    return True


def _empty(cell: "h5py.Group", name: str, dtype: str, count: int, units: str, label: str) -> None:
    made = cell.create_dataset(name, shape=(count,), dtype=dtype)
    if units:
        made.attrs["units"] = units
    made.attrs["long_name"] = label


def _copy_samples(cell: "h5py.Group", contents: Contents, ambient: list[Readings]) -> None:
    start = 0
    for samples in contents.samples_in_time():
        end = start + len(samples)
        for name, column, _, _ in _COLUMNS:
            cell[name][start:end] = samples[column]
        cell[_UNIX][start:end] = contents.header.start_unix_s + samples["time_s"]
        for (name, _), (times_s, values) in zip(_AMBIENT, ambient, strict=True):
            if len(times_s):
                latest = np.searchsorted(times_s, samples["time_s"], "right") - 1
                cell[name][start:end] = np.where(latest >= 0, values[latest], np.nan)
        start = end


def _ambient_readings(contents: Contents) -> list[Readings]:
    """Times and values of the readings that belong to each ambient column, NaN where they cannot be believed."""
    ambient = Ambient()
    found: list[list[tuple[float, float]]] = [[] for _ in AMBIENT_LABELS]
    for row in contents.sensors:
        belongs = ambient.column_of(row.name, row.quantity, row.reading)
        if belongs is not None:
            found[belongs[0]].append((row.end_s, belongs[1]))
    arrays = [np.array(readings, np.float64).reshape(-1, 2) for readings in found]
    return [(array[:, 0], array[:, 1]) for array in arrays]


def write_impedance(entry: "h5py.Group", contents: Contents) -> None:
    """Write each impedance spectrum as an NXdata of its own."""
    for number, step in enumerate(contents.impedance, 1):
        points = contents.impedance_of(step)
        spectrum = group(entry, f"impedance{number}", "NXdata")
        numbers(spectrum, "frequency", points["frequency_Hz"], "Hz", "Frequency / Hz")
        numbers(spectrum, "real_impedance", points["real_ohm"], "ohm", "Real Impedance / ohm")
        numbers(spectrum, "imaginary_impedance", points["imaginary_ohm"], "ohm", "Imaginary Impedance / ohm")
        numbers(spectrum, "test_time_second", points["time_s"], "s", "Test Time / s")
        text(spectrum, "title", f"impedance, step {step}")
        plot(spectrum, "imaginary_impedance", ["real_impedance"], "spectrum")
