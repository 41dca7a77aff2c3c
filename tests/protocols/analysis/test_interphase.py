"""The layer around particles, on drawn pictures."""

import numpy as np
import pytest
from support.drawn_pictures import layered_disks, noisy

from operando.protocols.analysis import measure_interphase

PIXEL_M = 10e-9


@pytest.mark.parametrize("layer_px", [5.0, 9.0, 15.0])
def test_a_resolved_layer_has_its_thickness_and_its_contrast(layer_px: float) -> None:
    fresh, aged = noisy(layered_disks(0.0, 0.0), 1), noisy(layered_disks(layer_px, 0.25), 2)
    found = measure_interphase(aged, fresh.astype(np.float32), aged, PIXEL_M)
    assert found.thickness_m.value == pytest.approx(layer_px * PIXEL_M, rel=0.1)
    assert found.contrast.value == pytest.approx(0.25, abs=0.03)
    assert found.integrated_m.value == pytest.approx(0.25 * layer_px * PIXEL_M, rel=0.15)  # blur mixes the disk in


def test_of_a_layer_below_the_resolution_only_thickness_times_contrast_is_told() -> None:
    fresh, aged = noisy(layered_disks(0.0, 0.0), 1), noisy(layered_disks(1.0, 0.25), 2)
    found = measure_interphase(aged, fresh.astype(np.float32), aged, PIXEL_M)
    assert not found.thickness_m.detectable
    assert found.integrated_m.value == pytest.approx(0.15 * PIXEL_M, rel=0.3)  # of 0.25, for the same reason


def test_pores_and_boundaries_in_particles_are_no_edges_on_which_a_layer_grows() -> None:
    fresh, aged = layered_disks(0.0, 0.0), layered_disks(9.0, 0.25)
    whole = measure_interphase(noisy(aged, 2), noisy(fresh, 1).astype(np.float32), noisy(aged, 2), PIXEL_M)
    rows, columns = np.indices(aged.shape)
    boundary = (columns % 60 < 4) & (aged > 0.9 * aged.max()) & (rows % 90 > 12)
    assert boundary.any()
    fresh, aged = np.where(boundary, 0.5 * fresh, fresh), np.where(boundary, 0.5 * aged, aged)
    crossed = measure_interphase(noisy(aged, 2), noisy(fresh, 1).astype(np.float32), noisy(aged, 2), PIXEL_M)
    assert crossed.integrated_m.value == pytest.approx(whole.integrated_m.value, rel=0.1)
    assert crossed.seen_m == pytest.approx(whole.seen_m, rel=0.1)


def test_no_layer_is_not_detectable() -> None:
    fresh, later = noisy(layered_disks(0.0, 0.0), 1), noisy(layered_disks(0.0, 0.0), 2)
    found = measure_interphase(later, fresh.astype(np.float32), later, PIXEL_M)
    assert not found.thickness_m.detectable
    assert not found.integrated_m.detectable


def test_a_field_within_particles_has_no_layer_to_be_seen() -> None:
    """Boundaries of grains are closed, and then no matrix is left."""
    signal = np.full((200, 300), 150.0)
    signal[:, ::12] = 60.0
    within = noisy(signal, 3)
    found = measure_interphase(within, within.astype(np.float32), within, PIXEL_M)
    assert not found.integrated_m.detectable
    assert found.seen_m == 0.0
