"""The rigid movement between two mountings of a sample, from points that were seen in both (Kabsch, 1976)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Pair", "Placement", "placement_of"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Stage coordinates, in metres, at which one point of the sample was in the middle of the field: before and now.

    `uncertainty_m` is one standard deviation of each coordinate of the difference.
    """

    name: str
    before_m: tuple[float, float]
    now_m: tuple[float, float]
    uncertainty_m: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the sample is now: turned by an angle about the middle of the points, counter-clockwise, and shifted.

    Args:
        middle_before_m: of the points as they were, `middle_now_m` as they are.
        middle_uncertainty_m: one standard deviation of each coordinate of the middle.
        residual_m: root of the mean square distance between where the points are and where the movement puts them.
    """

    rotation_rad: float
    rotation_uncertainty_rad: float
    middle_before_m: tuple[float, float]
    middle_now_m: tuple[float, float]
    middle_uncertainty_m: float
    residual_m: float

    @property
    def shift_m(self) -> tuple[float, float]:
        """Where the origin of the old coordinates is in the new ones."""
        return self.moved((0.0, 0.0))

    def moved(self, before_m: tuple[float, float]) -> tuple[float, float]:
        """Stage coordinates now of what was at some stage coordinates before."""
        x_m, y_m = (there - middle for there, middle in zip(before_m, self.middle_before_m, strict=True))
        cosine, sine = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        return (
            self.middle_now_m[0] + x_m * cosine - y_m * sine,
            self.middle_now_m[1] + x_m * sine + y_m * cosine,
        )

    def uncertainty_m(self, before_m: tuple[float, float]) -> float:
        """One standard deviation of the distance by which `moved` may miss: it grows away from the points."""
        arm_m = math.dist(before_m, self.middle_before_m)
        return math.hypot(math.sqrt(2.0) * self.middle_uncertainty_m, arm_m * self.rotation_uncertainty_rad)


def placement_of(pairs: Sequence[Pair]) -> Placement:
    """The rotation and shift that bring the points from where they were to where they are, with least squares.

    Raises:
        ValueError: if there are fewer than two points, or they lie in one place: no angle follows from that.
    """
    if len(pairs) < 2:
        raise ValueError("two points at least are needed")
    before, now = _middle([pair.before_m for pair in pairs]), _middle([pair.now_m for pair in pairs])
    along = across = spread = 0.0
    for pair in pairs:
        x, y = pair.before_m[0] - before[0], pair.before_m[1] - before[1]
        u, v = pair.now_m[0] - now[0], pair.now_m[1] - now[1]
        along += x * u + y * v
        across += x * v - y * u
        spread += x * x + y * y
    if spread <= 0.0:
        raise ValueError("the points lie in one place")
    point_m = math.sqrt(sum(pair.uncertainty_m**2 for pair in pairs) / len(pairs))
    placed = Placement(
        rotation_rad=math.atan2(across, along),
        rotation_uncertainty_rad=point_m / math.sqrt(spread),
        middle_before_m=before,
        middle_now_m=now,
        middle_uncertainty_m=point_m / math.sqrt(len(pairs)),
        residual_m=0.0,
    )
    squares = [math.dist(placed.moved(pair.before_m), pair.now_m) ** 2 for pair in pairs]
    residual_m = math.sqrt(sum(squares) / len(squares))
    return Placement(
        placed.rotation_rad,
        placed.rotation_uncertainty_rad,
        before,
        now,
        placed.middle_uncertainty_m,
        residual_m,
    )


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
