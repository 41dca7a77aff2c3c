"""What heads make of pressure and gas."""

import pytest
from support.gauge_world import GaugeWorld

from operando.simulators.gauges.vacuum_head import HeadKind, HeadState


@pytest.mark.parametrize(
    ("kind", "pressure_Pa", "argon", "shown_Pa"),
    [
        (HeadKind.PIRANI, 100.0, 0.0, 100.0),
        (HeadKind.PIRANI, 100.0, 1.0, 100.0 / 1.65),
        (HeadKind.COLD_CATHODE, 1e-3, 1.0, 1.3e-3),
        (HeadKind.FULL_RANGE, 1e-3, 1.0, 1.3e-3),
        (HeadKind.FULL_RANGE, 100.0, 1.0, 100.0 / 1.65),
        (HeadKind.DIAPHRAGM, 100.0, 1.0, 100.0),
    ],
)
def test_the_gas_counts(kind: HeadKind, pressure_Pa: float, argon: float, shown_Pa: float) -> None:
    world = GaugeWorld(pressure_Pa)
    shown, state = world.head(kind, argon).measure(world, 0.0)
    assert shown == pytest.approx(shown_Pa)
    assert state is HeadState.OK


@pytest.mark.parametrize(
    ("kind", "pressure_Pa", "state"),
    [
        (HeadKind.PIRANI, 1e-4, HeadState.UNDER),
        (HeadKind.COLD_CATHODE, 1e-8, HeadState.UNDER),
        (HeadKind.COLD_CATHODE, 100.0, HeadState.OVER),
        (HeadKind.DIAPHRAGM, 3e5, HeadState.OVER),
    ],
)
def test_out_of_range(kind: HeadKind, pressure_Pa: float, state: HeadState) -> None:
    world = GaugeWorld(pressure_Pa)
    assert world.head(kind).measure(world, 0.0)[1] is state


def test_a_fault_is_reported_whatever_the_pressure_is() -> None:
    world = GaugeWorld()
    head = world.head()
    head.state = HeadState.ERROR
    assert head.measure(world, 0.0)[1] is HeadState.ERROR
    head.state, head.stuck_Pa = HeadState.OK, 5.0
    world.pressure = 1.0
    assert head.measure(world, 0.0) == (5.0, HeadState.OK)
