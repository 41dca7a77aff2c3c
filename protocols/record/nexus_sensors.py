"""Logs of the sensors in `run.nxs`."""

from typing import TYPE_CHECKING

import numpy as np

from operando.drivers.roles import Quality
from operando.protocols.record.contents import Contents
from operando.protocols.record.header import name_for_files
from operando.protocols.record.nexus_tree import group, link, numbers, text

if TYPE_CHECKING:
    import h5py

__all__ = ["write_sensors"]


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
