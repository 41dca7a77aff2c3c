"""The stage: moves take time, positions are old while it moves, and what it cannot do it ignores."""

import math

import pytest
from support.bare_world import BareWorld
from support.sharksem_client import SharkSemClient

from operando.simulators.microscopes import TescanMicroscope, TescanSettings


def position(client: SharkSemClient) -> list[float]:
    return client.ask("StgGetPosition").numbers()


def busy(client: SharkSemClient) -> bool:
    return client.ask("StgIsBusy").integers() == (1,)


def wait_until_idle(client: SharkSemClient) -> None:
    while busy(client):
        client.pass_time(0.1)


def test_the_facts_of_the_log() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    limits = client.ask("StgGetLimits", 0).numbers()
    assert limits == [-65, 65, -65, 65, 3, 103, -360, 360, -60, 90]
    assert position(client) == [0, 13.5, 90, 0, 0]
    assert client.ask("StgIsCalibrated").integers() == (1,)
    assert client.ask("StgGetMotorized").integers() == (0, 0, 0, 0, 0)
    before = client.now
    client.do("StgMoveTo", 10.0, 5.0, 0.0, 0.0, 0.0)
    assert client.now - before == pytest.approx(0.2, abs=0.01)
    assert not busy(client)
    assert position(client) == [0, 13.5, 90, 0, 0]


def test_before_version_3_a_target_out_of_range_is_limited() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld(), TescanSettings(version="2.0.22")))
    client.do("StgMoveTo", 80.0)
    client.pass_time(60.0)
    assert position(client)[0] == 65.0


def test_a_move_takes_its_time_and_the_position_is_refreshed_twice_a_second() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("StgMoveTo", 9.0)
    started = client.now - 0.201
    seen = set()
    while busy(client):
        seen.add(position(client)[0])
        client.pass_time(0.02)
    assert client.now - started == pytest.approx(9.0 / 3.0 + 0.1, abs=0.05)
    assert sorted(seen) == pytest.approx([0.0, 1.5, 3.0, 4.5, 6.0, 7.5, 9.0])
    assert position(client) == [9.0, 13.5, 90, 0, 0]


def test_a_busy_stage_ignores_a_move_and_says_so_only_to_the_newer_command() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("StgMoveTo", 9.0)
    client.do("StgMoveTo", -9.0)
    assert client.ask("StgMoveToEx", -9.0).integers() == (-6,)
    wait_until_idle(client)
    assert position(client)[0] == 9.0
    assert client.ask("StgMoveToEx", 8.0).integers() == (0,)
    wait_until_idle(client)
    assert client.ask("StgMoveToEx", 99.0).integers() == (-4,)


def test_the_true_position_is_a_little_beside_the_displayed_one() -> None:
    world = BareWorld()
    client = SharkSemClient(TescanMicroscope(world))
    offsets = set()
    for x in (1.0, 2.0, 1.0):
        client.do("StgMoveTo", x, 0.5, 89.0, 0.0, 1.0)
        wait_until_idle(client)
        true = world.beam.stage
        offset_um = math.hypot(true.x_m * 1e6 - x * 1e3, true.y_m * 1e6 - 500.0)
        assert 0.2 <= offset_um <= 2.0
        assert true.z_m == pytest.approx(1e-3)
        assert true.tilt_rad == pytest.approx(math.radians(1.0))
        offsets.add(offset_um)
    assert len(offsets) == 3


def test_the_world_follows_a_move_while_nobody_asks() -> None:
    world = BareWorld()
    client = SharkSemClient(TescanMicroscope(world))
    client.send("StgMoveTo", 9.0)
    world.advance(1.5)
    assert world.beam.stage.x_m == pytest.approx(4.5e-3, abs=0.4e-3)
    world.advance(10.0)
    assert world.beam.stage.x_m == pytest.approx(9e-3, abs=3e-6)


def test_stop_and_endless_motion() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("StgMove", 2.0, -1.0)
    started = client.now - 0.001
    client.pass_time(3.0)
    assert busy(client)
    client.do("StgStop")
    passed = client.now - 0.001 - started
    assert position(client)[:2] == pytest.approx([2.0 * passed, 13.5 - passed], abs=0.02)
    assert not busy(client)
    client.do("StgMove", 10.0)
    client.pass_time(60.0)
    assert busy(client)
    client.do("StgStop")
    assert position(client)[0] == 65.0


def test_the_watchdog_stops_a_stage_that_nobody_watches() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("StgWatchdog", 1.0)
    client.do("StgMoveTo", 60.0)
    for _ in range(4):
        client.pass_time(0.7)
        assert busy(client)
    client.pass_time(1.1)
    assert not busy(client)
    assert position(client)[0] == pytest.approx(3.0 * (0.2 + 4 * 0.7 + 1.0), abs=0.2)


def test_the_watchdog_ends_when_the_stage_has_arrived() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.do("StgWatchdog", 1.0)
    client.do("StgMoveTo", 0.5)
    wait_until_idle(client)
    client.do("StgMoveTo", 12.0)
    client.pass_time(10.0)
    assert position(client)[0] == 12.0


def test_calibration_is_needed_and_takes_its_time() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld(), TescanSettings(stage_calibrated=False)))
    assert client.ask("StgMoveToEx", 1.0).integers() == (-2,)
    client.do("StgCalibrate")
    assert client.ask("IsBusy", 0x200).integers() == (1,)
    assert client.ask("StgGetPosition", flags=0x200).at == pytest.approx(40.0, abs=0.3)
    assert client.ask("StgMoveToEx", 1.0).integers() == (0,)


def test_faults_of_the_stage() -> None:
    microscope = TescanMicroscope(BareWorld())
    client = SharkSemClient(microscope)
    microscope.faults.stage_misses_mm = 0.05
    client.do("StgMoveTo", 1.0)
    wait_until_idle(client)
    assert position(client)[0] == 1.05
    microscope.faults.stage_stuck = True
    client.do("StgMoveTo", 2.0)
    client.pass_time(100.0)
    assert busy(client)
    assert position(client)[0] == 1.05
    microscope.faults.stage_stuck = False
    assert not busy(client)


def test_an_operator_moves_the_stage() -> None:
    microscope = TescanMicroscope(BareWorld())
    client = SharkSemClient(microscope)
    microscope.operator_moves_stage((2.0, 13.5, 90.0, 0.0, 0.0), now=1.0)
    client.pass_time(1.1)
    assert busy(client)
    wait_until_idle(client)
    assert position(client)[0] == 2.0
