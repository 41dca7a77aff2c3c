"""The figure of a leak test: its interval holds the true leak of the simulated world as often as it promises."""

import math

import numpy as np
import pytest

from operando.protocols.interlocks.leak_figure import LeakFigure, MBAR_LITRE_Pa_m3, leak_figure
from operando.simulators.world.box import SimulatedBox

VOLUME_M3 = 2e-4
VOLUME_SHARE = 0.05
GAUGE_NOISE_Pa, THERMOMETER_NOISE_K = 2.0, 5e-3
GLOVEBOX_Pa = 101625.0
TESTS = 400


def measured(
    box: SimulatedBox, random: np.random.Generator, start_s: float, minutes: float, shared: float = 0.0
) -> LeakFigure:
    """One test, with a gauge whose noise may wander from reading to reading."""
    readings, wandering = [], 0.0
    for now in np.arange(start_s, start_s + 60.0 * minutes, 10.0):
        wandering = shared * wandering + math.sqrt(1.0 - shared**2) * random.standard_normal()
        kelvin = box.temperature_K(now) + THERMOMETER_NOISE_K * random.standard_normal()
        readings.append((float(now), box.pressure_Pa(now) + GAUGE_NOISE_Pa * wandering, kelvin))
    figure = leak_figure(readings, VOLUME_M3 * (1.0 + VOLUME_SHARE * random.standard_normal()), VOLUME_SHARE)
    assert figure is not None
    return figure


@pytest.mark.parametrize("shared", [0.0, 0.5], ids=["white noise", "wandering noise"])
@pytest.mark.parametrize("mbar_litre_per_s", [0.0, 1e-5, 1e-4, 1e-3], ids="{:g} mbar l/s".format)
def test_the_interval_holds_the_true_leak_as_often_as_it_promises(mbar_litre_per_s: float, shared: float) -> None:
    random = np.random.default_rng(7)
    held = 0
    for _ in range(TESTS):
        start_s = float(random.uniform(0.0, 86400.0))
        box = SimulatedBox(VOLUME_M3, 1.1e5, 0.0, outside_Pa=GLOVEBOX_Pa)
        box.open_leak(mbar_litre_per_s * MBAR_LITRE_Pa_m3 / (1.1e5 - GLOVEBOX_Pa), start_s)
        figure = measured(box, random, start_s, 20.0, shared)
        true = (box.amount_Pa_m3(start_s) - box.amount_Pa_m3(start_s + 1200.0)) / 1200.0
        held += abs(figure.rate_Pa_m3_per_s - true) <= figure.uncertainty_Pa_m3_per_s
    assert held >= 0.92 * TESTS, f"{held} of {TESTS}"


def test_an_evacuated_box_that_takes_in_air_leaks_inwards() -> None:
    box = SimulatedBox(VOLUME_M3, 1.1e5, 0.0)
    box.fill(1.0, 0.0)
    box.surround(101325.0, 0.0)
    box.open_leak(1e-9, 0.0)
    figure = measured(box, np.random.default_rng(1), 0.0, 20.0)
    assert figure.rate_Pa_m3_per_s == pytest.approx(-1e-4, rel=0.2)


def test_a_day_that_warms_up_is_no_leak_and_is_told_as_uncertainty() -> None:
    readings = [(10.0 * n, 1.1e5 * (1.0 + n * 1e-5), 298.0 * (1.0 + n * 1e-5)) for n in range(120)]
    figure = leak_figure(readings, VOLUME_M3, VOLUME_SHARE)
    assert figure is not None
    by_pressure_alone = VOLUME_M3 * 1.1e5 * 1e-6
    assert abs(figure.rate_Pa_m3_per_s) < 1e-4 * by_pressure_alone
    assert figure.by_temperature == pytest.approx(0.1 * by_pressure_alone, rel=0.01)


def test_a_longer_test_tells_more() -> None:
    box = SimulatedBox(VOLUME_M3, 1.1e5, 1e-6, outside_Pa=101625.0)
    short, long = (measured(box, np.random.default_rng(3), 0.0, minutes) for minutes in (5.0, 40.0))
    assert long.by_scatter < short.by_scatter / 10


@pytest.mark.parametrize(
    "readings", [[], [(0.0, 1e5, 298.0)] * 9, [(0.0, 1e5, 298.0)] * 20], ids=["none", "few", "at once"]
)
def test_too_few_readings_give_no_figure(readings: list[tuple[float, float, float]]) -> None:
    assert leak_figure(readings, VOLUME_M3, VOLUME_SHARE) is None


def test_it_is_told_in_the_units_of_people() -> None:
    figure = LeakFigure(1e-5, 1e-7, 1e-7, 5e-7, 2.0, 1200.0, 120)
    assert str(figure) == "0.0001 +- 1e-05 mbar l/s (95 %), 120 readings in 20 min"
