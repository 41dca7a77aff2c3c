"""Registration finds how far simulated pictures were moved, though the lithium in them has moved on its own."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from support.specimens import ANODE_Y_M, CATHODE_Y_M, ScriptedCell, picture, scan

from operando.protocols.following import Anchor, Box, register
from operando.protocols.following.blur import between, blurred
from operando.simulators.world.specimen import Specimen

PIXELS = (512, 384)
PRESETS = ["coarse", "fine"]


def look(specimen: Specimen, y_m: float, width_m: float, *, x_m: float = 1.2e-3, frame: int = 1) -> np.ndarray:
    exposure = scan(y_m, x_m=x_m, width_m=width_m, pixels=PIXELS, dwell_s=16e-6, focus_of=specimen, frame=frame)
    return picture(specimen, exposure)[0]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(("moved_right", "moved_down"), [(0.0, 0.0), (7.3, -4.6), (-40.0, 22.0)])
def test_grains_are_followed_although_the_lithium_has_grown(preset: str, moved_right: float, moved_down: float) -> None:
    width_m = 120e-6
    pixel_m = width_m / PIXELS[0]
    fresh = look(Specimen(preset, 1, ScriptedCell()), ANODE_Y_M, width_m)
    cycled = Specimen(preset, 1, ScriptedCell(lambda time_s: 6e-6, contact_loss=0.4))
    later = look(cycled, ANODE_Y_M + moved_down * pixel_m, width_m, x_m=1.2e-3 - moved_right * pixel_m, frame=2)
    found = register(fresh, later, "electrolyte")
    assert (found.right_px, found.down_px) == pytest.approx((moved_right, moved_down), abs=0.8)
    assert found.confidence > 0.55


@pytest.mark.parametrize("anchor", ["NMC", Box(0.3, 0.4, 0.9, 0.95)])
def test_composite_is_followed_to_a_fraction_of_a_pixel(anchor: Anchor) -> None:
    width_m = 20e-6
    pixel_m = width_m / PIXELS[0]
    specimen = Specimen("coarse", 3, ScriptedCell())
    first = look(specimen, CATHODE_Y_M, width_m)
    later = look(specimen, CATHODE_Y_M, width_m, x_m=1.2e-3 + 5.5 * pixel_m, frame=2)
    found = register(first, later, anchor)
    assert (found.right_px, found.down_px) == pytest.approx((-5.5, 0.0), abs=0.3)


@pytest.mark.parametrize("preset", PRESETS)
def test_another_place_is_not_recognised(preset: str) -> None:
    specimen = Specimen(preset, 1, ScriptedCell())
    here = look(specimen, ANODE_Y_M, 120e-6)
    elsewhere = look(specimen, ANODE_Y_M, 120e-6, x_m=1.7e-3, frame=2)
    assert register(here, elsewhere, "electrolyte").confidence < 0.25


def test_empty_pictures_are_not_recognised_and_do_not_fail() -> None:
    black = np.zeros((96, 128), np.uint16)
    assert register(black, black, "NMC").confidence == 0.0


def test_pictures_of_two_shapes_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        register(np.zeros((96, 128)), np.zeros((96, 96)), "NMC")


@pytest.mark.parametrize(("sigma_px", "apart"), [(1.0, 2e-3), (12.0, 1e-5), (40.0, 1e-5)])
def test_a_blur_is_that_of_scipy_with_mirrored_edges(sigma_px: float, apart: float) -> None:
    """A kernel of one pixel, which is sampled there, lets twice as much through of the finest wave (1.4 for 0.7 %)."""
    noise = np.random.default_rng(5).random((96, 131), np.float32)
    expected = gaussian_filter(noise, sigma_px, mode="reflect", truncate=8.0)
    assert np.abs(blurred(noise, sigma_px) - expected).max() < apart
    fine = gaussian_filter(noise, 1.0, mode="reflect", truncate=8.0)
    coarse = gaussian_filter(fine, sigma_px, mode="reflect", truncate=8.0)
    assert np.abs(between(noise, 1.0, sigma_px) - (fine - coarse)).max() < 2e-3
