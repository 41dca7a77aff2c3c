"""Which pictures a report shows: each series evenly over the run, a bounded number of all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from operando.protocols.record import FrameRow

__all__ = ["LARGE_ON_PAGE", "Series", "choose_series", "spread_over"]

MOST_SHOWN = 180
MOST_IN_SERIES = 24
LARGE_ON_PAGE = 24


@dataclass(frozen=True, slots=True)
class Series:
    """Pictures of one region with one detector, in the order of time.

    Args:
        shown: as thumbnails, that open.
        on_page: numbers of those whose large picture is in the page itself; the others lie beside it.
        of_all: how many there are in the record.
    """

    region: str
    detector: str
    shown: tuple[FrameRow, ...]
    on_page: frozenset[int]
    of_all: int


def choose_series(frames: Sequence[FrameRow]) -> list[Series]:
    """All series of a record, by region in the order of first sight, then by detector."""
    groups: dict[tuple[str, str], list[FrameRow]] = {}
    regions = list(dict.fromkeys(frame.region for frame in frames))
    for frame in sorted(frames, key=lambda row: (regions.index(row.region), row.detector, row.start_s, row.number)):
        groups.setdefault((frame.region, frame.detector), []).append(frame)
    if not groups:
        return []
    thumbnails = min(MOST_IN_SERIES, max(1, MOST_SHOWN // len(groups)))
    large = max(1, LARGE_ON_PAGE // len(groups))
    left = LARGE_ON_PAGE
    found = []
    for (region, detector), own in groups.items():
        shown = spread_over(own, thumbnails)
        on_page = frozenset(frame.number for frame in spread_over(shown, min(large, left)))
        left -= len(on_page)
        found.append(Series(region, detector, tuple(shown), on_page, len(own)))
    return found


def spread_over(frames: Sequence[FrameRow], count: int) -> list[FrameRow]:
    """So many of them, evenly over the time from the first to the last; fewer if there are fewer."""
    if count <= 0 or not frames:
        return []
    if len(frames) <= count:
        return list(frames)
    times = np.array([frame.start_s for frame in frames])
    wanted = np.linspace(times[0], times[-1], count)
    nearest = np.abs(times[None, :] - wanted[:, None]).argmin(axis=1)
    return [frames[index] for index in np.unique(nearest)]
