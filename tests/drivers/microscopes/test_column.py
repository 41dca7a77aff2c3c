"""The column: conditions step by step, high voltage, blanker, autofocus; nothing out of range is sent."""

import math
from dataclasses import replace

import pytest
from support.sharksem_script import ScriptedSem, Value, open_scripted

from operando.drivers.bench.file import StageEntry
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, DeviceFault, LimitRefused, TransportTimeout
from operando.drivers.roles import AutofocusRange, BeamConditions, Blanking, Column, HighVoltage

FOUND = BeamConditions(5e3, 100e-12, 10e-3, 120e-6)
WANTED = BeamConditions(10e3, 500e-12, 9.5e-3, 20e-6, (2e-6, -1e-6), (0.5, -0.25), 1.5)


@pytest.fixture
def sem() -> ScriptedSem:
    return ScriptedSem(VirtualClock())


def open_column(sem: ScriptedSem, entry: StageEntry | None = None, *, accepted: bool = True) -> Column:
    column = open_scripted(sem, stage=entry, accepted=accepted).column
    assert column is not None
    return column


def orders(sem: ScriptedSem) -> list[tuple[Value, ...]]:
    taken = sem.orders()
    sem.told.clear()
    return taken


def test_conditions_are_read_back_in_si_units(sem: ScriptedSem) -> None:
    sem.values |= {"GetImageShift": [1e-3, -2e-3], "GetCentering": [0.5, 0.25], "GetImageRot": [180.0]}
    found = open_column(sem).conditions()
    assert found.scan_rotation_rad == pytest.approx(math.pi)
    assert replace(found, scan_rotation_rad=0.0) == replace(FOUND, shift_m=(1e-6, -2e-6), stigmators=(0.5, 0.25))
    assert ("GetCentering", 3) in sem.told, "the centering that is called stigmator"


def test_each_slow_setting_rests_before_the_next_is_made(sem: ScriptedSem) -> None:
    column = open_column(sem)
    column.apply(WANTED)
    assert orders(sem) == [("HVSetVoltage", 10000.0, 1)]
    sem.values["IsBusy"] = [1]
    assert column.busy()
    assert orders(sem) == [], "nothing is set while the high voltage changes"
    sem.values["IsBusy"] = [0]
    steps = []
    while column.busy():
        steps.append(orders(sem))
    assert steps == [
        [("SetBeamCurrent", 500.0)],
        [("SetWD", 9.5)],
        [
            ("SetViewField", 0.02),
            ("SetImageShift", 0.002, -0.001),
            ("SetCentering", 3, 0.5, -0.25),
            ("SetImageRot", 85.94366927),
        ],
    ]
    assert column.conditions() == WANTED


def test_what_agrees_already_is_left_alone(sem: ScriptedSem) -> None:
    column = open_column(sem)
    column.apply(replace(FOUND, field_width_m=60e-6))
    assert orders(sem) == [("SetViewField", 0.06)]
    assert not column.busy()


def test_a_busy_column_is_waited_for_before_anything_is_set(sem: ScriptedSem) -> None:
    sem.values["IsBusy"] = [1]
    column = open_column(sem)
    column.apply(WANTED)
    assert orders(sem) == []
    sem.values["IsBusy"] = [0]
    assert column.busy()
    assert orders(sem) == [("HVSetVoltage", 10000.0, 1)]


@pytest.mark.parametrize(
    ("getter", "value", "says"),
    [
        ("HVGetVoltage", [5000.0], "voltage: asked for 10000 V, reads 5000 V"),
        ("GetBeamCurrent", [300.0], "beam current: asked for 5e-10 A, reads 3e-10 A"),
        ("GetWD", [10.0], "working distance: asked for 0.0095 m, reads 0.01 m"),
        ("GetViewField", [0.05], "field width: asked for 2e-05 m, reads 5e-05 m"),
        ("GetImageShift", [0.0, 0.0], "beam shift: asked for 2e-06, -1e-06 m, reads 0, 0 m"),
        ("GetImageRot", [-30.0], "scan rotation"),
    ],
)
def test_a_value_that_does_not_stick_is_named(sem: ScriptedSem, getter: str, value: list[Value], says: str) -> None:
    column = open_column(sem)
    column.apply(WANTED)
    with pytest.raises(ConfigMismatch, match=says):
        while True:
            sem.values[getter] = value
            assert column.busy(), "the mismatch must be found before the column is ready"
    assert not column.busy(), "the failed change is over"


def test_a_full_turn_is_no_rotation(sem: ScriptedSem) -> None:
    sem.values["GetImageRot"] = [350.0]
    column = open_column(sem)
    column.apply(replace(FOUND, scan_rotation_rad=math.radians(-10)))
    assert orders(sem) == []
    assert not column.busy()


def test_a_column_that_never_comes_to_rest_is_a_fault(sem: ScriptedSem) -> None:
    column = open_column(sem)
    column.apply(WANTED)
    sem.values["IsBusy"] = [1]
    sem.clock.sleep_until(200.0)
    with pytest.raises(DeviceFault, match="still busy after 150 s"):
        column.busy()


def test_a_lost_reply_does_not_lose_a_step(sem: ScriptedSem) -> None:
    column = open_column(sem)
    column.apply(WANTED)
    sem.silent.add("GetWD")
    with pytest.raises(TransportTimeout):
        column.busy()
    sem.silent.clear()
    while column.busy():
        pass
    assert column.conditions() == WANTED


NEAR = StageEntry.model_validate({"minimum_working_distance": "6 mm"})


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (replace(FOUND, voltage_V=31e3), "voltage of 31000 V is outside 200 to 30000"),
        (replace(FOUND, current_A=1e-6), "beam current of 1e-06 A"),
        (replace(FOUND, working_distance_m=5e-3), "working distance of 0.005 m is outside 0.006"),
        (replace(FOUND, field_width_m=math.nan), "field width of nan m"),
        (replace(FOUND, shift_m=(math.nan, 0.0)), "no finite number"),
        (replace(FOUND, scan_rotation_rad=math.inf), "no finite number"),
    ],
)
def test_conditions_out_of_range_are_refused_before_they_are_sent(
    sem: ScriptedSem, wanted: BeamConditions, says: str
) -> None:
    column = open_column(sem, NEAR)
    with pytest.raises(LimitRefused, match=says):
        column.apply(wanted)
    assert sem.told == []
    assert not column.busy()


def test_an_old_server_is_not_asked_for_a_scan_rotation(sem: ScriptedSem) -> None:
    old = ScriptedSem(VirtualClock(), version="2.0.22")
    old.silent |= {"GetImageRot", "SetImageRot", "TcpGetModel"}
    column = open_column(old)
    assert column.conditions() == FOUND
    with pytest.raises(LimitRefused, match="scan rotation: this microscope does not offer it"):
        column.apply(WANTED)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (-1, HighVoltage.FAULT),
        (0, HighVoltage.OFF),
        (1, HighVoltage.ON),
        (1000, HighVoltage.CHANGING),
        (7, HighVoltage.FAULT),
    ],
)
def test_states_of_the_high_voltage(sem: ScriptedSem, code: int, state: HighVoltage) -> None:
    sem.values["HVGetBeam"] = [code]
    assert open_column(sem).high_voltage() is state


def test_switching_the_high_voltage(sem: ScriptedSem) -> None:
    column = open_column(sem)
    column.switch_high_voltage(True)
    column.switch_high_voltage(False)
    assert sem.told == [("HVBeamOn",), ("HVBeamOff",)]


@pytest.mark.parametrize(("blanking", "mode"), [(Blanking.NEVER, 0), (Blanking.ALWAYS, 1), (Blanking.OUTSIDE_SCANS, 2)])
def test_the_blanker_is_set_and_read_back(sem: ScriptedSem, blanking: Blanking, mode: int) -> None:
    assert open_column(sem).blank(blanking) is blanking
    assert sem.told == [("ScSetBlanker", mode), ("ScGetBlanker",)]


def test_the_absorbed_current_is_asked_for_without_a_body(sem: ScriptedSem) -> None:
    assert open_column(sem).absorbed_current_A() == 12.5e-12
    assert sem.told == [("GetIAbsorbed",)]


def test_autofocus_runs_on_the_detectors_channel_and_gives_the_live_image_back(sem: ScriptedSem) -> None:
    sem.values["GUIGetScanning"] = [1]
    column = open_column(sem)
    column.autofocus("BSE", AutofocusRange(9e-3, 11e-3))
    assert orders(sem) == [
        ("GUISetScanning", 0),
        ("ScStopScan",),
        ("DtSelect", 0, 8),
        ("DtEnable", 0, 1, 8),
        ("AutoWD", 0, 9.0, 11.0),
    ]
    sem.values["IsBusy"] = [1]
    assert column.busy()
    sem.values["IsBusy"] = [0]
    assert not column.busy()
    assert orders(sem) == [("DtEnable", 0, 0), ("GUISetScanning", 1)]


def test_autofocus_stays_away_from_the_pole_piece(sem: ScriptedSem) -> None:
    column = open_column(sem, NEAR)
    with pytest.raises(LimitRefused, match=r"range of 0\.005 to 0\.011 m is outside 0\.006 to 0\.1"):
        column.autofocus("SE", AutofocusRange(5e-3, 11e-3))
    assert sem.told == []


def test_nothing_with_an_effect_goes_out_before_somebody_accepts_the_driver(sem: ScriptedSem) -> None:
    column = open_column(sem, accepted=False)
    with pytest.raises(LimitRefused):
        column.apply(WANTED)
    with pytest.raises(LimitRefused):
        column.switch_high_voltage(True)
    with pytest.raises(LimitRefused):
        column.blank(Blanking.NEVER)
    with pytest.raises(LimitRefused):
        column.autofocus("SE", AutofocusRange(9e-3, 11e-3))
    assert sem.told == []
