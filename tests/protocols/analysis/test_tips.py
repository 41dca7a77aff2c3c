"""Tips of cracks, on lines whose darkness is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from operando.protocols.analysis.lines import Line, lines_through
from operando.protocols.analysis.tips import with_tips

PIXEL_M = 0.4e-6
SHAPE = (60, 300)
SEEN = np.ones(SHAPE, bool)


def across(first_px: float, last_px: float) -> Line:
    columns = np.arange(first_px, last_px)
    return Line(np.column_stack([np.full(columns.size, 30.0), columns]) * PIXEL_M)


def dark(of_column: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.tile(of_column, (SHAPE[0], 1))


@pytest.mark.parametrize("hidden_px", [4.0, 12.0])
def test_a_crack_goes_on_to_where_its_parabola_ends(hidden_px: float) -> None:
    columns = np.arange(SHAPE[1], dtype=float)
    darkness = dark(10.0 * np.sqrt(np.clip(columns - 50.0, 0.0, None)))
    # its other end is cut off bluntly
    (found,) = with_tips([across(50.0 + hidden_px, 200.0)], darkness, SEEN, PIXEL_M)
    assert found.points_m[0, 1] / PIXEL_M == pytest.approx(50.0, abs=0.5)
    assert found.points_m[-1, 1] / PIXEL_M == pytest.approx(199.0)


def test_a_crack_that_ends_bluntly_stays_as_it_is() -> None:
    line = across(80.0, 200.0)
    (found,) = with_tips([line], dark(np.full(SHAPE[1], 9.0)), SEEN, PIXEL_M)
    assert np.array_equal(found.points_m, line.points_m)


def test_where_a_crack_meets_another_one_or_leaves_what_is_seen_is_no_tip() -> None:
    columns = np.arange(SHAPE[1], dtype=float)
    darkness = dark(10.0 * np.sqrt(np.clip(columns - 50.0, 0.0, None)))
    line, beside = across(60.0, 200.0), across(40.0, 59.0)
    assert np.array_equal(with_tips([line, beside], darkness, SEEN, PIXEL_M)[0].points_m, line.points_m)
    assert np.array_equal(
        with_tips([line], darkness, columns > dark(np.full(300, 58.0)), PIXEL_M)[0].points_m, line.points_m
    )


def test_a_line_that_comes_back_on_itself_is_two() -> None:
    mask = np.zeros((120, 120), bool)
    mask[10:100, 40:43] = mask[10:100, 52:55] = mask[97:100, 40:55] = True
    lengths_px = sorted(line.chord_m for line in lines_through(mask, 1.0, 20.0))
    assert len(lengths_px) == 2
    assert min(lengths_px) > 75.0


def test_a_line_that_turns_a_corner_is_two_and_one_that_bends_is_one() -> None:
    """A crack that ends at another one is not its continuation; one around a large grain turns by 60 degrees."""
    sharp, blunt = np.zeros((2, 300, 300), bool)
    for mask, falls in ((sharp, -0.4), (blunt, 0.58)):
        mask[50:202, 99:102] = True
        for step in range(140):
            row, column = 200 + round(falls * step), 100 + step
            mask[row : row + 3, column - 1 : column + 2] = True
    assert [round(line.chord_m * 1e6, -1) for line in lines_through(sharp, 1e-6, 20e-6)] == [150.0, 150.0]
    assert len(lines_through(blunt, 1e-6, 20e-6)) == 1
