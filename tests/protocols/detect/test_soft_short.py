"""Soft short: what it is and, more often, what it is not."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.signals import MadeStep, fed, quiet_V, samples_of

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic
from operando.protocols.detect import SoftShort

LENGTH = 1200
AT = 600
RANDOM = np.random.default_rng(3)
UNREST = np.exp(0.35 * RANDOM.standard_normal(LENGTH - AT))


def with_event(added_V: NDArray[np.float64], noise_V: float = 20e-6) -> NDArray[np.float64]:
    voltage_V = quiet_V(LENGTH, noise_V)
    voltage_V[AT : AT + added_V.size] += added_V
    return voltage_V


@pytest.mark.parametrize(("fall_V", "within_s"), [(0.3, 6.0), (20e-3, 6.0), (5e-3, 12.0), (2e-3, 16.0)])
def test_fall_that_is_restless_is_found_the_sooner_the_deeper(fall_V: float, within_s: float) -> None:
    (found,) = fed(SoftShort(), samples_of(with_event(-fall_V * UNREST)))
    assert AT + 1 <= found.time_s <= AT + within_s
    assert 0.5 <= found.score < 1.0
    assert "fell" in found.detail


def test_short_that_lasts_is_one_short_and_another_one_later_is_another() -> None:
    voltage_V = quiet_V(4000)
    for begin in (600, 2400):
        voltage_V[begin : begin + 500] -= 30e-3 * UNREST[:500]
    found = fed(SoftShort(), samples_of(voltage_V))
    assert [round(detection.time_s, -2) for detection in found] == [600.0, 2400.0]


HEALTHY = {
    "nothing": np.zeros(1),
    "spike of a range": np.array([-5e-3]),
    "two spikes": np.array([-5e-3, -5e-3]),
    "stage that moves": 2e-3 * RANDOM.standard_normal(6),
    "offset of the beam": np.full(300, -0.2e-3),
    "quiet step down": np.full(600, -20e-3),
    "slow fall": -np.linspace(0.0, 30e-3, 600),
    "relaxation": -20e-3 * (1.0 - np.exp(-np.arange(600) / 20.0)),
}


@pytest.mark.parametrize("what", HEALTHY)
@pytest.mark.parametrize("noise_V", [20e-6, 100e-6, 400e-6])
def test_what_is_no_short_is_not_called_one(what: str, noise_V: float) -> None:
    assert fed(SoftShort(), samples_of(with_event(HEALTHY[what], noise_V))) == []


def test_held_voltage_shows_a_short_in_the_current() -> None:
    current_A = 50e-6 * np.exp(-np.arange(LENGTH) / 3000.0) + 1e-8 * RANDOM.standard_normal(LENGTH)
    current_A[AT:] += 100e-6 * UNREST
    block = samples_of(np.full(LENGTH, 4.2), current_A)
    (found,) = fed(SoftShort(), block, MadeStep(Potentiostatic(4.2)))
    assert AT + 1 <= found.time_s <= AT + 6
    assert "current" in found.detail


def test_short_during_rest_is_found() -> None:
    (found,) = fed(SoftShort(), samples_of(with_event(-10e-3 * UNREST), 0.0), MadeStep(OpenCircuit()))
    assert found.time_s <= AT + 6


def test_spectrum_shakes_the_cell_on_purpose() -> None:
    shaken_V = quiet_V(LENGTH) + 14e-3 * np.sin(2.39 * np.arange(LENGTH))
    step = MadeStep(Impedance(2e5, 1.0, 10, 0.01))
    assert fed(SoftShort(), samples_of(shaken_V), step) == []


def test_short_that_begins_with_the_step_is_found_because_it_lasts() -> None:
    detector = SoftShort()
    fed(detector, samples_of(quiet_V(LENGTH)))
    restless_V = quiet_V(300) - 20e-3 * np.exp(0.35 * RANDOM.standard_normal(300))
    (found,) = fed(detector, samples_of(restless_V, start_s=2000.0), MadeStep(started_s=2000.0, number=2))
    assert found.time_s < 2000.0 + 90.0
    assert found.detail == "restless for long"


def test_charge_that_gets_nowhere_is_a_short() -> None:
    stuck_V = np.concatenate((quiet_V(1800), 9e-3 + quiet_V(5000, rise_V_per_s=0.0)))
    (found,) = fed(SoftShort(), samples_of(stuck_V), size=600)
    assert "an hour of charge" in found.detail
    assert 1800 + 3000 < found.time_s < 1800 + 3900
    discharge = MadeStep(Galvanostatic(-1.2e-4))
    assert fed(SoftShort(), samples_of(stuck_V, -1.2e-4), discharge, size=600) == []
