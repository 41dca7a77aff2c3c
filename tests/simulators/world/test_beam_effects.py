"""The beam acts on the specimen: dose adds up, argyrodite is plated, a floating cell charges; all of it can be off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.specimens import SEPARATOR_Y_M, ScriptedCell, picture, scan, standing_beam

from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.beam_effects import BeamCharging, BeamEffects
from operando.simulators.world.dose import COULOMB_PER_MAH_PER_CM2, DoseLedger
from operando.simulators.world.signal_marks import plated_m
from operando.simulators.world.simulated_world import SimulatedWorld
from operando.simulators.world.specimen import Specimen

charges = st.lists(st.floats(0.0, 1e-9), min_size=1, max_size=8)


@given(charges_C=charges)
def test_dose_is_additive_whatever_the_order(charges_C: list[float]) -> None:
    forward, backward = DoseLedger(), DoseLedger()
    for ledger, order in ((forward, charges_C), (backward, charges_C[::-1])):
        for number, charge_C in enumerate(order):
            ledger.book_spot(1e-3, 2e-3, charge_C, float(number))
            ledger.book_field(1e-3, 2e-3, 40e-6, 30e-6, charge_C, float(number))
    whole = sum(charges_C) / 1e-12 + sum(charges_C) / (40e-6 * 30e-6)
    assert forward.at(1e-3, 2e-3) == pytest.approx(whole, rel=1e-9)
    assert backward.at(1e-3, 2e-3) == pytest.approx(whole, rel=1e-9)


def test_dose_is_known_at_any_earlier_time() -> None:
    ledger = DoseLedger()
    ledger.book_field(0.0, 0.0, 10e-6, 10e-6, 1e-10, 10.0)
    ledger.book_field(0.0, 0.0, 10e-6, 10e-6, 1e-10, 20.0)
    assert [ledger.at(0.0, 0.0, now) for now in (9.0, 10.0, 20.0)] == pytest.approx([0.0, 1.0, 2.0])


def test_a_minute_of_a_strong_spot_plates_what_the_sheet_says() -> None:
    # 1 nA for 60 s over 1 um2: 1.7 mAh/cm2 at full efficiency, 4.85 um of lithium for each
    dose = 1e-9 * 60.0 / 1e-12
    assert dose / COULOMB_PER_MAH_PER_CM2 == pytest.approx(1.7, abs=0.05)
    assert plated_m(dose, BeamEffects(plating_efficiency=1.0)) == pytest.approx(1.7 * 4.85e-6, rel=0.03)
    assert plated_m(dose, BeamEffects(plating_efficiency=0.0)) == 0.0


@pytest.mark.parametrize("efficiency", [0.0, 0.5])
def test_a_spot_that_was_measured_for_long_is_dark_afterwards_unless_switched_off(efficiency: float) -> None:
    off = BeamEffects(plating_efficiency=efficiency, contamination=0.0)
    specimen = Specimen("fine", 7, ScriptedCell(), off)
    exposure = scan(width_m=10e-6, detectors=("BSE",), dwell_s=1e-3, start_s=100.0)
    before = picture(specimen, exposure)[0]
    specimen.beam_changed(standing_beam(SEPARATOR_Y_M, voltage_V=15e3), 0.0)
    specimen.beam_changed(standing_beam(SEPARATOR_Y_M, voltage_V=15e3), 60.0)
    after = picture(specimen, exposure)[0]
    assert (float((before - after)[48:96, 72:120].max()) > 0.35) == (efficiency > 0)
    assert np.array_equal(before[:20, :20], after[:20, :20]) or efficiency > 0


def test_scanning_leaves_a_darker_frame() -> None:
    specimen = Specimen("fine", 7, ScriptedCell(), BeamEffects(plating_efficiency=0.0))
    beam = standing_beam(SEPARATOR_Y_M, scanning=True)
    specimen.beam_changed(beam, 0.0)
    specimen.beam_changed(beam, 60.0)
    wide = picture(specimen, scan(width_m=60e-6, detectors=("SE",), dwell_s=1e-3, start_s=100.0))[0]
    clean = picture(Specimen("fine", 7, ScriptedCell()), scan(width_m=60e-6, detectors=("SE",), dwell_s=1e-3))[0]
    ratio = wide / clean
    assert float(ratio[60:84, 80:112].mean()) < 0.85
    assert float(ratio[:20].mean()) == pytest.approx(1.0, abs=0.02)


def test_floating_cell_charges_at_volts_per_second_for_each_nanoampere_and_discharges() -> None:
    charging = BeamCharging(BeamEffects())
    charging.absorbs(1e-9, 10.0)
    assert charging.potential_V(10.05) == pytest.approx(-0.1, rel=0.1)
    charging.absorbs(0.0, 40.0)
    assert charging.potential_V(40.0) == pytest.approx(-2.0, rel=0.01)
    assert abs(charging.potential_V(60.0)) < 1e-6
    assert charging.offsets(5.0) == (0.0, 0.0)


def test_earthed_cell_leads_the_absorbed_current_past_the_ammeter() -> None:
    charging = BeamCharging(BeamEffects(wiring="earthed"))
    charging.absorbs(1e-9, 10.0)
    assert charging.offsets(20.0) == (0.0, -1e-9)


@pytest.mark.parametrize("wiring", ["floating", "earthed"])
def test_beam_shows_at_the_terminals_in_any_order_of_asking(wiring: str) -> None:
    def world(*asked: float) -> tuple[float, float]:
        settings = WorldSettings.model_validate({"preset": "fine", "wiring": wiring})
        world = SimulatedWorld(settings)
        world.beam_changed(0.0)
        world.beam = standing_beam(SEPARATOR_Y_M)
        for now in asked:
            world.cell.measure(now)
        world.beam_changed(30.0)
        world.beam = standing_beam(SEPARATOR_Y_M, current_A=0.0)
        return world.cell.measure(20.0)

    voltage_V, current_A = world(5.0, 10.0, 25.0)
    assert (voltage_V, current_A) == world()
    true_V = SimulatedWorld(WorldSettings(preset="fine")).cell.measure(20.0)[0]
    assert (voltage_V != true_V) == (wiring == "floating")
    assert (current_A != 0.0) == (wiring == "earthed")
