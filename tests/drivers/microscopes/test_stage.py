"""The stage: what is refused before it is sent, what goes out, and when it is believed to stand."""

import math
from dataclasses import replace

import pytest
from support.sharksem_script import ScriptedSem, Value, open_scripted

from operando.drivers.bench.file import KeepOutBox, StageEntry
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import DeviceFault, LimitRefused
from operando.drivers.roles import Stage, StagePosition

START = StagePosition(0.0, 13.5e-3, 90e-3)
TARGET = StagePosition(10e-3, 5e-3, 90e-3, math.radians(30))


@pytest.fixture
def sem() -> ScriptedSem:
    return ScriptedSem(VirtualClock())


def open_stage(sem: ScriptedSem, entry: StageEntry | None = None, *, accepted: bool = True) -> Stage:
    stage = open_scripted(sem, stage=entry, accepted=accepted).stage
    assert stage is not None
    return stage


def stand(sem: ScriptedSem, position: StagePosition) -> None:
    degrees = math.degrees(position.rotation_rad), math.degrees(position.tilt_rad)
    sem.values["StgGetPosition"] = [position.x_m * 1e3, position.y_m * 1e3, position.z_m * 1e3, *degrees]


def test_limits_and_position_are_in_metres_and_radians(sem: ScriptedSem) -> None:
    stage = open_stage(sem)
    assert stage.capabilities.lowest == StagePosition(-65e-3, -65e-3, 3e-3, -2 * math.pi, 0.0)
    assert stage.capabilities.highest == StagePosition(65e-3, 65e-3, 103e-3, 2 * math.pi, 0.0)
    assert stage.position() == START


def test_a_move_goes_out_in_millimetres_and_degrees(sem: ScriptedSem) -> None:
    open_stage(sem).move_to(TARGET)
    assert sem.told[-1] == ("StgMoveTo", 10.0, 5.0, 90.0, 30.0, 0.0)


NEAR = StageEntry.model_validate({"minimum_working_distance": "6 mm"})
BOXED = StageEntry(
    keep_out=(KeepOutBox.model_validate({"x": ("4 mm", "6 mm"), "y": ("0 mm", "20 mm"), "z": (0, "1 m")}),)
)


@pytest.mark.parametrize(
    ("target", "entry", "says"),
    [
        pytest.param(replace(START, x_m=66e-3), None, "x = 0.066 m is outside -0.065 to 0.065", id="beyond x"),
        pytest.param(replace(START, z_m=0.0), None, "z = 0 m is outside 0.003 to 0.103", id="the move that v3 ignored"),
        pytest.param(replace(START, rotation_rad=7.0), None, "rotation = 7 rad is outside", id="beyond rotation"),
        pytest.param(replace(START, x_m=math.nan), None, "x = nan m is outside", id="no number"),
        pytest.param(replace(START, tilt_rad=0.1), None, "tilt has no motor and stands at 0 rad", id="no motor"),
        pytest.param(replace(START, z_m=5e-3), NEAR, "nearer to the pole piece than 0.006 m", id="too near"),
        pytest.param(replace(START, x_m=5e-3), BOXED, "passes KeepOut", id="into a keep-out"),
        pytest.param(replace(START, x_m=10e-3), BOXED, "passes KeepOut", id="across a keep-out"),
        pytest.param(replace(START, x_m=5e-3, y_m=25e-3), BOXED, "passes KeepOut", id="straight past its corner"),
    ],
)
def test_what_passes_a_limit_is_refused_before_it_is_sent(
    sem: ScriptedSem, target: StagePosition, entry: StageEntry | None, says: str
) -> None:
    stage = open_stage(sem, entry)
    with pytest.raises(LimitRefused, match=says):
        stage.move_to(target)
    assert sem.orders() == []


def test_a_way_round_a_keep_out_is_free(sem: ScriptedSem) -> None:
    stage = open_stage(sem, BOXED)
    for corner in (replace(START, y_m=25e-3), replace(START, x_m=10e-3, y_m=25e-3), replace(START, x_m=10e-3)):
        stage.move_to(corner)
        stand(sem, corner)
    assert len(sem.orders()) == 3


def test_a_stage_that_does_not_know_where_it_is_is_not_moved(sem: ScriptedSem) -> None:
    stage = open_stage(sem)
    sem.values["StgGetPosition"] = [math.nan, 0.0, 90.0, 0.0, 0.0]
    with pytest.raises(LimitRefused, match="does not know its x"):
        stage.move_to(TARGET)
    assert sem.orders() == []


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [("StgIsCalibrated", 0, "not calibrated"), ("StgIsBusy", 1, "moves already")],
)
def test_a_stage_that_would_ignore_the_move_is_an_error(
    sem: ScriptedSem, question: str, answer: Value, says: str
) -> None:
    stage = open_stage(sem)
    sem.values[question] = [answer]
    with pytest.raises(DeviceFault, match=says):
        stage.move_to(TARGET)
    assert sem.orders() == []


def test_nobody_has_accepted_the_driver(sem: ScriptedSem) -> None:
    stage = open_stage(sem, accepted=False)
    with pytest.raises(LimitRefused, match="never been on hardware"):
        stage.move_to(TARGET)
    assert sem.orders() == []


def test_standing_at_the_target_is_believed_at_once(sem: ScriptedSem) -> None:
    stage = open_stage(sem)
    assert not stage.moving()
    stage.move_to(TARGET)
    sem.values["StgIsBusy"] = [1]
    assert stage.moving()
    sem.values["StgIsBusy"] = [0]
    stand(sem, replace(TARGET, x_m=TARGET.x_m + 1e-6))
    assert not stage.moving()


def test_standing_for_a_moment_between_two_axes_is_still_moving(sem: ScriptedSem) -> None:
    stage = open_stage(sem)
    stage.move_to(TARGET)
    assert stage.moving(), "not busy, and not at the target"
    sem.values["StgIsBusy"] = [1]
    sem.clock.sleep_until(10.0)
    assert stage.moving()
    sem.values["StgIsBusy"] = [0]
    stand(sem, TARGET)
    assert not stage.moving()


def test_a_move_that_was_ignored_ends_away_from_its_target(sem: ScriptedSem) -> None:
    stage = open_stage(sem)
    stage.move_to(TARGET)
    assert stage.moving()
    sem.clock.sleep_until(1.0)
    assert not stage.moving()
    assert stage.position() == START


def test_stop_is_sent_without_a_wait_flag(sem: ScriptedSem) -> None:
    open_stage(sem).stop()
    assert sem.told == [("StgStop",)]
