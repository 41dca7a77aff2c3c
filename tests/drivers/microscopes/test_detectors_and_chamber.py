"""Detectors by name, and the chamber's gauge with its truth."""

import math

import pytest
from support.sharksem_script import ScriptedSem, open_scripted

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, LimitRefused, TransportTimeout
from operando.drivers.roles import Detectors, DetectorSettings, FrameRequest, PressureSensor, Quality


@pytest.fixture
def sem() -> ScriptedSem:
    return ScriptedSem(VirtualClock())


def open_detectors(sem: ScriptedSem) -> Detectors:
    detectors = open_scripted(sem).detectors
    assert detectors is not None
    return detectors


def open_chamber(sem: ScriptedSem) -> PressureSensor:
    return open_scripted(sem).pressures["chamber"]


def test_gain_and_black_level_go_by_the_number_of_the_detector(sem: ScriptedSem) -> None:
    detectors = open_detectors(sem)
    assert detectors.settings("BSE") == DetectorSettings(48.5, 92.5)
    detectors.apply("BSE", DetectorSettings(50, 90.25))
    assert sem.told == [("DtGetGainBlack", 8), ("DtSetGainBlack", 8, 50.0, 90.25)]


@pytest.mark.parametrize(
    "settings", [DetectorSettings(-1, 50), DetectorSettings(50, 101), DetectorSettings(math.nan, 5)]
)
def test_percentages_out_of_range_are_refused(sem: ScriptedSem, settings: DetectorSettings) -> None:
    detectors = open_detectors(sem)
    with pytest.raises(LimitRefused, match="outside 0 to 100 %"):
        detectors.apply("SE", settings)
    assert sem.told == []


def test_an_unknown_detector_is_refused_with_those_of_the_bench(sem: ScriptedSem) -> None:
    detectors = open_detectors(sem)
    with pytest.raises(ConfigMismatch, match="no detector 'CL'") as caught:
        detectors.settings("CL")
    assert caught.value.remedy == "The bench file names: SE, BSE."


def test_automatic_signal_uses_the_channel_of_the_running_scan(sem: ScriptedSem) -> None:
    roles = open_scripted(sem)
    assert roles.scanner is not None
    assert roles.detectors is not None
    roles.scanner.start(FrameRequest(("SE", "BSE"), (20, 10), 1e-6))
    sem.told.clear()
    roles.detectors.auto_signal("BSE")
    assert sem.told == [("DtAutoSignal", 1)]


def test_automatic_signal_leaves_the_channels_of_a_scan_alone(sem: ScriptedSem) -> None:
    roles = open_scripted(sem)
    assert roles.scanner is not None
    assert roles.detectors is not None
    roles.scanner.start(FrameRequest(("SE",), (20, 10), 1e-6))
    sem.told.clear()
    roles.detectors.auto_signal("BSE")
    assert sem.told == [("DtSelect", 1, 8), ("DtAutoSignal", 1)]


def test_automatic_signal_without_a_scan_selects_the_detector_first(sem: ScriptedSem) -> None:
    open_detectors(sem).auto_signal("BSE")
    assert sem.told == [("DtSelect", 0, 8), ("DtAutoSignal", 0)]


@pytest.mark.parametrize(
    ("status", "pressure_Pa", "quality", "detail"),
    [
        (0, 0.04, Quality.OK, "vacuum ready"),
        (1, 3.0, Quality.OK, "pumping"),
        (4, 1e5, Quality.OK, "chamber open"),
        (0, math.nan, Quality.OFF, "vacuum ready"),
        (3, math.nan, Quality.OFF, "vacuum off"),
        (0, math.inf, Quality.OVER, "vacuum ready"),
        (0, -1.0, Quality.FAULT, "vacuum ready"),
        (-1, 0.04, Quality.FAULT, "vacuum error"),
        (-1, math.nan, Quality.FAULT, "vacuum error"),
        (9, 0.04, Quality.FAULT, "unknown vacuum status 9"),
    ],
)
def test_a_reading_carries_its_truth(
    sem: ScriptedSem, status: int, pressure_Pa: float, quality: Quality, detail: str
) -> None:
    sem.values |= {"VacGetStatus": [status], "VacGetPressure": [pressure_Pa]}
    reading = open_chamber(sem).pressure()
    assert reading.value == pressure_Pa or math.isnan(reading.value)
    assert (reading.unit, reading.quality, reading.detail) == ("Pa", quality, detail)
    assert sem.told == [("VacGetStatus",), ("VacGetPressure", 0)]


def test_the_gauge_is_not_behind_a_measurement_that_hangs(sem: ScriptedSem) -> None:
    roles = open_scripted(sem)
    assert roles.column is not None
    control, watch = sem.links[0], sem.links[1]
    sem.silent.add("GetWD")
    with pytest.raises(TransportTimeout):
        roles.column.conditions()
    control.dead = True
    assert roles.pressures["chamber"].pressure().value == 0.04
    assert not watch.dead
