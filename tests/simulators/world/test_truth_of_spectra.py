"""Spectra have their truth as pictures do: of the spot on which the beam stood, or of the whole field of a map."""

from dataclasses import replace

import numpy as np
import pytest
from support.specimens import ANODE_Y_M, CATHODE_Y_M, picture, scan, standing_beam

from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import cell_preset
from operando.simulators.world.simulated_world import SimulatedWorld
from operando.simulators.world.specimen import Specimen
from operando.simulators.world.spectrum_response import Channels

AGED_S, LIVE_S, UNBLANKING_S = 300_000.0, 0.5, 0.9
GRID = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
"""Middles of the points of a map of two by two, as the runner has them counted."""


def of_aged_cell() -> Specimen:
    """The section of a cell that was held at 4.0 V for 83 hours."""
    cell = SimulatedCell(cell_preset("fine"), 7)
    cell.drive_voltage(4.0, 0.0, 1e-3)
    return Specimen("fine", 7, cell)


@pytest.fixture
def specimen() -> Specimen:
    return of_aged_cell()


def counted(specimen: Specimen, y_m: float, spots: tuple[tuple[float, float], ...], width_m: float = 20e-6) -> float:
    """Let the beam in at `AGED_S`, lead it from spot to spot and shut it out again. Returns when it was shut out."""
    beam, now = standing_beam(y_m), AGED_S
    beam.settings = replace(beam.settings, field_width_m=width_m)
    beam.on_specimen = False
    for spot in spots:
        specimen.beam_changed(beam, now)
        beam.on_specimen, beam.dwelling_at = True, spot
        now += LIVE_S
    specimen.beam_changed(beam, now)
    return now


def in_view(specimen: Specimen, time_s: float) -> set[str]:
    truth = specimen.field_truth(time_s)
    return {name for name, value in truth.items() if not (np.isnan(value) or name.startswith("field_share_"))}


def shares(specimen: Specimen, time_s: float) -> dict[str, float]:
    """Of the phases of which there is some."""
    truth = specimen.field_truth(time_s)
    named = {name.removeprefix("field_share_"): value for name, value in truth.items() if "_share_" in name}
    return {phase: share for phase, share in named.items() if share != 0.0}


@pytest.mark.parametrize("spots", [GRID, GRID[:1]], ids=["map", "spot"])
def test_spectra_of_the_composite_know_its_interphase(
    specimen: Specimen, spots: tuple[tuple[float, float], ...]
) -> None:
    end_s = counted(specimen, CATHODE_Y_M, spots)
    for time_s in (AGED_S - UNBLANKING_S, AGED_S, end_s - 0.1, end_s):
        # the law of the preset at 4.0 V: the root of 2^2 + 0.053^2 * 300000 nm^2
        assert specimen.field_truth(time_s)["field_cathode_sei_m"] == pytest.approx(29.1e-9, rel=0.01)
        assert in_view(specimen, time_s) == {"field_cathode_sei_m"}


def test_a_spot_on_lithium_has_none(specimen: Specimen) -> None:
    counted(specimen, -0.250e-3, ((0.5, 0.5),))
    assert in_view(specimen, AGED_S + 0.1) == set()
    assert shares(specimen, AGED_S + 0.1) == {"lithium": pytest.approx(1.0)}


def test_truth_tells_of_which_phases_the_photons_came(specimen: Specimen) -> None:
    end_s = counted(specimen, CATHODE_Y_M, GRID, width_m=40e-6)
    found = shares(specimen, end_s)
    assert set(found) == {"argyrodite", "nmc", "cathode_interphase"}
    assert sum(found.values()) == pytest.approx(1.0, abs=1e-5)
    # 70:30 by weight of 4.7 and 1.9 g/cm3 is 0.49 by volume
    assert found["nmc"] == pytest.approx(0.49, abs=0.15)
    assert 0.003 < found["cathode_interphase"] < 0.05


def test_a_map_is_its_field_and_a_spot_is_not(specimen: Specimen) -> None:
    """None of the four points is on the boundary of the lithium, but it runs through their field."""
    end_s = counted(specimen, ANODE_Y_M, GRID, width_m=100e-6)
    for time_s in (AGED_S, end_s):
        truth = specimen.field_truth(time_s)
        # 0.9 mAh were plated on 0.785 cm2
        assert truth["field_boundary_y_m"] == pytest.approx(ANODE_Y_M - 5e-6, abs=3e-6)
        # the root of 20^2 + 0.4^2 * 300000 nm^2
        assert truth["field_anode_sei_m"] == pytest.approx(220e-9, rel=0.01)
    alone = of_aged_cell()
    counted(alone, ANODE_Y_M, GRID[:1], width_m=100e-6)
    assert np.isnan(alone.field_truth(AGED_S + 0.1)["field_boundary_y_m"])


def test_a_point_before_a_map_is_none_of_its_points(specimen: Specimen) -> None:
    """The runner counts the middle of the field first, and then the map from its upper left."""
    counted(specimen, ANODE_Y_M - 20e-6, ((0.5, 0.5), *GRID), width_m=100e-6)
    assert "field_boundary_y_m" not in in_view(specimen, AGED_S + LIVE_S)
    assert "field_boundary_y_m" in in_view(specimen, AGED_S + LIVE_S + 0.1)


def test_a_map_recorded_at_once_is_its_field(specimen: Specimen) -> None:
    beam = standing_beam(CATHODE_Y_M, scanning=True)
    specimen.xray_map(beam, AGED_S, (32, 24), 1e-3, Channels(1024, 10.0, 0.0), 1e-6)
    assert in_view(specimen, AGED_S + 0.5) == {"field_cathode_sei_m"}
    assert shares(specimen, AGED_S + 0.5)["nmc"] > 0.2


def test_nothing_is_in_view_of_a_beam_that_is_off(specimen: Specimen) -> None:
    end_s = counted(specimen, CATHODE_Y_M, GRID)
    assert in_view(specimen, AGED_S - 10.0) == in_view(specimen, end_s + 0.5) == set()


def test_pictures_keep_the_truth_of_their_field(specimen: Specimen) -> None:
    """The beam stands on a spot right after a picture: the picture's end is as true as without that."""
    exposure = scan(ANODE_Y_M, dwell_s=10e-6, start_s=AGED_S - 0.3)
    picture(specimen, exposure)
    assert np.isnan(specimen.field_truth(AGED_S - 0.1)["field_share_lithium"])
    before = [specimen.field_truth(time_s) for time_s in (exposure.start_s, exposure.end_s, exposure.end_s + 0.02)]
    counted(specimen, CATHODE_Y_M, GRID)
    after = [specimen.field_truth(time_s) for time_s in (exposure.start_s, exposure.end_s, exposure.end_s + 0.02)]
    assert repr(before) == repr(after)


def test_the_world_knows_of_a_beam_that_still_stands() -> None:
    world = SimulatedWorld(WorldSettings(preset="fine"))
    world.beam_changed(100.0)
    world.beam = standing_beam(CATHODE_Y_M)
    world.advance(110.0)
    assert world.truth.at(105.0)["field_cathode_sei_m"] == world.cell.at(105.0).cathode_sei_m
    assert np.isnan(world.truth.at(90.0)["field_cathode_sei_m"])
