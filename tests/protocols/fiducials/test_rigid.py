"""The movement that follows from points, against movements that the test makes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.protocols.fiducials import (
    Fiducial,
    FiducialLimits,
    NotThisSample,
    Pair,
    Sight,
    compare,
    find_again,
    placement_of,
)

POINTS = {"a": (0.2e-3, -0.65e-3), "b": (2.9e-3, -0.65e-3), "c": (1.5e-3, -0.4e-3)}


def moved(point_m: tuple[float, float], angle_rad: float, shift_m: tuple[float, float]) -> tuple[float, float]:
    turned = complex(*point_m) * complex(math.cos(angle_rad), math.sin(angle_rad)) + complex(*shift_m)
    return turned.real, turned.imag


@given(st.floats(-math.pi, math.pi), st.floats(-5e-3, 5e-3), st.floats(-5e-3, 5e-3), st.integers(2, 3))
def test_any_movement_is_recovered(angle_rad: float, x_m: float, y_m: float, count: int) -> None:
    pairs = [Pair(name, at, moved(at, angle_rad, (x_m, y_m)), 1e-6) for name, at in list(POINTS.items())[:count]]
    placement = placement_of(pairs)
    assert math.remainder(placement.rotation_rad - angle_rad, 2 * math.pi) == pytest.approx(0.0, abs=1e-9)
    assert math.dist(placement.shift_m, (x_m, y_m)) < 1e-12
    assert placement.residual_m < 1e-12


def test_the_stated_uncertainty_is_what_noise_makes() -> None:
    rng = np.random.default_rng(1)
    region_m, sigma_m = (1.2e-3, -0.98e-3), 1e-6
    squares, stated_m = [], 0.0
    for _ in range(2000):
        pairs = []
        for name, at in POINTS.items():
            x_m, y_m = moved(at, 0.05, (3e-4, 2e-4))
            noise_m = rng.normal(0.0, sigma_m, 2)
            pairs.append(Pair(name, at, (x_m + float(noise_m[0]), y_m + float(noise_m[1])), sigma_m))
        placement = placement_of(pairs)
        stated_m = placement.uncertainty_m(region_m)
        squares.append(math.dist(placement.moved(region_m), moved(region_m, 0.05, (3e-4, 2e-4))) ** 2)
    assert math.sqrt(float(np.mean(squares))) == pytest.approx(stated_m, rel=0.05)


@pytest.mark.parametrize("points", [[], [(0.0, 0.0)], [(1e-3, 0.0), (1e-3, 0.0)]], ids=["none", "one", "one place"])
def test_no_angle_follows_from_too_little(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="points"):
        placement_of([Pair("p", point, point, 1e-6) for point in points])


def texture(x_m: float, y_m: float, pixels: tuple[int, int], pixel_m: float, seed: int = 1) -> Sight:
    """Grains that are a function of place."""
    rng = np.random.default_rng(seed)
    waves = rng.normal(0.0, 1.0 / (12 * pixel_m), (60, 2))
    phases = rng.uniform(0.0, 2 * math.pi, 60)
    width, height = pixels
    x = x_m + (np.arange(width) - (width - 1) / 2) * pixel_m
    y = y_m - (np.arange(height) - (height - 1) / 2) * pixel_m
    grid = np.stack(np.meshgrid(x, y), -1)
    return Sight(np.cos(grid @ waves.T + phases).sum(-1).astype(np.float32), pixel_m, (x_m, y_m))


def test_pixels_of_another_size_are_not_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(texture(0, 0, (64, 48), 1e-6), texture(0, 0, (64, 48), 2e-6), [0.0])


def test_points_that_moved_against_each_other_are_refused() -> None:
    """A sample that broke: each half looks as it did, and they lie otherwise."""
    sights = {at: texture(*at, (192, 144), 1e-6) for at in POINTS.values()}
    fiducials = [Fiducial(name, sights[at], sights[at]) for name, at in POINTS.items()]

    def look(stage_m: tuple[float, float], like: Sight) -> Sight:
        height, width = like.pixels.shape
        opened_m = 12e-6 if stage_m[0] > 2e-3 else 0.0
        seen = texture(stage_m[0] - opened_m, stage_m[1], (width, height), like.pixel_m)
        return Sight(seen.pixels, seen.pixel_m, stage_m)

    with pytest.raises(NotThisSample, match="have moved against each other"):
        find_again(fiducials, look, FiducialLimits(largest_rotation_rad=0.02, stage_uncertainty_m=0.5e-6))
