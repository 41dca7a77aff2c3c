"""Arrays of other files as if they were in `run.nxs` (virtual datasets of HDF5), by relative paths."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import h5py

__all__ = ["Piece", "map_array"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some entries along the first axis of an array in another file.

    Args:
        file: path relative to the folder of the run, with `dataset` in it.
        length: of the first axis of that dataset.
        first: entry there.
        at: entry here.
        count: how many.
    """

    file: str
    dataset: str
    length: int
    first: int
    at: int
    count: int


def map_array(
    parent: "h5py.Group", name: str, shape: tuple[int, ...], dtype: str, pieces: Iterable[Piece]
) -> "h5py.Dataset":
    """A little-endian array made of pieces.

    h5py's own `create_virtual_dataset` stamps the array with the time of the machine; equal runs would differ.
    """
    import h5py

    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.VIRTUAL)
    layout.set_obj_track_times(False)
    here = h5py.h5s.create_simple(shape)
    rest = (0,) * (len(shape) - 1)
    for piece in pieces:
        there = h5py.h5s.create_simple((piece.length, *shape[1:]))
        there.select_hyperslab((piece.first, *rest), (piece.count, *shape[1:]))
        here.select_hyperslab((piece.at, *rest), (piece.count, *shape[1:]))
        layout.set_virtual(here, piece.file.encode(), piece.dataset.encode(), there)
    here.select_all()
    stored = h5py.h5t.py_create(np.dtype(dtype).newbyteorder("<"), logical=True)
    return h5py.Dataset(h5py.h5d.create(parent.id, name.encode(), stored, here, layout))
