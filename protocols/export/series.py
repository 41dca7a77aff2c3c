"""Frames that belong together: of one region and kind, over time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from operando.protocols.reading import Frame
from operando.protocols.record import name_for_files

__all__ = ["Series", "series_of"]

_SAME_PIXEL_SIZE = 1e-3
"""The field width that is read back is a little different each time."""


@dataclass(frozen=True, slots=True)
class Series:
    """Scans of one tile of one region, all with the same detectors, size and scale.

    Args:
        scans: each with a frame for each detector, in order of time.
        number: counts, from 1, the series of an export that differ in nothing that their name tells.
    """

    scans: tuple[tuple[Frame, ...], ...]
    number: int = 1

    @property
    def first(self) -> Frame:
        return self.scans[0][0]

    @property
    def detectors(self) -> tuple[str, ...]:
        return tuple(frame.detector for frame in self.scans[0])

    @property
    def name(self) -> str:
        """For files: region, tile if there are more than one, detectors, size; then the number, if it is not 1."""
        row = self.first.row
        tile = f"_tile{row.tile_column}-{row.tile_row}" if (row.tile_column, row.tile_row) != (0, 0) else ""
        detectors = "-".join(name_for_files(detector) for detector in self.detectors)
        size = f"{row.width}x{row.height}_{row.width * row.pixel_size_m * 1e6:.3g}um"
        again = f"_{self.number}" if self.number > 1 else ""
        return f"{name_for_files(row.region)}{tile}_{detectors}_{size}{again}"


def series_of(frames: Sequence[Frame]) -> list[Series]:
    """All series of some frames. Frames of one scan have the same region, tile and start."""
    scans: dict[tuple[str, int, int, float], list[Frame]] = {}
    for frame in frames:
        row = frame.row
        scans.setdefault((row.region, row.tile_column, row.tile_row, row.start_s), []).append(frame)
    found: list[list[tuple[Frame, ...]]] = []
    for scan in scans.values():
        for alike in _alike(scan):
            home = next((series for series in found if _belongs(alike, series[0])), None)
            if home is None:
                found.append([alike])
            else:
                home.append(alike)
    return _numbered([Series(tuple(series)) for series in found])


def _numbered(found: Sequence[Series]) -> list[Series]:
    """No two of one name: a field that was made a little wider, or pixels of another type, are another file."""
    told: Counter[str] = Counter()
    numbered = []
    for series in found:
        told[series.name] += 1
        numbered.append(replace(series, number=told[series.name]))
    return numbered


def _alike(scan: Sequence[Frame]) -> list[tuple[Frame, ...]]:
    """Frames of one scan that have the same type of pixels; a detector appears once in each."""
    groups: dict[tuple[str, int], list[Frame]] = {}
    seen: dict[str, int] = {}
    for frame in scan:
        turn = seen.get(frame.detector, 0)
        seen[frame.detector] = turn + 1
        groups.setdefault((frame.row.dtype, turn), []).append(frame)
    return [tuple(group) for group in groups.values()]


def _belongs(scan: Sequence[Frame], series: Sequence[Frame]) -> bool:
    new, old = scan[0].row, series[0].row
    return (
        [frame.detector for frame in scan] == [frame.detector for frame in series]
        and (new.region, new.tile_column, new.tile_row) == (old.region, old.tile_column, old.tile_row)
        and (new.height, new.width, new.dtype) == (old.height, old.width, old.dtype)
        and abs(new.pixel_size_m / old.pixel_size_m - 1.0) < _SAME_PIXEL_SIZE
    )
