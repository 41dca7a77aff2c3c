"""A scanned field blisters beyond the world's dose, and not below."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import SEPARATOR_Y_M, ScriptedCell, picture, scan, standing_beam

from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.beam_effects import BeamEffects
from operando.simulators.world.signal_blisters import blistered_share
from operando.simulators.world.specimen import Specimen

DAMAGE_C_PER_M2 = 300.0
EFFECTS = BeamEffects(plating_efficiency=0.0, contamination=0.0, damage_C_per_m2=DAMAGE_C_PER_M2)


def exposed(absorbed_C_per_m2: float, effects: BeamEffects) -> tuple[Specimen, float]:
    """A specimen whose field has absorbed so much, and when that was over."""
    specimen = Specimen("fine", 7, ScriptedCell(), effects)
    beam = standing_beam(SEPARATOR_Y_M, voltage_V=5e3, scanning=True)
    specimen.beam_changed(beam, 0.0)
    specimen.beam_changed(beam, 1.0)
    end_s = absorbed_C_per_m2 / specimen.dose.at(1.2e-3, SEPARATOR_Y_M)
    specimen.beam_changed(beam, end_s)
    return specimen, end_s + 10.0


def look(specimen: Specimen, start_s: float) -> NDArray[np.float32]:
    exposure = scan(width_m=20e-6, detectors=("BSE",), dwell_s=1e-3, start_s=start_s, focus_of=specimen)
    return picture(specimen, exposure)[0]


@pytest.mark.parametrize(("share", "changes"), [(0.9, False), (1.3, True), (3.0, True)])
def test_beyond_the_dose_and_not_below(share: float, changes: bool) -> None:
    specimen, end_s = exposed(share * DAMAGE_C_PER_M2, EFFECTS)
    assert specimen.dose.at(1.2e-3, SEPARATOR_Y_M) == pytest.approx(share * DAMAGE_C_PER_M2, rel=0.02)
    clean = Specimen("fine", 7, ScriptedCell(), EFFECTS)
    changed = look(specimen, end_s) - look(clean, end_s)
    assert bool(np.abs(changed).max() > 0.02) == changes


def test_it_can_be_switched_off() -> None:
    off = BeamEffects(plating_efficiency=0.0, contamination=0.0, damage_C_per_m2=float("inf"))
    specimen, end_s = exposed(5 * DAMAGE_C_PER_M2, off)
    assert np.array_equal(look(specimen, end_s), look(Specimen("fine", 7, ScriptedCell(), off), end_s))


def test_blisters_only_grow() -> None:
    shares = blistered_share(np.linspace(0.0, 6.0, 50, dtype=np.float32))
    assert (shares[:9] == 0).all()
    assert (np.diff(shares) >= 0).all() and shares[-1] < 1.0


def test_the_bench_file_sets_it() -> None:
    assert WorldSettings.model_validate({"damage_C_per_m2": 250.0}).beam_effects.damage_C_per_m2 == 250.0
    assert WorldSettings().beam_effects == BeamEffects()
