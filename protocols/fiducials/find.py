"""Finds the fiducials of a sample that was put back, and with them where everything else of it is now.

The search itself touches nothing: it asks for one comparison after the other, and whoever has a microscope answers.
"""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np

from operando.drivers.errors import OperandoError
from operando.protocols.fiducials.rigid import Pair, Placement, placement_of
from operando.protocols.fiducials.sight import Sight, Turned, compare

__all__ = [
    "Comparison",
    "Fiducial",
    "FiducialLimits",
    "Look",
    "NotThisSample",
    "Search",
    "find_again",
    "find_region",
    "measuring_region",
    "searching",
    "searching_region",
]

Result = TypeVar("Result")

_REGISTRATION_PX = 0.2
"""One standard deviation of a registration that was recognised (measured on grains, `protocols/following`)."""
_STEP = 0.8
"""Of a field, between near sights: a registration looks for nine tenths of half a field to each side."""


@dataclass(frozen=True, slots=True, eq=False)
class Fiducial:
    """A place that is to be found again.

    Args:
        wide: seen with a field that is wider than anybody puts a sample beside its old place; finds it.
        near: seen with a narrow field, with grains and without long straight edges; decides and measures.
    """

    name: str
    wide: Sight
    near: Sight


@dataclass(frozen=True, slots=True)
class FiducialLimits:
    """What counts as found.

    Args:
        largest_rotation_rad: within which the sample is looked for.
        farthest_m: from where its wide sight puts a point, within which near sights search for it.
        least_confidence: of a registration of near sights. A wide one decides nothing: straight edges alone, which
            every sample has, make it high.
        stage_uncertainty_m: one standard deviation of where the stage stands, each coordinate.
        largest_residual: of the points against a rigid movement, in standard deviations.
        looks: near sights of each point, each after a move of its own; their mean counts.
    """

    largest_rotation_rad: float = math.radians(6.0)
    farthest_m: float = 0.4e-3
    least_confidence: float = 0.4
    stage_uncertainty_m: float = 1e-6
    largest_residual: float = 4.0
    looks: int = 3


class NotThisSample(OperandoError):
    """What is on the stage is not the sample that the fiducials were taken on, or not to be recognised."""


class Look(Protocol):
    """Moves the stage and takes a picture."""

    def __call__(self, stage_m: tuple[float, float], like: Sight) -> Sight:
        """A sight of a place with the field and the number of pixels of another one."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What a search asks for: go there, look as the reference was looked at, and compare the two.

    Args:
        of: what is looked for, in words.
        angles_rad: at which the two are compared.
    """

    of: str
    reference: Sight
    stage_m: tuple[float, float]
    angles_rad: tuple[float, ...]


Search = Generator[Comparison, Turned, Result]
"""Yields comparisons, is sent what each has found, and returns its result."""


def find_again(fiducials: Sequence[Fiducial], look: Look, limits: FiducialLimits = FiducialLimits()) -> Placement:
    """Find the points of a sample that was put back; see `searching`.

    Args:
        look: takes pictures; each costs dose at the fiducials and nowhere else.

    Raises:
        NotThisSample: with the reason.
        ValueError: with fewer than two points.
    """
    return _carried_out(searching(fiducials, limits), look)


def find_region(before: Sight, placement: Placement, look: Look, limits: FiducialLimits = FiducialLimits()) -> Turned:
    """Where the middle of a region's own picture is now: as good as the registration, not only as the stage.

    Raises:
        NotThisSample: if the region is not to be recognised where it should be.
    """
    return _carried_out(searching_region("the region", before, placement, limits), look)


def _carried_out(search: Search[Result], look: Look) -> Result:
    wanted = next(search)
    while True:
        sight = look(wanted.stage_m, wanted.reference)
        try:
            wanted = search.send(compare(wanted.reference, sight, wanted.angles_rad))
        except StopIteration as end:
            result: Result = end.value
            return result


def searching(fiducials: Sequence[Fiducial], limits: FiducialLimits = FiducialLimits()) -> Search[Placement]:
    """Find the points of a sample that was put back, in two steps: wide sights, then near ones.

    The first point is looked for in a wide sight and at all angles; the others where the first ones leave them. Where
    the wide sight shows no grains, only edges, it tells the angle and the way across them; the rest is searched for
    in near sights around that place.

    Args:
        fiducials: two or three, far apart.

    Returns:
        Where the sample is now, with its uncertainty.

    Raises:
        NotThisSample: with the reason.
        ValueError: with fewer than two points.
    """
    if len(fiducials) < 2:
        raise ValueError("two fiducials at least are needed")
    first, *others = fiducials
    pairs = []
    turned = yield _wide(first, limits)
    offset_m = _turned_offset(first.near.stage_m, first.wide.stage_m, turned.rotation_rad)
    expected_m = (turned.middle_m[0] + offset_m[0], turned.middle_m[1] + offset_m[1])
    pairs.append((yield from _measured(first, expected_m, turned.rotation_rad, limits)))
    for other in others:
        expected_m = _carried(pairs, other, turned.rotation_rad)
        pairs.append((yield from _measured(other, expected_m, turned.rotation_rad, limits)))
    return _rigid(pairs, turned, _angle_step_rad(first.wide), limits)


def searching_region(
    name: str, before: Sight, placement: Placement, limits: FiducialLimits = FiducialLimits()
) -> Search[Turned]:
    """Look for a region's own picture where the fiducials put it: the mean of several looks.

    Raises:
        NotThisSample: if it is not to be recognised there.
    """
    found = yield from _seen(name, before, placement.moved(before.stage_m), placement.rotation_rad, limits)
    all_found = [found]
    while len(all_found) < limits.looks:
        found = yield from _seen(name, before, found.middle_m, placement.rotation_rad, limits)
        all_found.append(found)
    return Turned(placement.rotation_rad, _mean([one.middle_m for one in all_found]), found.confidence)


def measuring_region(name: str, sight: Sight, limits: FiducialLimits = FiducialLimits()) -> Search[Sight]:
    """Where the middle of a sight that was just taken truly is: the stage stood beside its reading.

    Returns:
        The sight, with the mean of what it and further looks say.

    Raises:
        NotThisSample: if the same place looks otherwise a moment later.
    """
    places_m = [sight.stage_m]
    while len(places_m) < limits.looks:
        found = yield from _seen(name, sight, sight.stage_m, 0.0, limits)
        places_m.append(found.middle_m)
    return replace(sight, stage_m=_mean(places_m))


def _seen(
    of: str, reference: Sight, place_m: tuple[float, float], rotation_rad: float, limits: FiducialLimits
) -> Search[Turned]:
    found = yield Comparison(of, reference, place_m, (rotation_rad,))
    if found.confidence < limits.least_confidence:
        raise _unrecognised(of, found, limits)
    return found


def _mean(places_m: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return float(np.mean([x for x, _ in places_m])), float(np.mean([y for _, y in places_m]))


def _wide(fiducial: Fiducial, limits: FiducialLimits) -> Comparison:
    step_rad = _angle_step_rad(fiducial.wide)
    count = max(1, math.ceil(limits.largest_rotation_rad / step_rad))
    angles_rad = step_rad * np.arange(-count, count + 1)
    angles = tuple(float(angle_rad) for angle_rad in angles_rad)
    return Comparison(f"fiducial {fiducial.name!r}, wide", fiducial.wide, fiducial.wide.stage_m, angles)


def _measured(
    fiducial: Fiducial, place_m: tuple[float, float], rotation_rad: float, limits: FiducialLimits
) -> Search[Pair]:
    """The mean of several near sights, the later ones centred on what the earlier ones have found."""
    near, of = fiducial.near, f"fiducial {fiducial.name!r}"
    found = yield from _searched(of, near, place_m, rotation_rad, limits)
    found_m = [found.middle_m]
    while len(found_m) < limits.looks:
        found = yield from _seen(of, near, found.middle_m, rotation_rad, limits)
        found_m.append(found.middle_m)
    now_m = _mean(found_m)
    # the stage stood beside its reading when the reference was taken, and at each look
    stage_m = limits.stage_uncertainty_m * math.sqrt(1.0 + 1.0 / limits.looks)
    return Pair(fiducial.name, near.stage_m, now_m, math.hypot(stage_m, _REGISTRATION_PX * near.pixel_m))


def _searched(
    of: str, near: Sight, place_m: tuple[float, float], rotation_rad: float, limits: FiducialLimits
) -> Search[Turned]:
    """The first near sight that shows the point: at its place, and then around it."""
    best = Turned(rotation_rad, place_m, 0.0)
    for x_m, y_m in _around(near, limits.farthest_m):
        found = yield Comparison(of, near, (place_m[0] + x_m, place_m[1] + y_m), (rotation_rad,))
        if found.confidence >= limits.least_confidence:
            return found
        best = max(best, found, key=lambda turned: turned.confidence)
    raise _unrecognised(of, best, limits)


def _around(near: Sight, farthest_m: float) -> list[tuple[float, float]]:
    """Offsets most of a near field apart, the nearest first."""
    rows, columns = near.pixels.shape
    step_x_m, step_y_m = _STEP * columns * near.pixel_m, _STEP * rows * near.pixel_m
    across, down = round(farthest_m / step_x_m), round(farthest_m / step_y_m)
    offsets = [(i * step_x_m, j * step_y_m) for i in range(-across, across + 1) for j in range(-down, down + 1)]
    return sorted(offsets, key=lambda offset: math.hypot(*offset))


def _carried(pairs: Sequence[Pair], other: Fiducial, rotation_rad: float) -> tuple[float, float]:
    """Where a point should be, by the points that are found."""
    if len(pairs) > 1:
        return placement_of(pairs).moved(other.near.stage_m)
    offset_m = _turned_offset(other.near.stage_m, pairs[0].before_m, rotation_rad)
    return pairs[0].now_m[0] + offset_m[0], pairs[0].now_m[1] + offset_m[1]


def _rigid(pairs: Sequence[Pair], turned: Turned, step_rad: float, limits: FiducialLimits) -> Placement:
    """The movement of all points, unless they have not moved as one body, or not as their pictures have turned."""
    placement = placement_of(pairs)
    apart_rad = math.remainder(placement.rotation_rad - turned.rotation_rad, 2 * math.pi)
    if abs(apart_rad) > step_rad + limits.largest_residual * placement.rotation_uncertainty_rad:
        raise NotThisSample(
            f"the fiducials have turned by {math.degrees(placement.rotation_rad):.2f} degrees about each other, "
            f"their pictures by {math.degrees(turned.rotation_rad):.2f}",
            remedy="Look whether the scan is rotated against the stage, and whether this is the sample.",
        )
    allowed_m = limits.largest_residual * max(pair.uncertainty_m for pair in pairs)
    if placement.residual_m > allowed_m:
        raise NotThisSample(
            f"the fiducials have moved against each other by {placement.residual_m * 1e6:.1f} um, "
            f"allowed are {allowed_m * 1e6:.1f} um",
            remedy="Look whether this is the sample, whether it is bent, and whether the stage is calibrated.",
        )
    return placement


def _unrecognised(what: str, found: Turned, limits: FiducialLimits) -> NotThisSample:
    return NotThisSample(
        f"{what} is not recognised: registration {found.confidence:.2f}, needed are {limits.least_confidence:.2f}",
        remedy="Look whether this is the sample, in focus, and nearer to its old place than the field is wide.",
    )


def _turned_offset(to_m: tuple[float, float], from_m: tuple[float, float], rotation_rad: float) -> tuple[float, float]:
    x_m, y_m = to_m[0] - from_m[0], to_m[1] - from_m[1]
    cosine, sine = math.cos(rotation_rad), math.sin(rotation_rad)
    return x_m * cosine - y_m * sine, x_m * sine + y_m * cosine


def _angle_step_rad(sight: Sight) -> float:
    """At which the edge of a picture moves by two pixels: finer steps find nothing more, coarser ones lose it."""
    return 4.0 / float(sight.pixels.shape[1])
