"""Hard short, contact loss and leak: what each is, and what it is not."""

from collections.abc import Callable
from itertools import chain

import numpy as np
import pytest
from numpy.typing import NDArray
from support.signals import MadeStep, fed, quiet_V, samples_of

from operando.drivers.roles import Galvanostatic, OpenCircuit
from operando.protocols.detect import ContactLoss, HardShort, Leak
from operando.protocols.triggers.detector import Detection

LENGTH, AT = 1200, 600


def changed(change: Callable[[NDArray[np.float64]], NDArray[np.float64]], noise_V: float = 20e-6) -> NDArray[np.void]:
    voltage_V = quiet_V(LENGTH, noise_V)
    voltage_V[AT:] = change(voltage_V[AT:])
    return samples_of(voltage_V)


@pytest.mark.parametrize("left", [0.0, 0.08, 0.14])
def test_collapse_to_the_share_of_a_bridge_is_a_hard_short_within_three_samples(left: float) -> None:
    (found,) = fed(HardShort(), changed(lambda V: V * left))
    assert found.time_s == AT + 3
    assert 0.5 <= found.score <= 1.0


@pytest.mark.parametrize("left", [0.2, 0.6, 0.99])
def test_fall_that_leaves_more_is_none(left: float) -> None:
    assert fed(HardShort(), changed(lambda V: V * left)) == []


def test_collapse_between_two_steps_is_found_in_a_full_cell_and_not_in_a_symmetric_one() -> None:
    for before_V, count in ((3.8, 1), (0.03, 0)):
        detector = HardShort()
        assert fed(detector, samples_of(np.full(100, before_V))) == []
        rest = MadeStep(OpenCircuit(), started_s=200.0, number=2)
        assert len(fed(detector, samples_of(np.full(50, 0.001), 0.0, start_s=200.0), rest)) == count


def test_symmetric_cell_that_collapses_under_its_current_is_shorted() -> None:
    voltage_V = np.concatenate((np.full(100, 0.030), np.full(50, 0.0004)))
    (found,) = fed(HardShort(), samples_of(voltage_V))
    assert found.time_s == 103.0


def test_hard_short_that_ends_and_comes_again_is_two() -> None:
    voltage_V = np.full(600, 3.8)
    voltage_V[100:200] = voltage_V[400:500] = 0.1
    assert [found.time_s for found in fed(HardShort(), samples_of(voltage_V))] == [103.0, 403.0]


@pytest.mark.parametrize(("current_A", "sign"), [(1.2e-4, 1.0), (-1.2e-4, -1.0)])
def test_quiet_step_away_from_equilibrium_is_lost_contact(current_A: float, sign: float) -> None:
    block = changed(lambda V: V + sign * 5e-3)
    block["current_A"] = current_A
    (found,) = fed(ContactLoss(), block, MadeStep(Galvanostatic(current_A)))
    assert AT + 6 <= found.time_s <= AT + 13
    assert "5.0 mV" in found.detail


NO_CONTACT_LOST: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "nothing": lambda V: V,
    "towards equilibrium": lambda V: V - 5e-3,
    "offset of the beam": lambda V: V + 0.2e-3,
    "restless": lambda V: V + 10e-3 * np.exp(0.5 * np.random.default_rng(1).standard_normal(V.size)),
    "slow rise": lambda V: V + np.linspace(0.0, 50e-3, V.size),
    "spike": lambda V: V + 5e-3 * (np.arange(V.size) < 2),
}


@pytest.mark.parametrize("what", NO_CONTACT_LOST)
@pytest.mark.parametrize("noise_V", [20e-6, 400e-6])
def test_what_is_no_lost_contact_is_not_called_so(what: str, noise_V: float) -> None:
    assert fed(ContactLoss(), changed(NO_CONTACT_LOST[what], noise_V)) == []


def test_contact_tells_nothing_without_a_current() -> None:
    assert fed(ContactLoss(), changed(lambda V: V + 5e-3), MadeStep(OpenCircuit())) == []


def read(
    pressure_Pa: NDArray[np.float64], temperature_K: NDArray[np.float64], every_s: float = 10.0
) -> list[Detection]:
    detector = Leak()
    readings = zip(np.arange(pressure_Pa.size) * every_s, pressure_Pa, temperature_K, strict=True)
    return list(
        chain.from_iterable(
            (*detector.reading("temperature", "box", t, K), *detector.reading("pressure", "box", t, Pa))
            for t, Pa, K in readings
        )
    )


def gas(leaking_per_s: float, warming_K: float = 0.0, seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Four hours of a box that leaks in its second half and warms all the time."""
    random, time_s = np.random.default_rng(seed), np.arange(1440) * 10.0
    temperature_K = 298.0 + warming_K * time_s / time_s[-1]
    lost = np.exp(-leaking_per_s * np.maximum(time_s - 7200.0, 0.0))
    pressure_Pa = 1.1e5 * temperature_K / 298.0 * lost + 2.0 * random.standard_normal(time_s.size)
    return pressure_Pa, temperature_K + 5e-3 * random.standard_normal(time_s.size)


@pytest.mark.parametrize("rate_per_s", [1e-6, -1e-6, 1e-4])
def test_gas_that_goes_or_comes_is_a_leak_and_told_once(rate_per_s: float) -> None:
    (found,) = read(*gas(rate_per_s))
    assert 7200.0 < found.time_s < 7800.0
    assert ("-" in found.detail) is (rate_per_s > 0.0)


@pytest.mark.parametrize("warming_K", [0.0, 5.0, -5.0])
def test_box_that_warms_does_not_leak(warming_K: float) -> None:
    assert read(*gas(0.0, warming_K)) == []


def test_readings_that_are_missing_or_of_a_vacuum_say_nothing() -> None:
    pressure_Pa, temperature_K = gas(1e-5)
    assert read(np.full(pressure_Pa.size, np.nan), temperature_K) == []
    assert read(pressure_Pa * 1e-6, temperature_K) == []
    assert read(pressure_Pa, np.full(pressure_Pa.size, np.nan)) == []
