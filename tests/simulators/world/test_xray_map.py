"""Maps: the phases are where the scene has them, counts are Poisson's and follow the current up to dead time."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import CATHODE_Y_M, ScriptedCell, standing_beam

from operando.simulators.world.beam import Beam
from operando.simulators.world.cell_view import CellView
from operando.simulators.world.scene import Coats, Scene
from operando.simulators.world.scene_materials import Phase
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.specimen import Specimen
from operando.simulators.world.spectrum_response import Channels
from operando.simulators.world.xray_map import XrayMap

CHANNELS = Channels(1024, 10.0, 0.0)
OXYGEN, SULPHUR, NICKEL = (475.0, 575.0), (2240.0, 2380.0), (7380.0, 7580.0)


class Coated(ScriptedCell):
    """A cell with interphases of a thickness."""

    def __init__(self, thickness_m: float) -> None:
        super().__init__()
        self._thickness_m = thickness_m

    def at(self, time_s: float) -> CellView:
        return replace(super().at(time_s), cathode_sei_m=self._thickness_m, anode_sei_m=self._thickness_m)


def mapped(
    current_A: float = 1e-9,
    *,
    voltage_V: float = 12e3,
    real_time_s: float = 20e-3,
    thickness_m: float = 0.0,
    points: tuple[int, int] = (64, 48),
    width_m: float = 20e-6,
    peaking_time_s: float = 1e-6,
) -> XrayMap:
    """A map of a piece of the cathode."""
    beam: Beam = standing_beam(CATHODE_Y_M, voltage_V=voltage_V, current_A=current_A, scanning=True)
    beam.settings = replace(beam.settings, field_width_m=width_m)
    specimen = Specimen("fine", 7, Coated(thickness_m))
    return specimen.xray_map(beam, 100.0, points, real_time_s, CHANNELS, peaking_time_s)


def test_nickel_and_sulphur_share_the_cathode_between_them() -> None:
    found = mapped(real_time_s=0.2)
    nickel, sulphur = found.image(*NICKEL).astype(float), found.image(*SULPHUR).astype(float)
    assert nickel.shape == (48, 64)
    assert float(np.corrcoef(nickel.ravel(), sulphur.ravel())[0, 1]) < -0.4


def test_counts_follow_the_current_and_then_the_dead_time() -> None:
    weak, twice, strong = (mapped(current) for current in (2e-11, 4e-11, 2e-8))
    assert twice.point.size / weak.point.size == pytest.approx(2.0, rel=0.1)
    assert strong.point.size < 0.8 * 1000 * weak.point.size
    counted_per_live_s = [found.point.size / float(found.live_s.sum()) for found in (weak, strong)]
    assert counted_per_live_s[1] / counted_per_live_s[0] == pytest.approx(1000.0, rel=0.15)


def test_lithium_emits_nothing_that_is_seen() -> None:
    beam = standing_beam(-0.250e-3, voltage_V=5e3, scanning=True)
    found = Specimen("fine", 7, ScriptedCell()).xray_map(beam, 100.0, (32, 24), 0.05, CHANNELS, 1e-6)
    energies = (found.spectrum[2:20].sum(), found.spectrum[40:70].sum())
    assert energies[0] < energies[1] * 3


@pytest.mark.parametrize(("voltage_V", "real_time_s", "shows"), [(3e3, 3.0, True), (15e3, 0.05, False)])
def test_interphase_shows_as_oxygen_where_the_volume_is_small_enough(
    voltage_V: float, real_time_s: float, shows: bool
) -> None:
    def counts(thickness_m: float) -> NDArray[np.int64]:
        found = mapped(
            voltage_V=voltage_V, real_time_s=real_time_s, thickness_m=thickness_m, points=(128, 96), width_m=6e-6
        )
        return found.image(*OXYGEN)

    bare, coated = counts(0.0), counts(60e-9)
    # brightest gains, beside the scatter of the counts themselves
    gained = (coated - bare) / np.sqrt(np.maximum(coated + bare, 1))
    assert (float(np.quantile(gained, 0.99)) > 4.0) == shows


def test_interphases_take_the_place_of_argyrodite() -> None:
    scene, raster = Scene.of("fine", 5), Raster.around(1.2e-3, CATHODE_Y_M, 8e-6, 201)
    bare, coated = (scene.phase_shares(raster, 0.0, Coats(cathode_m=nm * 1e-9)) for nm in (0, 50))
    gained = coated[Phase.CATHODE_INTERPHASE]
    assert gained.mean() > 0.003
    assert bare[Phase.ARGYRODITE] - coated[Phase.ARGYRODITE] == pytest.approx(gained, abs=1e-5)
    assert coated.sum(axis=0) == pytest.approx(1.0, abs=1e-5)
