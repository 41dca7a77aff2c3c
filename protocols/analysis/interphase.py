"""The layer that has grown around bright particles: how thick it is, and how much it differs from the matrix.

The picture is compared with that of the fresh composite, so that bright rims and shading, which were there before, fall
out. A layer that is thinner than the picture's own blur shows only the product of thickness and contrast; its thickness
is then not detectable.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.measured import Measured, not_detectable

__all__ = ["Interphase", "measure_interphase"]

_SMOOTH_PX, _NOISE_PX = 3.0, 1.0
_PORE_M, _SPECK_M, _CHANNEL_M = 1.5e-6, 0.5e-6, 0.1e-6
"""No layer grows in pores of particles narrower than this, on bright specks that are smaller, or in boundaries of
grains that reach a particle's edge and are narrower than twice this."""
_INSIDE_M, _OUTSIDE_M = 0.15e-6, 0.45e-6
_THICKEST_M = 0.25e-6
"""What goes on beyond this distance is no layer but shading."""
_WELL_INSIDE_M, _SAME_INSIDE = -0.05e-6, 0.1
"""Deeper than this inside the particles nothing changes by more than this share."""
_SLIT_DEPTH = 0.45
_MOST_CONTRAST = 0.6
"""What is darker than this is a slit and no layer."""
_LEAST_CONTRAST = 0.2
"""A layer thinner than the blur looks like a fainter one as wide as the blur: what is fainter has no thickness."""
_VOID = 0.75
"""Matrix that is darker than this share of its usual grey when fresh is a void."""
_VOID_MARGIN_M = 0.15e-6
_DARKEST = 0.3
"""What was darker than this share of the matrix is none."""
_LAYER_M = 0.1e-6
"""Along this distance from the edges their length is counted."""
_SURE = 4.0
_TWO_CLASSES = 2.5
"""By how many times their spread two greys differ if they are of two materials; halves of one population do by 1.9."""
_BLUR_PX, _BLURS = 2.5, 3.5
"""Narrower layers than so many pixels, or standard deviations of the blur that the profile itself shows (two edges that
are nearer merge into one dip), have no thickness to be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Interphase:
    """The layer around the particles of one picture.

    Args:
        thickness_m: of the layer.
        contrast: by which share its signal is lower than that of the matrix beside it.
        integrated_m: thickness times contrast, known even of a thin layer, by what was in the same place before.
            Blur mixes bright particles into that, so that a thin layer may be read up to a fifth too low.
        seen_m: length of the edges that were judged, those on dense matrix.
        away_m, difference: the profile: distance outside the particles' edge, and what is missing there.
    """

    thickness_m: Measured
    contrast: Measured
    integrated_m: Measured
    seen_m: float
    away_m: NDArray[np.float64]
    difference: NDArray[np.float64]


def measure_interphase(
    picture: NDArray[np.generic],
    fresh: NDArray[np.generic],
    particles: NDArray[np.generic],
    pixel_m: float,
) -> Interphase:
    """The layer on particles in a picture of secondary electrons.

    Args:
        picture: shape (rows, columns).
        fresh: the same place before cycling, brought back onto the picture; NaN where it was not in view.
        particles: the same field in backscattered electrons, in which the particles are the brightest.
        pixel_m: edge of a pixel.
    """
    away_m, usable = _outside(particles, fresh, pixel_m)
    old, new = fresh.astype(np.float64), picture.astype(np.float64)
    far = usable & (away_m > _THICKEST_M)
    if far.sum() < 100:
        return _nothing(pixel_m)
    old, new = old / np.median(old[far]), new / np.median(new[far])
    usable &= ~_slits(old - new, pixel_m)
    profile = _profile(away_m, usable, old, new, pixel_m)
    if abs(float(profile.missing[profile.away_m < _WELL_INSIDE_M].mean())) > _SAME_INSIDE:
        # the particles themselves look different: another place, or another setting of the detector
        return _nothing(pixel_m, profile)
    return _fitted(profile, pixel_m)


@dataclass(frozen=True, slots=True, eq=False)
class _Profile:
    """What is missing at distances from the particles' edge, as share of the matrix and of what was there before."""

    away_m: NDArray[np.float64]
    missing: NDArray[np.float64]
    share: NDArray[np.float64]
    error: NDArray[np.float64]
    seen_m: float


def _profile(
    away_m: NDArray[np.float64],
    usable: NDArray[np.bool_],
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    pixel_m: float,
) -> _Profile:
    middles = np.arange(-_INSIDE_M, _OUTSIDE_M, pixel_m) + 0.5 * pixel_m
    borders = np.append(middles - 0.5 * pixel_m, middles[-1] + 0.5 * pixel_m)
    near = usable & (away_m >= borders[0]) & (away_m < borders[-1])
    which, missing = np.digitize(away_m[near], borders) - 1, (old - new)[near]
    counts = np.bincount(which, minlength=middles.size)
    whole = np.maximum(counts, 1)
    share = missing / _before(old)[near]
    far = away_m[near] > _THICKEST_M
    return _Profile(
        middles,
        np.bincount(which, weights=missing, minlength=middles.size) / whole,
        np.bincount(which, weights=share, minlength=middles.size) / whole,
        np.maximum(float(missing[far].std()) / np.sqrt(whole), 1e-6),
        float(counts[(middles > 0) & (middles < _LAYER_M)].mean()) * pixel_m,
    )


def _before(old: NDArray[np.float64]) -> NDArray[np.float64]:
    """The fresh signal without its noise: a layer takes its share of it, on a bright rim as in a shadow."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(np.maximum(gaussian_filter(np.nan_to_num(old, nan=1.0), _NOISE_PX), _DARKEST), np.float64)


def _outside(
    particles: NDArray[np.generic], fresh: NDArray[np.generic], pixel_m: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Distance outside the particles (negative inside), and where the matrix is dense and was in view."""
    from scipy.ndimage import distance_transform_edt, gaussian_filter
    from skimage.morphology import remove_small_holes, remove_small_objects

    smooth = gaussian_filter(particles.astype(np.float32), _SMOOTH_PX)
    bright = _closed(smooth > _brightest_above(smooth), _CHANNEL_M / pixel_m)
    bright = remove_small_holes(bright, max_size=int((_PORE_M / pixel_m) ** 2))
    bright = remove_small_objects(bright, max_size=int((_SPECK_M / pixel_m) ** 2))
    if bright.all():  # a field within particles: there is no matrix on which a layer could be seen
        return np.full(bright.shape, -np.inf), np.zeros(bright.shape, bool)
    away_m = np.where(bright, -distance_transform_edt(bright) + 0.5, distance_transform_edt(~bright) - 0.5) * pixel_m
    matrix = float(np.quantile(smooth[~bright], 0.75))
    void = smooth < _VOID * matrix
    clear = distance_transform_edt(~void) * pixel_m > _VOID_MARGIN_M if void.any() else np.ones(void.shape, bool)
    return away_m, np.asarray(clear & np.isfinite(fresh))


def _closed(mask: NDArray[np.bool_], radius_px: float) -> NDArray[np.bool_]:
    """Without what is narrower than twice the radius: boundaries of grains in a particle that reach its edge."""
    from scipy.ndimage import distance_transform_edt

    grown = distance_transform_edt(~mask) <= radius_px
    return np.asarray(mask | (distance_transform_edt(grown) > radius_px))


def _slits(lost: NDArray[np.float64], pixel_m: float) -> NDArray[np.bool_]:
    """Where a particle has come off its matrix, and what lies beside."""
    from scipy.ndimage import distance_transform_edt, gaussian_filter

    dark = gaussian_filter(np.nan_to_num(lost), 0.5 * _SMOOTH_PX) > _SLIT_DEPTH
    if not dark.any():
        return np.zeros(lost.shape, bool)
    return np.asarray(distance_transform_edt(~dark) * pixel_m < _VOID_MARGIN_M)


def _brightest_above(smooth: NDArray[np.float32]) -> float:
    """The grey that parts the particles from everything else (Otsu, 1979).

    Where voids are large the first parting is between them and the solid, and the particles come off in a second one.
    """
    from skimage.filters import threshold_otsu

    first = float(threshold_otsu(smooth))
    solid = smooth[smooth > first]
    second = float(threshold_otsu(solid))
    bright, dull = solid[solid > second], solid[solid <= second]
    within = float(np.hypot(bright.std(), dull.std()))
    return second if bright.mean() - dull.mean() > _TWO_CLASSES * within else first


def _fitted(profile: _Profile, pixel_m: float) -> Interphase:
    from scipy.optimize import curve_fit
    from scipy.special import ndtr

    away_m, missing = profile.away_m, profile.missing

    def step(of: NDArray[np.float64], edge: NDArray[np.float64]) -> NDArray[np.float64]:
        # particles at another potential, or under more carbon, are brighter or darker than they were: that is no layer
        within, beyond = float(of[away_m < _WELL_INSIDE_M].mean()), float(of[away_m > _THICKEST_M].mean())
        return np.asarray(within + (beyond - within) * ndtr(edge))

    def layer(
        r_m: NDArray[np.float64], contrast: float, thick_m: float, blur_m: float, at_m: float
    ) -> NDArray[np.float64]:
        edge = (r_m - at_m) / blur_m
        return np.asarray(step(missing, edge) + contrast * (ndtr(edge) - ndtr(edge - thick_m / blur_m)))

    start = (float(np.clip(missing.max(), 1e-3, 0.9)), 5 * pixel_m, 1.5 * pixel_m, 0.0)
    bounds = ((0.0, 0.3 * pixel_m, 0.5 * pixel_m, -6 * pixel_m), (1.0, _THICKEST_M, 8 * pixel_m, 6 * pixel_m))
    try:
        best, spread = curve_fit(layer, away_m, missing, start, profile.error, absolute_sigma=True, bounds=bounds)
    except RuntimeError:
        return _nothing(pixel_m, profile)
    contrast, thick_m, blur_m, at_m = best
    share = profile.share - step(profile.share, (away_m - at_m) / blur_m)
    errors = np.sqrt(np.diag(spread))
    near = (away_m > best[3] - 3 * blur_m) & (away_m < best[3] + thick_m + 3 * blur_m)
    integrated_error_m = float(np.sqrt(np.square(profile.error[near]).sum())) * pixel_m
    integrated = Measured(
        float(share[near].sum()) * pixel_m, integrated_error_m, _SURE * integrated_error_m
    ).above_least()
    least_m = max(_BLUR_PX * pixel_m, _BLURS * float(blur_m))
    unsure = errors[1] > 0.5 * thick_m or thick_m > 0.9 * _THICKEST_M or not _LEAST_CONTRAST < contrast < _MOST_CONTRAST
    if not integrated.detectable or thick_m < least_m or unsure:
        return Interphase(not_detectable(least_m), not_detectable(), integrated, profile.seen_m, away_m, missing)
    return Interphase(
        Measured(float(thick_m), float(errors[1]), least_m),
        Measured(float(contrast), float(errors[0])),
        integrated,
        profile.seen_m,
        away_m,
        missing,
    )


def _nothing(pixel_m: float, profile: _Profile | None = None) -> Interphase:
    least, empty = not_detectable(_BLUR_PX * pixel_m), np.empty(0)
    return Interphase(
        least,
        not_detectable(),
        not_detectable(),
        0.0,
        empty if profile is None else profile.away_m,
        empty if profile is None else profile.missing,
    )
