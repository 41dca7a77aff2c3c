"""Measurements on pictures of the simulated world against its truth; the measurements see the pictures alone."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import ANODE_Y_M, SEPARATOR_Y_M, ScriptedCell, scan

from operando.protocols.analysis import brought_back, crack_pattern, drift_between, measure_contact
from operando.protocols.analysis.limits import (
    CONTACT_FRACTION_ERROR,
    CRACK_LENGTH_ERROR,
    GAP_ERROR,
    TORTUOSITY_ERROR,
)
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import PresetName, cell_preset
from operando.simulators.world.specimen import Specimen

HOUR_S = 3600.0


def grey(signal: NDArray[np.float32]) -> NDArray[np.uint8]:
    grey_levels: NDArray[np.uint8] = np.clip(90.0 * signal + 20.0, 0, 255).astype(np.uint8)
    return grey_levels


def pictures(
    specimen: Specimen, y_m: float, width_m: float, pixels: tuple[int, int], time_s: float
) -> list[NDArray[np.uint8]]:
    """SE and BSE of a field."""
    exposure = scan(
        y_m, width_m=width_m, pixels=pixels, dwell_s=8e-6, start_s=time_s, frame=1 + round(time_s), focus_of=specimen
    )
    return [grey(signal) for signal in specimen.expose(exposure, range(pixels[1]))]


@pytest.mark.parametrize("lost", [0.2, 0.45])
@pytest.mark.parametrize("seed", [31, 32])
@pytest.mark.parametrize("batch", ["fine", "coarse"])
def test_contact_and_gap(batch: PresetName, seed: int, lost: float) -> None:
    width_m, pixels = 400e-6, (1600, 320)
    fresh = pictures(Specimen(batch, seed, ScriptedCell()), ANODE_Y_M - 22e-6, width_m, pixels, 100.0)[0]
    specimen = Specimen(batch, seed, ScriptedCell(contact_loss=lost))
    worn = pictures(specimen, ANODE_Y_M - 22e-6, width_m, pixels, 100.0)[0]
    true = specimen.field_truth(100.0)
    found = measure_contact(worn, width_m / pixels[0], fresh.astype(np.float32))
    # one field of pores and roughness is twice as hard as the mean over a mosaic
    assert found.fraction.value == pytest.approx(1.0 - true["field_contact_loss"], abs=2 * CONTACT_FRACTION_ERROR)
    assert found.gap_m.value == pytest.approx(true["field_gap_mean_m"], rel=2 * GAP_ERROR)


@pytest.mark.parametrize("batch", ["fine", "coarse"])
def test_length_and_tortuosity_of_cracks(batch: PresetName) -> None:
    cell = SimulatedCell(cell_preset(batch), 33)
    specimen = Specimen(batch, 33, cell)
    width_m, pixels = 300e-6, (1024, 768)
    fresh = pictures(specimen, SEPARATOR_Y_M, width_m, pixels, 0.0)[1]
    for half in range(20):
        cell.drive_current(0.22e-3 if half % 2 == 0 else -0.22e-3, half * 5 * HOUR_S)
        cell.measure((half + 1) * 5 * HOUR_S)
    now_s = 100 * HOUR_S
    cracked = pictures(specimen, SEPARATOR_Y_M, width_m, pixels, now_s)[1]
    pixel_m = width_m / pixels[0]
    before = brought_back(fresh, drift_between(cracked, fresh, pixel_m), pixel_m)
    found, true = crack_pattern(cracked, before, pixel_m), specimen.field_truth(now_s)
    density, true_density = found.length_m.value / found.seen_m2, true["field_crack_m"] / (width_m**2 * 0.75)
    assert density == pytest.approx(true_density, rel=1.5 * CRACK_LENGTH_ERROR)
    assert found.tortuosity.value == pytest.approx(true["field_crack_tortuosity"], abs=TORTUOSITY_ERROR)
