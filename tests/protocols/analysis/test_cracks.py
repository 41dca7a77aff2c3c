"""Cracks on drawn pictures whose lines are known."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.drawn_pictures import drawn_line, noisy

from operando.protocols.analysis import RULER_M, crack_pattern
from operando.protocols.analysis.limits import CRACK_LENGTH_ERROR, TORTUOSITY_ERROR
from operando.protocols.analysis.lines import Line

PIXEL_M = 0.3e-6
SHAPE = (400, 600)


def grains(seed: int) -> NDArray[np.float64]:
    """A mottled matrix with pores, that stays what it is."""
    from scipy.ndimage import gaussian_filter

    random = np.random.default_rng(seed)
    tone = 4.0 * gaussian_filter(random.normal(size=SHAPE), 12) * 12
    pores = gaussian_filter(random.normal(size=SHAPE), 5) > 0.13
    return np.where(pores, 25.0, 120.0 + tone)


def straight() -> NDArray[np.float64]:
    return np.array([[50.0, 60.0], [330.0, 540.0]])


def zigzag() -> NDArray[np.float64]:
    """Teeth of 72 pixels (22 um), which a ruler of 10 um follows."""
    columns = np.arange(40.0, 580.0, 60.0)
    return np.column_stack([200.0 + 20.0 * (-1.0) ** np.arange(columns.size), columns])


def dense(points_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same line with a point every tenth of a pixel, in metres."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points_px, axis=0).T))])
    fine = np.linspace(0.0, way[-1], int(10 * way[-1]))
    return np.column_stack([np.interp(fine, way, points_px[:, axis]) for axis in (0, 1)]) * PIXEL_M


def pictures(
    lines: list[NDArray[np.float64]], half_px: float, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Fresh, and with cracks along some lines."""
    matrix = grains(seed)
    cover = np.zeros(SHAPE)
    for line in lines:
        cover = np.maximum(cover, drawn_line(line, half_px, SHAPE))
    return noisy(matrix, seed + 1), noisy(matrix * (1 - cover) + 25.0 * np.minimum(cover, matrix), seed + 2)


@pytest.mark.parametrize("half_px", [0.8, 2.0, 6.0], ids=lambda half: f"{2 * half:g} px wide")
@pytest.mark.parametrize("line", [straight(), zigzag()], ids=["straight", "zigzag"])
def test_length_and_tortuosity_are_measured_within_the_limits(line: NDArray[np.float64], half_px: float) -> None:
    fresh, cracked = pictures([line], half_px, seed=11)
    true = Line(dense(line))
    true_m = true.length_m(RULER_M)
    found = crack_pattern(cracked, fresh.astype(np.float32), PIXEL_M)
    assert found.length_m.value == pytest.approx(true_m, rel=CRACK_LENGTH_ERROR)
    assert found.tortuosity.value == pytest.approx(true_m / true.chord_m, abs=TORTUOSITY_ERROR)


def test_two_cracks_that_cross_are_two_straight_lines() -> None:
    cross = [straight(), np.array([[350.0, 100.0], [40.0, 480.0]])]
    fresh, cracked = pictures(cross, 1.5, seed=12)
    found = crack_pattern(cracked, fresh.astype(np.float32), PIXEL_M)
    true_m = sum(Line(dense(line)).length_m(RULER_M) for line in cross)
    assert found.length_m.value == pytest.approx(true_m, rel=CRACK_LENGTH_ERROR)
    assert found.tortuosity.value == pytest.approx(1.0, abs=TORTUOSITY_ERROR)


def test_nothing_new_is_not_detectable_and_not_zero() -> None:
    fresh, later = pictures([], 1.0, seed=13)
    found = crack_pattern(later, fresh.astype(np.float32), PIXEL_M)
    assert found.lines == ()
    assert not found.length_m.detectable
    assert found.length_m.least > 0


def test_what_was_not_in_view_when_fresh_is_not_looked_at() -> None:
    fresh, cracked = pictures([straight()], 2.0, seed=14)
    seen = fresh.astype(np.float32)
    seen[:, :300] = np.nan
    found = crack_pattern(cracked, seen, PIXEL_M)
    assert found.seen_m2 == pytest.approx(0.5 * SHAPE[0] * SHAPE[1] * PIXEL_M**2)
    assert found.length_m.value == pytest.approx(0.5 * Line(dense(straight())).length_m(RULER_M), rel=0.15)


@pytest.mark.parametrize(("ruler_m", "length_m"), [(1e-6, 20e-6 * 2**0.5), (20e-6, 20e-6)])
def test_the_ruler_decides_what_of_a_zigzag_counts(ruler_m: float, length_m: float) -> None:
    teeth = np.column_stack([np.tile([0.0, 5.0], 3)[:5] * 1e-6, np.arange(5) * 5e-6])
    way = np.linspace(0.0, 1.0, 20001)
    points = np.column_stack([np.interp(way, np.linspace(0, 1, 5), teeth[:, axis]) for axis in (0, 1)])
    assert Line(points).length_m(ruler_m) == pytest.approx(length_m, rel=0.05)
