"""Electrochemistry and sensors in `run.nxs`."""

from typing import TYPE_CHECKING

import numpy as np

from operando.drivers.roles import Quality
from operando.protocols.record.contents import Contents
from operando.protocols.record.header import name_for_files
from operando.protocols.record.nexus_tree import group, link, numbers, plot, text

if TYPE_CHECKING:
    import h5py

__all__ = ["write_cell", "write_impedance", "write_sensors"]

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


def write_cell(entry: "h5py.Group", contents: Contents) -> bool:
    """Write all samples, the default plot of the file; False if there are none."""
    samples = contents.samples()
    if not len(samples):
        return False
    cell = group(entry, "electrochemistry", "NXdata")
    for name, column, units, label in _COLUMNS:
        numbers(cell, name, np.ascontiguousarray(samples[column]), units, label)
    unix_s = contents.header.start_unix_s + samples["time_s"]
    numbers(cell, "unix_time_second", unix_s, "s", "Unix Time / s")
    text(cell, "title", f"{contents.header.sample.name}: voltage")
    plot(cell, "voltage_volt", ["test_time_second"], "spectrum")
    # a plot of its own: viewers draw auxiliary signals on the axis of the voltage
    current = group(entry, "current", "NXdata")
    link(current, "current_ampere", cell["current_ampere"])
    link(current, "test_time_second", cell["test_time_second"])
    text(current, "title", f"{contents.header.sample.name}: current, positive when charging")
    plot(current, "current_ampere", ["test_time_second"], "spectrum")
    return True


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


def write_sensors(entry: "h5py.Group", instrument: "h5py.Group", contents: Contents) -> None:
    """Write the log of each sensor; those of the cell are second names of the samples."""
    if "electrochemistry" in entry:
        cell = entry["electrochemistry"]
        for name, quantity, column in (
            ("cell_voltage", "voltage", "voltage_volt"),
            ("cell_current", "current", "current_ampere"),
        ):
            log = _log(instrument, name, quantity)
            link(log, "time", cell["test_time_second"])
            link(log, "value", cell[column])
    for name, quantity in dict.fromkeys((row.name, row.quantity) for row in contents.sensors):
        rows = [row for row in contents.sensors if (row.name, row.quantity) == (name, quantity)]
        log = _log(instrument, f"{name_for_files(name)}_{quantity}", quantity)
        numbers(log, "time", [row.end_s for row in rows], "s").attrs["start"] = contents.header.wall_text(0.0)
        values = [row.value if row.quality == Quality.OK else np.nan for row in rows]
        numbers(log, "value", values, rows[0].unit)


def _log(instrument: "h5py.Group", name: str, quantity: str) -> "h5py.Group":
    sensor = group(instrument, f"sensor_{name}", "NXsensor")
    text(sensor, "name", name.replace("_", " "))
    text(sensor, "measurement", quantity)
    return group(sensor, "value_log", "NXlog")
