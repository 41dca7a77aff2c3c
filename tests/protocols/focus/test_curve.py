"""A maximum is believed only if it lies inside the range, stands above the noise, and the picture's parts agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.protocols.focus import NoPeak, Peak, Point, Sharpness, find_peak

PARTS = 48
NOISE = 1e-5


def curve(
    best_m: float, *, width_m: float = 20e-6, height: float = 1e-3, noise: float = NOISE, seed: int = 1
) -> list[Point]:
    """Eleven pictures from -60 to 60 um, sharpest at one place, with noise in each part."""
    random = np.random.default_rng(seed)
    points = []
    for setting in np.linspace(-60e-6, 60e-6, 11):
        true = height / (1 + ((setting - best_m) / width_m) ** 2) ** 2
        parts = true + noise * np.sqrt(PARTS) * random.standard_normal(PARTS)
        points.append(Point(float(setting), Sharpness(tuple(map(float, parts)), noise)))
    return points


@given(best_m=st.floats(-45e-6, 45e-6), width_m=st.floats(8e-6, 60e-6))
def test_the_maximum_is_found_wherever_it_is_inside(best_m: float, width_m: float) -> None:
    found = find_peak(curve(best_m, width_m=width_m))
    assert isinstance(found, Peak)
    assert found.setting == pytest.approx(best_m, abs=2.5e-6)
    assert found.uncertainty < 3e-6


@pytest.mark.parametrize("beyond_m", [-90e-6, -75e-6, 75e-6, 90e-6])
def test_a_maximum_beyond_the_range_is_none(beyond_m: float) -> None:
    found = find_peak(curve(beyond_m))
    assert found == NoPeak("the sharpest picture lies at the end of the range")


@given(seed=st.integers(0, 10_000))
def test_noise_alone_has_no_maximum(seed: int) -> None:
    assert isinstance(find_peak(curve(0.0, height=0.0, seed=seed)), NoPeak)


def test_a_ridge_without_a_top_is_none() -> None:
    flat = [Point(x, Sharpness((1.0 + abs(x) * 0.1,) * PARTS, 1e-3)) for x in (-2.0, -1.0, 0.0, 1.0, 2.0)]
    assert isinstance(find_peak(flat), NoPeak)
