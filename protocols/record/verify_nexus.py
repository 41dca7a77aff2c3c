"""Checks `run.nxs` against the record that it was made from, through HDF5 as its readers will."""

from typing import TYPE_CHECKING

import numpy as np

from operando.protocols.record.block_log import in_order_of_time
from operando.protocols.record.findings import Findings
from operando.protocols.record.nexus import RUN_FILE
from operando.protocols.record.nexus_images import stacks
from operando.protocols.record.reader import load_pixels

if TYPE_CHECKING:
    import h5py

__all__ = ["check_nexus"]


def check_nexus(found: Findings) -> None:
    """Of a closed record everything must be in it; of another one what it has must be right."""
    path = found.folder / RUN_FILE
    if not path.is_file():
        found.unfinished(RUN_FILE, "was not made yet")
        return
    import h5py

    with h5py.File(path, "r", locking=False) as file:
        _check_samples(found, file)
        _check_stacks(found, file)


def _check_samples(found: Findings, file: "h5py.File") -> None:
    cell = file.get("entry/electrochemistry")
    count = 0 if cell is None else len(cell["test_time_second"])
    if count > len(found.samples):
        found.wrong(RUN_FILE, f"has {count} samples, the log {len(found.samples)}")
        return
    samples = in_order_of_time(found.samples[:count])
    for name, column in (
        ("test_time_second", "time_s"),
        ("voltage_volt", "voltage_V"),
        ("current_ampere", "current_A"),
    ):
        if count and not np.array_equal(cell[name][()], samples[column], equal_nan=True):
            found.wrong(RUN_FILE, f"{name} is not what the log says")
    if count < len(found.samples):
        found.unfinished(RUN_FILE, f"has {count} of {len(found.samples)} samples")


def _check_stacks(found: Findings, file: "h5py.File") -> None:
    for number, rows in enumerate(stacks(found.frames), 1):
        stack = file.get(f"entry/measurement/event{number}/image1/stack_2d/real", ())
        count = len(stack)
        for index, row in enumerate(rows[:count]):
            if (found.folder / row.file).is_file() and not np.array_equal(stack[index], load_pixels(found.folder, row)):
                found.wrong(RUN_FILE, f"frame {row.number} is not what {row.file} holds")
        if count < len(rows):
            found.unfinished(RUN_FILE, f"has {count} of {len(rows)} frames of {rows[0].region} {rows[0].detector}")
        elif count > len(rows):
            found.wrong(RUN_FILE, f"has {count} frames of {rows[0].region} {rows[0].detector}, frames.csv {len(rows)}")
