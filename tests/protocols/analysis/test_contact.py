"""Contact along an interface, on drawn pictures whose gaps are known."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.drawn_pictures import METAL, drawn_interface, noisy

from operando.protocols.analysis import find_interface, measure_contact
from operando.protocols.analysis.limits import CONTACT_FRACTION_ERROR, GAP_ERROR

PIXEL_M = 0.25e-6


def patches(width_px: float, open_share: float) -> NDArray[np.float64]:
    """Gaps of a width over a share of every 400 columns."""
    return np.where(np.arange(800) % 400 < 400 * open_share, width_px, 0.0)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("width_px", [4.0, 6.0, 10.5])
def test_fraction_and_width_are_measured_within_the_limits(width_px: float, share: float) -> None:
    drawn = drawn_interface(patches(width_px, share), seed=3)
    found = measure_contact(drawn.picture, PIXEL_M)
    assert found.fraction.value == pytest.approx(1.0 - share, abs=CONTACT_FRACTION_ERROR)
    assert found.gap_m.value == pytest.approx(width_px * PIXEL_M, rel=GAP_ERROR)
    assert found.fraction.uncertainty > 0


@pytest.mark.parametrize("slope", [-0.05, 0.08])
def test_an_inclined_interface_is_followed(slope: float) -> None:
    found = measure_contact(drawn_interface(patches(7.0, 0.5), seed=4, slope=slope).picture, PIXEL_M)
    assert found.fraction.value == pytest.approx(0.5, abs=CONTACT_FRACTION_ERROR)
    assert found.gap_m.value == pytest.approx(7.0 * PIXEL_M, rel=GAP_ERROR)


def test_no_gap_is_not_detectable_and_not_zero() -> None:
    found = measure_contact(drawn_interface(np.zeros(800), seed=5).picture, PIXEL_M)
    assert found.fraction.value > 1.0 - CONTACT_FRACTION_ERROR
    assert not found.gap_m.detectable
    assert np.isnan(found.gap_m.value)
    assert found.gap_m.least > 0


def test_what_was_dark_when_fresh_is_a_pore_and_not_judged() -> None:
    pore = np.where(np.arange(800) < 200, 12.0, 0.0)
    fresh = drawn_interface(pore, seed=6).picture
    cycled = drawn_interface(np.maximum(pore, np.where(np.arange(800) >= 600, 6.0, 0.0)), seed=7).picture
    found = measure_contact(cycled, PIXEL_M, fresh)
    assert found.seen_m == pytest.approx(600 * PIXEL_M, rel=0.05)
    assert found.fraction.value == pytest.approx(2.0 / 3.0, abs=CONTACT_FRACTION_ERROR)
    assert found.gap_m.value == pytest.approx(6.0 * PIXEL_M, rel=GAP_ERROR)


def test_a_picture_without_an_interface_is_refused() -> None:
    with pytest.raises(ValueError, match="interface"):
        measure_contact(noisy(np.linspace(100.0, METAL, 200)[:, None] * np.ones(300), seed=8), PIXEL_M)


@pytest.mark.parametrize("strip_px", [20, 40, 80])
def test_the_edge_of_a_narrow_strip_of_metal_is_found_in_a_high_picture(strip_px: int) -> None:
    drawn = drawn_interface(np.zeros(800), seed=5)
    below = np.vstack([drawn.picture[100:]] * 8)
    found = find_interface(np.vstack([drawn.picture[80 - strip_px : 100], below]))
    assert np.abs(found.row - strip_px).max() <= 6  # it is drawn with waves of three pixels
