"""Steps as techniques of EClib: labels and numbers of the sheet, 3.3."""

import math

import pytest
from support.biologic_bench import GUARD

from operando.drivers.potentiostats.biologic.techniques import TechniqueFile, technique_of
from operando.drivers.roles import (
    Galvanostatic,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Step,
    StepEndReason,
    Technique,
)


def made(
    technique: Technique, *, charging: bool = True, duration_s: float | None = None, charge_before_C: float = 0.0
) -> TechniqueFile:
    step = Step(7, technique, GUARD, duration_s, charge_before_C=charge_before_C)
    return technique_of(step, charging=charging)


def values(technique: TechniqueFile) -> dict[str, bool | int | float]:
    return {parameter.label: parameter.value for parameter in technique.parameters}


def test_a_charge_whole() -> None:
    technique = made(Galvanostatic(240e-6, until_voltage_V=4.2))
    assert technique.name == "cplimit"
    assert values(technique) == {
        "Current_step": 240e-6,
        "vs_initial": False,
        "Duration_step": 4000.0,
        "Step_number": 0,
        "Record_every_dT": 1.0,
        "Record_every_dE": 1e3,
        "N_Cycles": 0,
        "I_Range": 7,
        "E_Range": 1,
        "Bandwidth": 5,
        "Exit_Cond": 2,
        "Test1_Config": 0b101,
        "Test1_Value": 4.2,
        "Test2_Config": 0b001,
        "Test2_Value": 2.4,
        "Test3_Config": 0b101 + 96,
        "Test3_Value": 400e-6,
    }
    assert technique.at_end is StepEndReason.MAXIMUM_DURATION


def test_a_discharge_ends_from_above_and_keeps_the_upper_guard() -> None:
    technique = made(Galvanostatic(-240e-6, until_voltage_V=3.0))
    told = [(test.reason, test.config, test.limit) for test in technique.tests]
    assert told == [
        (StepEndReason.VOLTAGE_LIMIT, 0b101, 4.35),
        (StepEndReason.VOLTAGE, 0b001, 3.0),
        (StepEndReason.CURRENT_LIMIT, 0b001 + 96, -400e-6),
    ]


def test_a_charge_limit_is_the_time_that_the_current_needs() -> None:
    technique = made(Galvanostatic(100e-6, until_charge_C=0.05), charge_before_C=0.01)
    assert technique.duration_s == pytest.approx(400.0)
    assert technique.at_end is StepEndReason.CHARGE


@pytest.mark.parametrize(("charging", "config", "limit"), [(True, 0b001 + 96, 24e-6), (False, 0b101 + 96, -24e-6)])
def test_the_current_of_a_hold_is_tested_from_its_own_side(charging: bool, config: int, limit: float) -> None:
    technique = made(Potentiostatic(4.2, until_current_A=24e-6), charging=charging)
    assert technique.name == "calimit"
    assert values(technique)["Voltage_step"] == 4.2
    assert (technique.tests[2].config, technique.tests[2].limit) == (config, limit)
    assert [test.limit for test in technique.tests[:2]] == [400e-6, -400e-6]


def test_a_rest() -> None:
    technique = made(OpenCircuit(), duration_s=60.0)
    assert technique.name == "ocv"
    assert values(technique) == {"Rest_time_T": 60.0, "Record_every_dE": 1e3, "Record_every_dT": 1.0}
    assert technique.at_end is StepEndReason.TIME


@pytest.mark.parametrize(("bias_V", "at_rest", "volts"), [(None, True, 0.0), (3.7, False, 3.7)])
def test_a_spectrum(bias_V: float | None, at_rest: bool, volts: float) -> None:
    technique = made(Impedance(100e3, 1.0, 5, 10e-3, bias_V))
    told = values(technique)
    assert technique.name == "peis"
    assert (told["vs_initial"], told["vs_final"], told["Initial_Voltage_step"]) == (at_rest, at_rest, volts)
    assert (told["Initial_frequency"], told["Final_frequency"], told["Frequency_number"]) == (100e3, 1.0, 26)
    assert told["sweep"] is False
    assert told["Amplitude_Voltage"] == pytest.approx(10e-3 * math.sqrt(2.0))


def test_a_spectrum_that_would_outlast_its_guard_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than the guard allows"):
        made(Impedance(1.0, 1e-3, 10, 10e-3))


def test_currents_beyond_every_range_are_refused() -> None:
    with pytest.raises(ValueError, match="no range reaches"):
        from operando.drivers.potentiostats.biologic.ranges import current_range

        current_range(2.0)
