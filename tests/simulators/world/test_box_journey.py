"""From the glovebox into the chamber and back: two designs of box, opening in vacuum, leaks that both gauges show."""

import pytest

from operando.simulators.gauges.vacuum_head import HeadKind, VacuumHead
from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.box import SimulatedBox
from operando.simulators.world.box_journey import BoxJourney, BoxPlace
from operando.simulators.world.chamber import ATMOSPHERE_Pa, SimulatedChamber
from operando.simulators.world.simulated_world import SimulatedWorld

HOUR_S = 3600.0


class Laboratory:
    """One box, one chamber, and the way between them."""

    def __init__(self) -> None:
        self.box = SimulatedBox(leak_Pa_m3_per_s=0.0)
        self.chamber = SimulatedChamber(self.box)
        self.journey = BoxJourney(self.box, self.chamber)

    def into_glovebox(self) -> float:
        """Vent, take the box out and bring it into the glovebox; the time then."""
        self.journey.vent(0.0)
        self.journey.transfer(BoxPlace.GLOVEBOX, 300.0)
        return 400.0


def density(box: SimulatedBox, now: float) -> float:
    return box.pressure_Pa(now) / box.temperature_K(now)


def test_box_is_loaded_pumped_around_and_opened_in_vacuum() -> None:
    lab = Laboratory()
    now = lab.into_glovebox()
    lab.journey.open_lid(now)
    assert lab.box.pressure_Pa(now + 60.0) == pytest.approx(ATMOSPHERE_Pa + 300.0)
    lab.journey.close(now + 60.0)
    lab.journey.fill(1.1e5, now + 100.0)
    lab.journey.transfer(BoxPlace.CHAMBER, now + 400.0)
    lab.journey.pump(now + 500.0)
    opened_s = now + 3000.0
    assert lab.chamber.ready(opened_s)
    assert lab.box.pressure_Pa(opened_s) == pytest.approx(1.1e5, rel=2e-3)
    lab.journey.open_lid(opened_s)
    # 0.2 l at 1.1 bar in 40 l
    assert lab.chamber.pressure_Pa(opened_s) == pytest.approx(1.1e5 * 0.2 / 40, rel=0.02)
    assert not lab.chamber.ready(opened_s)
    assert lab.chamber.ready(opened_s + 1200.0)
    assert lab.box.pressure_Pa(opened_s + 1200.0) == lab.chamber.pressure_Pa(opened_s + 1200.0)
    assert not lab.journey.met_air


def test_closed_again_in_vacuum_the_box_keeps_its_vacuum_while_the_chamber_is_vented() -> None:
    lab = Laboratory()
    lab.journey.open_lid(0.0)
    lab.journey.close(2000.0)
    lab.journey.vent(2100.0)
    assert lab.chamber.pressure_Pa(2400.0) > 1e5
    assert lab.box.pressure_Pa(2400.0) < 1.0
    assert not lab.journey.met_air


def test_venting_over_an_open_box_is_remembered() -> None:
    lab = Laboratory()
    lab.journey.open_lid(0.0)
    lab.journey.vent(2000.0)
    assert lab.journey.met_air
    assert lab.box.pressure_Pa(2500.0) > 1e5


@pytest.mark.parametrize(
    ("carried_Pa", "sign"),
    [pytest.param(1.15e5, -1, id="argon overpressure falls"), pytest.param(10.0, 1, id="vacuum rises")],
)
def test_leak_on_the_way_shows_by_the_design_of_the_box(carried_Pa: float, sign: int) -> None:
    lab = Laboratory()
    now = lab.into_glovebox()
    lab.journey.fill(carried_Pa, now)
    lab.journey.transfer(BoxPlace.AIR, now + 60.0)
    tight = density(lab.box, now + HOUR_S) - density(lab.box, now + 100.0)
    assert tight == pytest.approx(0.0, abs=1e-9)
    lab.journey.leak(1e-9, now + HOUR_S)
    change = density(lab.box, now + 2 * HOUR_S) - density(lab.box, now + HOUR_S)
    assert sign * change > 0
    flow = 1e-9 * (carried_Pa - ATMOSPHERE_Pa) * HOUR_S
    assert -change * 298.0 * lab.box.volume_m3 == pytest.approx(flow, rel=0.02)


def test_what_the_box_loses_the_chamber_gets() -> None:
    lab, tight = Laboratory(), Laboratory()
    lab.journey.leak(5e-10, 100.0)
    lost = (density(lab.box, 1000.0) - density(lab.box, 1600.0)) * 298.0 * lab.box.volume_m3 / 600.0
    extra_Pa = lab.chamber.pressure_Pa(1300.0) - tight.chamber.pressure_Pa(1300.0)
    assert extra_Pa * 0.05 == pytest.approx(lost, rel=0.01)
    assert tight.chamber.argon_share(1300.0) == 0.0
    assert 0.0 < lab.chamber.argon_share(1300.0) < 0.1


def test_gauges_adjusted_for_nitrogen_show_too_much_where_the_box_leaks_argon() -> None:
    world = SimulatedWorld(WorldSettings(preset="fine", seed=1))
    gauge = VacuumHead(HeadKind.FULL_RANGE, world.chamber.pressure_Pa, "head", world.chamber.argon_share, noise=0.0)
    world.journey.leak(5e-8, 100.0)
    share, true_Pa = world.chamber.argon_share(1300.0), world.chamber.pressure_Pa(1300.0)
    assert share > 0.5
    # a cold cathode sees 1.3 times as much argon; above 0.1 Pa the Pirani begins to take over
    assert gauge.measure(world, 1300.0)[0] == pytest.approx(true_Pa * expected(share, true_Pa))


def expected(share: float, pressure_Pa: float) -> float:
    pirani = min(max((pressure_Pa - 0.1) / 0.9, 0.0), 1.0)
    return 1 - share + share * (pirani / 1.65 + (1 - pirani) * 1.3)


def test_a_box_outside_does_not_leak_into_the_chamber() -> None:
    lab = Laboratory()
    now = lab.into_glovebox()
    lab.journey.leak(1e-7, now)
    lab.journey.pump(now)
    other = Laboratory()
    other.into_glovebox()
    other.journey.pump(now)
    assert lab.chamber.pressure_Pa(now + HOUR_S) == other.chamber.pressure_Pa(now + HOUR_S)


def test_the_door_does_not_open_under_vacuum() -> None:
    lab = Laboratory()
    with pytest.raises(ValueError, match="door does not open"):
        lab.journey.transfer(BoxPlace.AIR, 10.0)


def test_only_a_closed_box_in_the_glovebox_is_filled() -> None:
    with pytest.raises(ValueError, match="in the glovebox"):
        Laboratory().journey.fill(1e5, 0.0)
