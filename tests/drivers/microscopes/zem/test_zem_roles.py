"""Stage, column, detectors and gauge of a ZEM: what they do, what they lack, and what they refuse."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from support.zem_mouth import ZemMouth

from operando.drivers.errors import ConfigMismatch, DeviceFault, LimitRefused
from operando.drivers.roles import (
    AutofocusRange,
    BeamConditions,
    Blanking,
    DetectorSettings,
    HighVoltage,
    Quality,
    Safety,
    StagePosition,
)

BEAM = BeamConditions(5000.0, 100e-12, 10e-3, 127e-6)


def test_what_it_lacks_is_said() -> None:
    roles = ZemMouth().roles()
    assert roles.column is not None
    assert roles.scanner is not None
    assert roles.stage is not None
    column, scanner, stage = roles.column.capabilities, roles.scanner.capabilities, roles.stage.capabilities
    assert (column.blanks, column.measures_absorbed_current) == (False, False)
    assert (scanner.parks_beam, scanner.scans_externally, scanner.most_detectors) == (False, False, 1)
    assert (512, 512) in scanner.sizes
    assert (stage.lowest.z_m, stage.highest.z_m, stage.highest.tilt_rad) == (0.0, 0.0, 0.0)
    assert roles.column.blank(Blanking.OUTSIDE_SCANS) is Blanking.NEVER
    assert not roles.pressures


def test_conditions_are_read_back_and_the_current_is_the_bench_files() -> None:
    column = ZemMouth().roles({"beam_current": "150 pA"}).column
    assert column is not None
    assert column.conditions() == BeamConditions(5000.0, 150e-12, 10e-3, 127e-6)


def test_setting_a_field_goes_by_the_microscopes_own_constant() -> None:
    mouth = ZemMouth()
    column = mouth.roles().column
    assert column is not None
    column.apply(replace(BEAM, field_width_m=100e-6))
    assert mouth.orders("SetMag")[0].startswith(b"$SetMag:1270,")
    assert not mouth.orders("SetHV")
    mouth.said["GetScanInfo"] = "100.000000,0.000000"
    assert not column.busy()


def test_what_does_not_read_back_is_told() -> None:
    mouth = ZemMouth()
    column = mouth.roles().column
    assert column is not None
    column.apply(replace(BEAM, field_width_m=100e-6))
    with pytest.raises(ConfigMismatch, match="field width"):
        column.busy()
    assert not column.busy()


def test_a_change_of_voltage_is_waited_for() -> None:
    mouth = ZemMouth()
    column = mouth.roles().column
    assert column is not None
    column.apply(replace(BEAM, voltage_V=10e3))
    assert mouth.orders("SetHV")[0].startswith(b"$SetHV:10,")
    mouth.said["GetHvStatus"] = "2"
    assert column.busy()
    mouth.said |= {"GetHvStatus": "1", "GetHV": "10000.0000,26.0"}
    assert not column.busy()


@pytest.mark.parametrize(
    "changed",
    [
        replace(BEAM, voltage_V=30e3),
        replace(BEAM, voltage_V=5500.0),
        replace(BEAM, current_A=200e-12),
        replace(BEAM, working_distance_m=2e-3),
        replace(BEAM, field_width_m=1e-3),
        replace(BEAM, shift_m=(1e-6, 0.0)),
        replace(BEAM, stigmators=(0.0, 0.1)),
    ],
)
def test_what_is_refused_before_sending(changed: BeamConditions) -> None:
    mouth = ZemMouth()
    column = mouth.roles().column
    assert column is not None
    with pytest.raises(LimitRefused):
        column.apply(changed)
    assert not mouth.heard


@pytest.mark.parametrize(
    "target",
    [
        StagePosition(30e-3, 0, 0),
        StagePosition(0, -30e-3, 0),
        StagePosition(0, 0, 1e-3),
        StagePosition(0, 0, 0, 0.1),
        StagePosition(math.nan, 0, 0),
    ],
)
def test_moves_that_it_cannot_make(target: StagePosition) -> None:
    mouth = ZemMouth()
    stage = mouth.roles().stage
    assert stage is not None
    with pytest.raises(LimitRefused):
        stage.move_to(target)
    assert not mouth.heard


def test_a_move_in_micrometres_and_none_while_it_moves() -> None:
    mouth = ZemMouth()
    stage = mouth.roles().stage
    assert stage is not None
    stage.move_to(StagePosition(10e-6, -5e-6, 0.0))
    assert mouth.orders("SetStagePos")[0].startswith(b"$SetStagePos:10.000000,-5.000000,")
    mouth.said["GetStgStatus"] = "0"
    assert stage.moving()
    with pytest.raises(DeviceFault, match="moves already"):
        stage.move_to(StagePosition(0.0, 0.0, 0.0))


def test_nothing_with_an_effect_is_sent_before_somebody_has_accepted_the_driver() -> None:
    mouth = ZemMouth()
    roles = mouth.roles(accepted=False)
    assert roles.column is not None
    assert roles.stage is not None
    column, stage = roles.column, roles.stage
    acts: list[Callable[[], None]] = [
        lambda: column.switch_high_voltage(True),
        lambda: stage.move_to(StagePosition(0, 0, 0)),
        lambda: column.apply(BEAM),
    ]
    for act in acts:
        with pytest.raises(LimitRefused, match="never been on hardware"):
            act()
    assert not [request for request in mouth.heard if request.startswith(b"$Set")]


def test_autofocus_that_leaves_its_range_is_undone() -> None:
    mouth = ZemMouth()
    column = mouth.roles().column
    assert column is not None
    column.autofocus("BSE", AutofocusRange(9.9e-3, 10.1e-3))
    assert mouth.orders("SetEDChanel")[0].startswith(b"$SetEDChanel:0,")
    mouth.said |= {"CheckAutoFocus": "1"}
    assert column.busy()
    mouth.said |= {"CheckAutoFocus": "0", "GetWD": "12.000000"}
    with pytest.raises(DeviceFault, match=r"12\.000 mm"):
        column.busy()
    assert mouth.orders("SetWD")[-1].startswith(b"$SetWD:10.000000,")


@pytest.mark.parametrize(
    ("status", "state"),
    [("0", HighVoltage.OFF), ("1", HighVoltage.ON), ("2", HighVoltage.CHANGING), ("7", HighVoltage.FAULT)],
)
def test_high_voltage(status: str, state: HighVoltage) -> None:
    mouth = ZemMouth()
    column = mouth.roles().column
    assert column is not None
    mouth.said["GetHvStatus"] = status
    assert column.high_voltage() is state


def test_safe_means_without_high_voltage_and_confirmed() -> None:
    mouth = ZemMouth()
    column = mouth.roles().column
    assert column is not None
    assert column.make_safe().safety is Safety.UNSAFE
    mouth.said["GetHvStatus"] = "0"
    assert column.make_safe().safety is Safety.CONFIRMED
    mouth.spoil = lambda command, reply: []
    assert column.make_safe().safety is Safety.UNKNOWN


def test_only_the_gain_of_the_se_detector_can_be_set() -> None:
    mouth = ZemMouth()
    detectors = mouth.roles().detectors
    assert detectors is not None
    detectors.apply("SE", DetectorSettings(60.0, 0.0))
    assert mouth.orders("SetSEGain")[0].startswith(b"$SetSEGain:60,")
    for detector, settings in (("BSE", DetectorSettings(60.0, 0.0)), ("SE", DetectorSettings(60.0, 5.0))):
        with pytest.raises(LimitRefused):
            detectors.apply(detector, settings)
    with pytest.raises(ConfigMismatch):
        detectors.settings("EBSD")
    with pytest.raises(LimitRefused):
        detectors.auto_signal("SE")


@pytest.mark.parametrize(
    ("said", "quality", "pascal"), [("3.300E-04", Quality.OK, 0.033), ("-1", Quality.FAULT, math.nan)]
)
def test_its_gauge_in_the_unit_that_the_bench_file_tells(said: str, quality: Quality, pascal: float) -> None:
    mouth = ZemMouth()
    gauge = mouth.roles({"chamber_unit": "mbar"}).pressures["chamber"]
    mouth.said["GetSamVac"] = said
    reading = gauge.pressure()
    assert reading.quality is quality
    assert reading.value == pytest.approx(pascal, nan_ok=True)
