"""The few strokes that every part of `run.nxs` is drawn with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import h5py

__all__ = ["NOT_STATED", "axis", "group", "indices", "link", "numbers", "plot", "text", "texts"]

NOT_STATED = "not stated"
"""What NXem requires and nobody has told; an empty text would look like an answer."""


def group(parent: "h5py.Group", name: str, nx_class: str) -> "h5py.Group":
    """A new group of a NeXus class."""
    made = parent.create_group(name)
    made.attrs["NX_class"] = nx_class
    return made


def plot(made: "h5py.Group", signal: str, axes: Sequence[str], interpretation: str) -> None:
    """Make an NXdata plottable. NeXus, silx and h5web want the interpretation on the array, HyperSpy on the group."""
    made.attrs["signal"] = signal
    made.attrs["axes"] = list(axes)
    for index, name in enumerate(axes):
        made.attrs[f"{name}_indices"] = np.uint32(index)
    made.attrs["interpretation"] = interpretation
    made[signal].attrs["interpretation"] = interpretation


def numbers(parent: "h5py.Group", name: str, values: ArrayLike, units: str = "", long_name: str = "") -> "h5py.Dataset":
    """A number or an array with its unit and its label in plots."""
    made = parent.create_dataset(name, data=np.asarray(values))
    if units:
        made.attrs["units"] = units
    if long_name:
        made.attrs["long_name"] = long_name
    return made


def axis(parent: "h5py.Group", name: str, count: int, step: float, units: str, long_name: str) -> None:
    """An axis of equal steps from 0, as an array, which is what readers take scale and offset from."""
    numbers(parent, name, np.arange(count, dtype=np.float64) * step, units, long_name)


def indices(parent: "h5py.Group", name: str, count: int, long_name: str) -> None:
    """An axis that only counts, from 0."""
    numbers(parent, name, np.arange(count), "", long_name)


def text(parent: "h5py.Group", name: str, value: str) -> "h5py.Dataset":
    """A text."""
    return parent.create_dataset(name, data=value)


def texts(parent: "h5py.Group", name: str, values: Sequence[str]) -> "h5py.Dataset":
    """A row of texts. HDF5 takes no NUL in one; records of earlier versions may hold it in an event."""
    import h5py

    without_nul = [value.replace("\0", "\\x00") for value in values]
    return parent.create_dataset(name, data=np.array(without_nul, dtype=object), dtype=h5py.string_dtype())


def link(parent: "h5py.Group", name: str, target: "h5py.Dataset | h5py.Group") -> None:
    """A second name for an array or a group (a hard link)."""
    parent[name] = target
