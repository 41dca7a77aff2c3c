"""The leak of a box by p/T: true leaks are found, days and nights are none."""

import math

import numpy as np
import pytest
from support.interlock_readings import BOX, BOX_TEMPERATURE, judge, reading

from operando.protocols.interlocks.leak import LeakEstimator

VOLUME_M3 = 2e-4
NOISE_Pa = 10.0
MBAR_LITRE = 0.1


def readings(leak_Pa_m3_per_s: float, seed: int, minutes: int) -> list[tuple[float, float, float]]:
    """Time, pressure and temperature each minute, with noise of 0.1 mbar and a swing of the room."""
    noise = np.random.default_rng(seed)
    found = []
    for minute in range(minutes):
        time_s = 60.0 * minute
        temperature_K = 298.0 + 1.5 * math.sin(2 * math.pi * time_s / 86400.0)
        density = 1.1e5 / 298.0 - leak_Pa_m3_per_s * time_s / VOLUME_M3 / 298.0
        found.append((time_s, density * temperature_K + NOISE_Pa * noise.standard_normal(), temperature_K))
    return found


def test_the_estimate_is_within_its_own_uncertainty() -> None:
    misses = 0
    for seed in range(100):
        estimator = LeakEstimator(VOLUME_M3)
        for time_s, pressure_Pa, temperature_K in readings(1e-5, seed, 60):
            estimator.temperature(temperature_K)
            estimator.pressure(time_s, pressure_Pa)
        estimate = estimator.estimate()
        assert estimate is not None
        misses += abs(estimate.rate_Pa_m3_per_s + 1e-5) > 2 * estimate.sigma_Pa_m3_per_s
    assert misses <= 12, "two standard deviations are missed by one estimate in twenty"


@pytest.mark.parametrize(
    ("mbar_litre_per_s", "within_min"), [(2e-3, 15), (1.2e-3, 40), (0.0, None), (5e-4, None)], ids=str
)
def test_leaks_above_the_limit_trip_and_others_do_not(mbar_litre_per_s: float, within_min: int | None) -> None:
    for seed in range(5):
        made = judge("box leak")
        tripped_min = None
        for time_s, pressure_Pa, temperature_K in readings(mbar_litre_per_s * MBAR_LITRE, seed, 26 * 60):
            for source in (BOX, BOX_TEMPERATURE):
                made.readings.expect(source, 60.0, time_s)
            made.take(BOX_TEMPERATURE, reading(BOX_TEMPERATURE, temperature_K, time_s))
            made.take(BOX, reading(BOX, pressure_Pa, time_s))
            if made.judge(time_s) and tripped_min is None:
                tripped_min = time_s / 60.0
            if tripped_min is not None:
                break
        if within_min is None:
            assert tripped_min is None
        else:
            assert tripped_min is not None and tripped_min <= within_min


def test_a_seal_that_bursts_trips_at_the_next_reading() -> None:
    made = judge("box leak")
    for now, pressure_Pa in enumerate([1.1e5] * 5 + [6e4]):
        made.take(BOX_TEMPERATURE, reading(BOX_TEMPERATURE, 298.0, now))
        made.take(BOX, reading(BOX, pressure_Pa + now, now))
        found = made.judge(now)
    assert [one.kind for one in found] == ["tripped"] and "its seal is open" in found[0].why
