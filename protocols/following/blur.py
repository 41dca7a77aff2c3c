"""Gaussian blurs of a picture, mirrored at its edges, by way of the spectrum: a wide one is as fast as a narrow one.

A wave of k half periods over n pixels keeps exp(-(pi k sigma / n)^2 / 2) of its height; the cosine transform is that
of a mirrored picture.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["between", "blurred"]

Picture = NDArray[np.float32]


def blurred(picture: Picture, sigma_px: float) -> Picture:
    """A picture, shape (rows, columns), blurred by a Gaussian of that standard deviation."""
    return _with_waves(picture, _kept(picture.shape, sigma_px))


def between(picture: Picture, finest_px: float, coarsest_px: float) -> Picture:
    """What the blur by the first leaves of a picture and the further blur by the second takes away."""
    return _with_waves(picture, _kept(picture.shape, finest_px) * (1.0 - _kept(picture.shape, coarsest_px)))


def _with_waves(picture: Picture, kept: Picture) -> Picture:
    from scipy.fft import dctn, idctn

    return np.asarray(idctn(dctn(picture) * kept), np.float32)


def _kept(shape: tuple[int, ...], sigma_px: float) -> Picture:
    """Which share of each wave of a picture a blur keeps, shape of the picture."""
    sides = (np.exp(-0.5 * (np.pi * sigma_px * np.arange(size) / size) ** 2) for size in shape)
    return np.outer(*sides).astype(np.float32)
