"""Resistance, dose, leak, gaps and latencies, from data that is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import sample_block

from operando.drivers.roles import IMPEDANCE_POINT, Quality
from operando.protocols.program import DoseBudget
from operando.protocols.reading import RecordedImpedance, SensorSeries
from operando.protocols.report.box_leak import box_leak_Pa_m3_per_s
from operando.protocols.report.latencies import latencies
from operando.protocols.report.material import read_material
from operando.protocols.report.region_dose import dose_by_region
from operando.protocols.report.resistance import high_frequency_resistance
from operando.protocols.report.troubles import Severity, sample_gaps, troubles


def impedance(*points: tuple[float, float]) -> RecordedImpedance:
    found = np.zeros(len(points), IMPEDANCE_POINT)
    found["frequency_Hz"] = 1e5 / 10.0 ** np.arange(len(points))
    found["real_ohm"], found["imaginary_ohm"] = np.array(points).T
    return RecordedImpedance("eis/x.csv", 3, 1, found)


def test_the_resistance_is_where_the_spectrum_crosses_the_axis() -> None:
    resistance, crosses = high_frequency_resistance(impedance((10.0, 2.0), (14.0, -2.0), (30.0, -9.0)))
    assert crosses
    assert resistance == pytest.approx(12.0)


def test_without_a_crossing_it_is_an_upper_estimate() -> None:
    assert high_frequency_resistance(impedance((46.0, -12.0), (60.0, -20.0))) == (46.0, False)


def test_doses_count_by_cycle_against_the_budget(run: Path) -> None:
    row = read_material(run).run.frames.rows[0]
    rows = [
        replace(row, cycle=cycle, dose_C_per_m2=dose, end_s=dose)
        for cycle, dose in ((1, 1.0), (1, 2.0), (2, 2.5), (2, 4.5))
    ]
    (whole,) = dose_by_region(rows, [], [], DoseBudget({"anode": 5.0}))
    (cyclic,) = dose_by_region(rows, [], [], DoseBudget({"anode": 5.0}, frozenset({"anode"})))
    assert whole.by_cycle == ((1, 2.0), (2, 2.5))
    assert (whole.counted_C_per_m2, cyclic.counted_C_per_m2) == (4.5, 2.5)


def test_a_box_that_warms_up_does_not_leak_and_one_that_leaks_does() -> None:
    time_s = np.arange(0.0, 36_000.0, 60.0)
    kelvin = 298.0 + np.sin(time_s / 5000.0)
    inflow = 1e-7
    good = (Quality.OK,) * time_s.size
    temperature = SensorSeries("box", "temperature", "K", time_s, kelvin, good)
    tight = SensorSeries("box", "pressure", "Pa", time_s, 1.1e5 * kelvin / 298.0, good)
    leaking = SensorSeries("box", "pressure", "Pa", time_s, (1.1e5 + inflow / 2e-4 * time_s) * kelvin / 298.0, good)
    none = box_leak_Pa_m3_per_s(tight, temperature, 2e-4)
    some = box_leak_Pa_m3_per_s(leaking, temperature, 2e-4)
    assert none is not None and abs(none[0]) < 1e-12
    assert some is not None and some[0] == pytest.approx(inflow, rel=0.01)


def test_a_pause_between_samples_is_a_gap() -> None:
    samples = sample_block(0, 50)
    kept = np.concatenate([samples[:20], samples[40:]])
    assert sample_gaps(samples) == []
    assert sample_gaps(kept) == [(19.0, 21.0)]


def test_each_step_has_a_rhythm_of_its_own() -> None:
    fast, slow, short = (sample_block(0, count) for count in (50, 10, 3))
    slow["step"], slow["time_s"] = 2, 100.0 + 60.0 * np.arange(10)
    short["step"], short["time_s"] = 3, 1000.0 + 60.0 * np.arange(3)
    assert sample_gaps(np.concatenate([fast, slow, short])) == []
    slow["time_s"][5:] += 300.0
    short["time_s"][2] += 300.0
    assert sample_gaps(np.concatenate([fast, slow, short])) == [(340.0, 360.0), (1060.0, 360.0)]


def test_what_went_wrong_is_found_and_the_rest_is_not(run: Path) -> None:
    (found,) = troubles(read_material(run))
    assert (found.severity, found.time_s) == (Severity.ERROR, 300.0)
    assert found.what == "capture not taken: overview (every 2 min): the dose budget of anode is spent"


def test_latencies_are_those_of_the_trigger(run: Path) -> None:
    (trigger,) = latencies(read_material(run))
    assert trigger.measured_s == (1.5,)
    assert (trigger.promised_s, trigger.broken, trigger.scans) == (30.0, 0, 7)
