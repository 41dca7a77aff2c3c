"""Lithium in cracks: how far it has come, and in which kind of filament.

In backscattered electrons a wide crack and the lithium in it are both dark; in secondary electrons lithium is nearly as
bright as the electrode it came from, and an open slit is not. Hairlines show neither, and lithium comes from the
electrode: what does not hang together with it is no filament. The kinds are those of Kazyak et al., Matter 2020, doi
10.1016/j.matt.2020.02.008, told apart by shape alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.cracks import RULER_M, CrackPattern
from operando.protocols.analysis.interface import Interface
from operando.protocols.analysis.lines import Line, lines_through
from operando.protocols.analysis.measured import Measured, not_detectable

__all__ = ["KINDS", "Filament", "FilamentKind", "Filaments", "measure_filaments"]

FilamentKind = Literal["straight", "branching", "spalling", "diffuse", "too short to tell"]
KINDS: tuple[FilamentKind, ...] = ("straight", "branching", "spalling", "diffuse", "too short to tell")

_SHORTEST_M = 8e-6
_TOLD_M = 35e-6
"""Filaments that have not come as deep have no shape yet."""
_SMOOTH_PX = 1.5
_DARK = 0.7
"""Lithium is darker than this share of the electrolyte in backscattered electrons; a hairline is not."""
_BEGINS_M = 40e-6
"""A filament begins no farther below the interface than this; what is nearer may be hidden by a gap."""
_ROOT_M = 20e-6
"""A line that is shorter does not begin a filament of its own beside others."""
_GAP_M = 5e-6
"""Pieces of lithium that are no farther apart belong together."""
_THREADS, _THREADS_APART_M = 3, 20e-6
"""So many filaments that begin no farther apart from each other are threads of a diffuse one."""
_ARM_SHARE = 0.15
"""An arm is at least this long, as a share of the longest line."""
_SIDEWAYS = 1.0
"""A filament that reaches farther along the interface than below it spalls."""


@dataclass(frozen=True, slots=True)
class Filament:
    """One filament with all its arms or threads.

    Args:
        length_m: of all its lines, with a ruler of 10 um.
        depth_m: how far below the lithium it has come.
    """

    kind: FilamentKind
    length_m: float
    depth_m: float


@dataclass(frozen=True, slots=True)
class Filaments:
    """What one picture shows.

    Args:
        length_m: of all of them; not detectable if there is none.
    """

    each: tuple[Filament, ...]
    length_m: Measured

    def of(self, kind: FilamentKind) -> Measured:
        """Length of those of a kind; not detectable if there is none."""
        own = [one.length_m for one in self.each if one.kind == kind]
        return Measured(sum(own), _error_m(own), _SHORTEST_M) if own else not_detectable(_SHORTEST_M)


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """Lines that hang together: places in metres right of the picture's edge and below the lithium."""

    lines: tuple[Line, ...]
    across_m: NDArray[np.float64]
    below_m: NDArray[np.float64]


def measure_filaments(
    pattern: CrackPattern,
    secondary: NDArray[np.generic],
    backscattered: NDArray[np.generic],
    interface: Interface,
    pixel_m: float,
) -> Filaments:
    """The filaments among the cracks of a picture.

    Args:
        pattern: of the cracks in the backscattered electrons of the same scan.
        secondary: the picture of secondary electrons, shape (rows, columns), as `backscattered`.
        interface: to the lithium, found in `secondary`.
        pixel_m: edge of a pixel.
    """
    lithium = _lithium(pattern, secondary, backscattered, interface, pixel_m)
    whole = [one for one in _families(lithium, interface, pixel_m) if one.below_m.min() < _BEGINS_M]
    families = [part for one in whole for part in _by_root(one)]
    found = [_told(group) for group in _threads_together(families)]
    lengths = [one.length_m for one in found]
    total = Measured(sum(lengths), _error_m(lengths), _SHORTEST_M) if found else not_detectable(_SHORTEST_M)
    return Filaments(tuple(found), total)


def _error_m(lengths_m: Sequence[float]) -> float:
    """An end of each is known to about two micrometres, and a ruled length to some per cent."""
    return float(np.hypot(2e-6 * np.sqrt(len(lengths_m)), 0.03 * sum(lengths_m)))


def _lithium(
    pattern: CrackPattern,
    secondary: NDArray[np.generic],
    backscattered: NDArray[np.generic],
    interface: Interface,
    pixel_m: float,
) -> NDArray[np.bool_]:
    """Where cracks are filled: brighter in secondary electrons than midway between an open slit and the metal."""
    from scipy.ndimage import binary_closing, gaussian_filter
    from skimage.morphology import remove_small_objects

    smooth = gaussian_filter(secondary.astype(np.float32), _SMOOTH_PX)
    atoms = gaussian_filter(backscattered.astype(np.float32), 0.5 * _SMOOTH_PX)
    metal, slit = float(np.median(interface.metal)), float(np.quantile(smooth, 0.002))
    filled = pattern.mask & (smooth > 0.5 * (metal + slit)) & (atoms < _DARK * float(np.median(atoms)))
    radius = max(round(0.5 * _GAP_M / pixel_m), 1)
    closed = binary_closing(np.pad(filled, radius), np.ones((2 * radius + 1,) * 2, bool))[
        radius:-radius, radius:-radius
    ]
    thick = remove_small_objects(np.asarray(closed, bool), max_size=round(_SHORTEST_M * 1e-6 / pixel_m**2))
    return np.asarray(thick, bool)


def _families(lithium: NDArray[np.bool_], interface: Interface, pixel_m: float) -> list[_Family]:
    from skimage.measure import label, regionprops

    found = []
    for piece in regionprops(label(lithium, connectivity=2)):
        top, left, _, _ = piece.bbox
        lines = lines_through(np.asarray(piece.image_filled), pixel_m, _SHORTEST_M)
        if lines:
            points = np.concatenate([line.points_m for line in lines]) + np.array([top, left]) * pixel_m
            column = np.clip(points[:, 1] / pixel_m, 0, interface.row.size - 1).astype(int)
            found.append(_Family(lines, points[:, 1], points[:, 0] - interface.row[column] * pixel_m))
    return found


def _threads_together(families: Sequence[_Family]) -> list[list[_Family]]:
    """Families that begin side by side, in groups; one that does not begin at the lithium stands alone."""
    starts = sorted(families, key=lambda family: float(family.across_m[family.below_m.argmin()]))
    groups: list[list[_Family]] = []
    last_m = -np.inf
    for family in starts:
        at_m = float(family.across_m[family.below_m.argmin()])
        if groups and at_m - last_m < _THREADS_APART_M:
            groups[-1].append(family)
        else:
            groups.append([family])
        last_m = at_m
    return [part for group in groups for part in ([group] if len(group) >= _THREADS else [[f] for f in group])]


def _by_root(family: _Family) -> list[_Family]:
    """Filaments that touch are told apart where they begin; any other line belongs to the one that it comes nearest."""
    ends = np.cumsum([0, *(len(line.points_m) for line in family.lines)])
    parts = [slice(first, last) for first, last in pairwise(ends)]
    roots = [
        number
        for number, (line, part) in enumerate(zip(family.lines, parts, strict=True))
        if family.below_m[part].min() < _BEGINS_M and line.chord_m > _ROOT_M
    ]
    if len(roots) < 2:
        return [family]
    mine = {number: [number] for number in roots}
    left = [number for number in range(len(family.lines)) if number not in mine]
    while left:
        _, number, root = min(
            (_apart_m(family.lines[number], family.lines[other]), number, root)
            for number in left
            for root, own in mine.items()
            for other in own
        )
        mine[root].append(number)
        left.remove(number)
    return [
        _Family(
            tuple(family.lines[number] for number in own),
            np.concatenate([family.across_m[parts[number]] for number in own]),
            np.concatenate([family.below_m[parts[number]] for number in own]),
        )
        for own in mine.values()
    ]


def _apart_m(line: Line, other: Line) -> float:
    """From the nearer end of a line to another one."""
    return min(float(np.hypot(*(other.points_m - line.points_m[end]).T).min()) for end in (0, -1))


def _told(group: Sequence[_Family]) -> Filament:
    lines = sorted((line.length_m(RULER_M) for family in group for line in family.lines), reverse=True)
    depth_m = max(float(family.below_m.max()) for family in group)
    across = np.concatenate([family.across_m for family in group])
    sideways_m = float(np.ptp(across))
    arms = sum(length > max(_ARM_SHARE * lines[0], _SHORTEST_M) for length in lines[1:])
    kind: FilamentKind = "straight"
    if max(depth_m, sideways_m) < _TOLD_M:
        kind = "too short to tell"
    elif len(group) >= _THREADS:
        kind = "diffuse"
    elif sideways_m > _SIDEWAYS * depth_m:
        kind = "spalling"
    elif arms:
        kind = "branching"
    return Filament(kind, float(sum(lines)), depth_m)
