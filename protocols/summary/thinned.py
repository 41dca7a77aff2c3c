"""Fewer points for a drawing, with every excursion kept."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["thinned"]


def thinned(values: NDArray[np.float64], most: int = 4000) -> NDArray[np.intp]:
    """Indices, in order, of at most about so many points that draw the same curve.

    The curve is cut into equal pieces, of which the lowest and the highest point are kept: a short that lasts one
    sample is still seen in a drawing of a week.
    """
    if values.size <= most:
        return np.arange(values.size)
    pieces = np.linspace(0, values.size, most // 2 + 1).astype(np.intp)[:-1]
    length = -(-values.size // pieces.size)
    windows = np.minimum(pieces[:, None] + np.arange(length), values.size - 1)
    finite = np.nan_to_num(values, nan=0.0)
    lowest = windows[np.arange(pieces.size), finite[windows].argmin(axis=1)]
    highest = windows[np.arange(pieces.size), finite[windows].argmax(axis=1)]
    return np.unique(np.concatenate(([0], lowest, highest, [values.size - 1])))
