"""A damage series in the record of a run: looks at each spot, with the dose that it had had before each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.damage import DamageDose, Look, damage_dose

__all__ = ["DamageSeries", "Seen", "judge_series", "looks_of"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture of a series.

    Args:
        start_s: run time.
        end_s: of its last line.
        dose_C_per_m2: that the region has had, this picture included.
    """

    start_s: float
    end_s: float
    dose_C_per_m2: float
    pixels: NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class DamageSeries:
    """What a series shows, by detector, and with which detector damage is seen first."""

    by_detector: Mapping[str, DamageDose]

    @property
    def first(self) -> DamageDose:
        """Of the detector that sees it at the smallest dose; of any, if none sees it."""
        seen = [one for one in self.by_detector.values() if one.detected]
        return min(seen, key=lambda one: one.dose_C_per_m2, default=next(iter(self.by_detector.values())))

    @property
    def harmless_C_per_m2(self) -> float:
        """Largest dose up to which no detector has seen a change."""
        return min(one.harmless_C_per_m2 for one in self.by_detector.values())

    @property
    def proposed_C_per_m2(self) -> float:
        """A budget that keeps away from damage: two thirds of what is known to be harmless, in two digits.

        The last rung without a change may lie beyond the onset, where the change is still too small to be seen.
        """
        least = self.harmless_C_per_m2
        if self.first.detected:
            least = min(least, self.first.dose_C_per_m2 / self.first.factor)
        return _two_digits_down(least / MARGIN)


MARGIN = 1.5


def judge_series(
    spots: Mapping[str, Mapping[str, Sequence[Seen]]], controls: Mapping[str, Mapping[str, Sequence[Seen]]]
) -> DamageSeries:
    """Judge the pictures of all regions.

    Args:
        spots: pictures of the looks at each spot, by detector and region, in the order of time.
        controls: the same of regions that no other beam has seen.

    Raises:
        ValueError: if no spot was looked at twice, with two pictures each time.
    """
    judged = {}
    for detector, pictures in spots.items():
        of_spots = {region: looks_of(seen) for region, seen in pictures.items()}
        of_controls = {region: looks_of(seen) for region, seen in controls.get(detector, {}).items()}
        judged[detector] = damage_dose(of_spots, of_controls)
    if not judged:
        raise ValueError("no spot was looked at")
    return DamageSeries(judged)


def looks_of(pictures: Sequence[Seen]) -> list[Look]:
    """Pairs of pictures of a region: two that follow each other with nothing but themselves in between.

    The dose of a picture is what the pair adds to the region, halved.
    """
    looks, number = [], 0
    while number + 1 < len(pictures):
        first, second = pictures[number], pictures[number + 1]
        pause_s = second.start_s - first.end_s
        if pause_s > 2 * (first.end_s - first.start_s) + 5.0:
            number += 1
            continue
        own = second.dose_C_per_m2 - first.dose_C_per_m2
        looks.append(Look(max(first.dose_C_per_m2 - own, 0.0), first.pixels, second.pixels))
        number += 2
    return looks


def _two_digits_down(value: float) -> float:
    from math import floor, log10

    if value <= 0:
        return 0.0
    step = 10.0 ** (floor(log10(value)) - 1)
    return floor(value / step) * step
