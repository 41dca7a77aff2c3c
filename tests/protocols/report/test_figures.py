"""Figures show the data that they are given: what stands on their axes is compared, not that a file exists."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from support.made_up_run import impedance_points, sample_block

from operando.drivers.roles import Quality
from operando.protocols.reading import RecordedImpedance, SensorSeries
from operando.protocols.report.cycles import CycleCapacity
from operando.protocols.report.figures import (
    draw_capacity,
    draw_cell_history,
    draw_dose,
    draw_element_maps,
    draw_impedance,
    draw_latencies,
    draw_sensors,
    draw_spectra,
    draw_voltage_profiles,
)
from operando.protocols.report.material import read_material
from operando.protocols.report.region_dose import RegionDose
from operando.protocols.summary.thinned import thinned


def curve(axes: Axes, index: int = 0) -> tuple[np.ndarray, np.ndarray]:
    line = axes.get_lines()[index]
    return np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)


def texts(figure: Figure) -> str:
    return figure.get_suptitle() + " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_the_history_of_the_cell() -> None:
    samples = sample_block(0, 200)
    figure = draw_cell_history(samples, [30.0, 90.0], [], simulated=False)
    voltage, current, charge = figure.axes
    assert curve(voltage)[0] * 3600 == pytest.approx(samples["time_s"])
    assert curve(voltage)[1] == pytest.approx(samples["voltage_V"])
    assert curve(current)[1] * 1e-6 == pytest.approx(samples["current_A"])
    assert curve(charge)[1] * 3.6 == pytest.approx(samples["charge_C"])
    marks = curve(voltage, 1)
    assert marks[0] * 3600 == pytest.approx([30.0, 90.0])
    assert marks[1] == pytest.approx(samples["voltage_V"][[30, 90]])
    assert voltage.get_ylabel() == "Voltage / V"


def test_nothing_is_drawn_where_nobody_measured_and_what_was_cycled_elsewhere_is_marked() -> None:
    samples = np.concatenate([sample_block(0, 20), sample_block(20, 20)])
    samples["time_s"][20:] += 3600.0
    figure = draw_cell_history(samples, [], [], [(3620.0, 3630.0)], [(19.0, 3620.0)], simulated=False)
    for axes in figure.axes:
        hours, values = curve(axes)
        assert np.flatnonzero(np.isnan(hours)).tolist() == np.flatnonzero(np.isnan(values)).tolist() == [20]
    assert "cycled elsewhere" in texts(figure)
    (chamber,) = draw_sensors([series("chamber", [3e-3] * 4)], {}, [(3700.0, 7100.0)], simulated=False).axes
    assert np.flatnonzero(np.isnan(curve(chamber)[1])).tolist() == [2]


@pytest.mark.parametrize("simulated", [True, False])
def test_a_figure_of_a_simulation_says_so_wherever_it_is_pasted(simulated: bool) -> None:
    figure = draw_cell_history(sample_block(0, 10), [], [], simulated=simulated)
    assert ("SIMULATED" in texts(figure)) is simulated


def test_voltage_profiles_begin_at_no_capacity_and_end_at_all_of_it() -> None:
    samples = sample_block(0, 240)
    (axes,) = draw_voltage_profiles(samples, simulated=False).axes
    capacity, voltage = curve(axes)
    assert len(axes.get_lines()) == 4
    assert capacity[-1] * 3.6 == pytest.approx(120e-6 * 59, rel=1e-6)
    assert voltage[0] == pytest.approx(samples["voltage_V"][1])


def test_capacity_by_cycle_and_hollow_where_it_is_not_complete() -> None:
    cycles = [CycleCapacity(1, 3.6, 3.24, True, 3.9, 3.7), CycleCapacity(2, 1.8, 0.0, False, 3.9, float("nan"))]
    above, below = draw_capacity(cycles, 3.6, simulated=False).axes
    assert curve(above)[1] == pytest.approx([1.0, 0.5])
    assert curve(above, 3)[1] == pytest.approx([0.9, 0.0])
    hollow = [line for line in above.get_lines() if line.get_markerfacecolor() == "white"]
    assert [list(np.asarray(line.get_xdata())) for line in hollow] == [[2], [2]]
    assert curve(below)[1][0] == pytest.approx(90.0)
    assert np.isnan(curve(below)[1][1])


def test_impedance_stands_on_equal_scales_with_the_imaginary_part_upwards() -> None:
    spectrum = RecordedImpedance("eis/x.csv", 3, 2, impedance_points())
    plane, resistance = draw_impedance([spectrum], simulated=False).axes
    assert curve(plane)[0] == pytest.approx([10, 20, 30, 35, 36])
    assert curve(plane)[1] == pytest.approx([1, 5, 3, 2, 8])
    assert plane.get_aspect() == 1.0
    cycle, ohm = curve(resistance)
    assert (cycle.tolist(), ohm.tolist()) == ([2.0], [10.0])


def series(name: str, values: list[float], quality: Quality = Quality.OK) -> SensorSeries:
    times = np.linspace(0.0, 3600.0 * (len(values) - 1), len(values))
    return SensorSeries(name, "pressure", "Pa", times, np.array(values), (Quality.OK,) * (len(values) - 1) + (quality,))


def test_a_vacuum_is_logarithmic_with_its_limit_and_without_bad_readings() -> None:
    chamber = series("chamber", [3e-3, 4e-3, 99.0], Quality.FAULT)
    (axes,) = draw_sensors([chamber], {("chamber", "pressure"): 0.1}, simulated=False).axes
    assert axes.get_yscale() == "log"
    assert curve(axes)[1] == pytest.approx([3e-5, 4e-5])
    assert curve(axes, 1)[1] == pytest.approx([1e-3, 1e-3])
    low, high = axes.get_ylim()
    assert low <= 3e-5 < 1e-3 <= high
    assert axes.get_ylabel() == "chamber\npressure / mbar"


def test_a_stack_is_linear_and_in_megapascal() -> None:
    (axes,) = draw_sensors([series("stack", [5e6, 6e6])], {}, simulated=False).axes
    assert axes.get_yscale() == "linear"
    assert curve(axes)[1] == pytest.approx([5.0, 6.0])
    assert axes.get_ylabel() == "stack\npressure / MPa"


def test_the_used_part_of_a_budget() -> None:
    dose = RegionDose("anode", (60.0, 120.0), (1.0, 3.0), 2, 0, ((1, 1.0), (2, 2.0)), 4.0, True)
    growth, budget = draw_dose([dose], simulated=False).axes
    assert curve(growth)[1] == pytest.approx([0.0, 1.0, 3.0, 3.0])
    assert [bar.get_width() for bar in budget.patches if isinstance(bar, Rectangle)] == pytest.approx([50.0])


def test_latencies_and_their_contract() -> None:
    (axes,) = draw_latencies([("a short", (0.5, 1.5), 3.0)], simulated=False).axes
    assert curve(axes)[0] == pytest.approx([0.5, 1.5])
    assert curve(axes, 1)[0] == pytest.approx([3.0, 3.0])


def test_spectra_are_drawn_with_the_names_of_their_lines(run: Path) -> None:
    spectrum = read_material(run).run.spectra.points[0]
    figure = draw_spectra([(spectrum.row, spectrum.counts)], ("S", "Ni"), simulated=False)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["S Kα"]
    assert axes.texts[0].xy[0] == pytest.approx(2.308)  # type: ignore[attr-defined]
    assert axes.get_xlabel() == "Energy / keV"


def test_element_maps_share_a_scale_by_column(run: Path) -> None:
    row = read_material(run).run.spectra.maps[0].row
    first, second = np.arange(12.0).reshape(4, 3), 2.0 * np.arange(12.0).reshape(4, 3)
    figure = draw_element_maps(
        [(row, [("S Kα", first)]), (replace(row, start_s=99.0), [("S Kα", second)])], simulated=True
    )
    images = [axes.images[0] for axes in figure.axes if axes.images]
    assert [np.asarray(image.get_array()).tolist() for image in images] == [first.tolist(), second.tolist()]
    assert {image.get_clim() for image in images} == {(0.0, 22.0)}


def test_a_single_sample_that_stands_out_is_still_drawn() -> None:
    values = np.zeros(100_000)
    values[54_321], values[54_400] = 1.0, -1.0
    kept = thinned(values, 4000)
    assert kept.size <= 4002
    assert {54_321, 54_400, 0, values.size - 1} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()
