"""The electron dose from which on a picture shows structures that were not there before.

A film that only darkens a field is no damage here: grey levels are divided by their mean, and what fades without
changing its shape is fitted away. What is left is the contrast of what is new. Each look is two pictures, one after the
other: noise is not alike in them, so products of one with another hold only what is truly seen.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.measured import Measured
from operando.protocols.following import Box, register

__all__ = ["DamageDose", "Look", "damage_dose", "new_structure"]

FINEST_PX, COARSEST_PX = 1.0, 12.0
PARTS = (6, 8)
EDGE = 1 / 8
"""Of the height, left out beside the edges of what two pictures have in common: the stage comes back to a spot within
some micrometres, so that a film ends near them, elsewhere each time."""
LEFT_OVER = 0.005
"""Of the squared contrast of what was there at first: registration and the fit of what fades leave so much of it."""
RECOGNISED = 0.2
"""Confidence of a registration below which there is nothing to be recognised, and nothing is shifted."""
SURE = 5.0
SEEN_LATE = 1 / 3
"""Where damage begins between the last rung without a change and the first with one, as a share of the logarithm: a
change must have grown before it can be seen, so that the lower rung is the nearer."""
KNOWN = 5.0
"""Standard errors from which on the old structure is known well enough to be fitted away."""
_WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Look:
    """A spot as it is after a dose: two pictures of equal shape (height, width), one after the other.

    Args:
        dose_C_per_m2: that the spot had had before the first of them.
    """

    dose_C_per_m2: float
    first: NDArray[np.generic]
    second: NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class DamageDose:
    """Where damage begins.

    Args:
        dose_C_per_m2: most likely; NaN if no spot has changed, or all had at their first rung.
        factor: by which it is uncertain to both sides (one standard deviation of its logarithm).
        harmless_C_per_m2: largest dose up to which no spot had changed.
        changed: how many spots have changed, of `spots`.
        limit: squared contrast of new structure that the controls show; a spot counts as unchanged up to a little more.
    """

    dose_C_per_m2: float
    factor: float
    harmless_C_per_m2: float
    changed: int
    spots: int
    limit: float

    @property
    def detected(self) -> bool:
        """Whether it is known where damage begins."""
        return not math.isnan(self.dose_C_per_m2)


def damage_dose(spots: Mapping[str, Sequence[Look]], controls: Mapping[str, Sequence[Look]]) -> DamageDose:
    """Compare each look at a spot with the first one; what controls show without any beam in between is no damage.

    Args:
        spots: looks in the order of their dose, two at least.
        controls: the same of regions that no other beam has seen.

    Raises:
        ValueError: if there is no spot with two looks.
    """
    series = {name: _changes(looks) for name, looks in spots.items() if len(looks) > 1}
    if not series:
        raise ValueError("no spot was looked at twice")
    still = [change.new for looks in controls.values() if len(looks) > 1 for change in _changes(looks)]
    limit = max((new.value + SURE * new.uncertainty for new in still), default=0.0)
    found = {name: _first_changed(changes, limit) for name, changes in series.items()}
    brackets = [
        (series[name][number - 1].dose_C_per_m2, series[name][number].dose_C_per_m2)
        for name, number in found.items()
        if number
    ]  # a spot that had changed at its first rung says nothing of where
    firsts = [series[name][number].dose_C_per_m2 for name, number in found.items() if number is not None]
    doses = [change.dose_C_per_m2 for changes in series.values() for change in changes]
    harmless = max((dose for dose in doses if dose < min(firsts, default=math.inf)), default=0.0)
    if not brackets:
        return DamageDose(math.nan, math.nan, harmless, len(firsts), len(series), limit)
    onsets = [math.log(low) + SEEN_LATE * math.log(high / low) for low, high in brackets]
    # somewhere between two rungs, evenly in the logarithm; and spots differ
    width = max(math.log(high / low) for low, high in brackets) / math.sqrt(12)
    spread = float(np.std(onsets, ddof=1)) / math.sqrt(len(onsets)) if len(onsets) > 1 else 0.0
    factor = math.exp(math.hypot(width, spread))
    return DamageDose(math.exp(float(np.median(onsets))), factor, harmless, len(firsts), len(series), limit)


def new_structure(before: Look, after: Look) -> Measured:
    """Squared contrast (variance over squared mean grey level) of what is seen after and was not before."""
    return _Reference(before).new_in(after)


@dataclass(frozen=True, slots=True)
class _Change:
    """What is new at a spot after a dose, and how much of it the old structure may have left there."""

    dose_C_per_m2: float
    new: Measured
    left_over: float


class _Reference:
    """A spot as it was at first."""

    def __init__(self, look: Look) -> None:
        self._first, self._second = _structure(look.first), _structure(look.second)

    @property
    def left_over(self) -> float:
        """Squared contrast that a later look may seem to have beside what was there at first."""
        return LEFT_OVER * float(self._common(self._first * self._second, 0.0, 0.0).mean())

    def new_in(self, look: Look) -> Measured:
        """What a later look shows and this one does not."""
        first, second = _structure(look.first), _structure(look.second)
        found = register(self._first, first, _WHOLE)
        down, right = (found.down_px, found.right_px) if found.confidence >= RECOGNISED else (0.0, 0.0)
        first, second = _moved_back(first, down, right), _moved_back(second, down, right)
        old, now = self._common(self._first * self._second, down, right), self._common(first * second, down, right)
        pairs = [a * b for a in (self._first, self._second) for b in (first, second)]
        both = np.mean([self._common(pair, down, right) for pair in pairs], axis=0)
        known = float(old.mean()) > KNOWN * _error(old)
        faded = float(np.clip(both.mean() / old.mean(), 0.0, 2.0)) if known else 1.0
        new = now - 2 * faded * both + faded**2 * old
        return Measured(float(new.mean()), _error(new))

    @staticmethod
    def _common(product: NDArray[np.float32], down: float, right: float) -> NDArray[np.float64]:
        """Means over the parts of what both pictures show."""
        rows, columns = (math.ceil(abs(shift) + EDGE * product.shape[0]) for shift in (down, right))
        inner = product[rows:-rows, columns:-columns]
        strips = np.array_split(inner, PARTS[0], axis=0)
        return np.array([float(part.mean()) for strip in strips for part in np.array_split(strip, PARTS[1], axis=1)])


def _changes(looks: Sequence[Look]) -> list[_Change]:
    first, *later = looks
    reference = _Reference(first)
    return [_Change(look.dose_C_per_m2, reference.new_in(look), reference.left_over) for look in later]


def _changed(change: _Change, limit: float) -> bool:
    return change.new.value - SURE * change.new.uncertainty > limit + change.left_over


def _first_changed(changes: Sequence[_Change], limit: float) -> int | None:
    """Number of the first look from which on the spot has changed and stays so."""
    first = None
    for number in range(len(changes) - 1, -1, -1):
        if not _changed(changes[number], limit):
            break
        first = number
    return first


def _structure(picture: NDArray[np.generic]) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter, gaussian_filter1d

    grey = picture.astype(np.float32)
    grey /= max(float(grey.mean()), 1e-6)
    # the beam's current flickers from line to line; the grey level of a line itself is that of what it crosses, and
    # where a pore takes half of it another framing makes it jump
    beside = grey - gaussian_filter1d(grey, COARSEST_PX, axis=0)
    grey -= np.median(beside, axis=1, keepdims=True)
    fine = gaussian_filter(grey, FINEST_PX)
    return np.asarray(fine - gaussian_filter(fine, COARSEST_PX), np.float32)


def _moved_back(picture: NDArray[np.float32], down: float, right: float) -> NDArray[np.float32]:
    """The picture without its drift. Shifted in Fourier space: interpolation would take away what is fine."""
    from scipy.ndimage import fourier_shift

    moved = fourier_shift(np.fft.rfft2(picture), (-down, -right), n=picture.shape[1])
    return np.asarray(np.fft.irfft2(moved, picture.shape), np.float32)


def _error(parts: NDArray[np.float64]) -> float:
    return float(parts.std(ddof=1) / math.sqrt(parts.size))
