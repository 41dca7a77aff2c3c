"""Steps on the fake library: samples, ends, limits, and what goes wrong."""

import numpy as np
import pytest
from support.biologic_bench import GUARD, BioLogicBench, step
from support.resistor_world import ResistorCell

from operando.drivers.errors import DeviceFault, LimitRefused, ProtocolError, TransportClosed
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Recording,
    Safety,
    Step,
    StepEndReason,
    Technique,
)


def rising() -> ResistorCell:
    """Its voltage rises by 2 V for each coulomb."""
    return ResistorCell(emf_V=3.7, resistance_ohm=100.0, slope_V_per_C=2.0)


@pytest.mark.parametrize("newer", [False, True], ids=["VMP3 family", "VMP-300 family"])
@pytest.mark.parametrize(
    ("technique", "duration_s", "reason", "elapsed_s"),
    [
        (OpenCircuit(), 30.0, StepEndReason.TIME, 30.0),
        (OpenCircuit(), None, StepEndReason.MAXIMUM_DURATION, 4000.0),
        # 3.7 V + 24 mV + 2 V/C x 240 uA x t reaches 3.75 V after 54.2 s
        (Galvanostatic(240e-6, until_voltage_V=3.75), None, StepEndReason.VOLTAGE, 55.0),
        (Galvanostatic(-240e-6, until_voltage_V=3.65), None, StepEndReason.VOLTAGE, 55.0),
        (Galvanostatic(240e-6, until_charge_C=0.012), None, StepEndReason.CHARGE, 50.0),
        (Galvanostatic(240e-6), None, StepEndReason.VOLTAGE_LIMIT, 1305.0),
        # (3.72 V - emf) / 100 ohm falls from 200 uA with a time constant of 50 s
        (Potentiostatic(3.72, until_current_A=100e-6), None, StepEndReason.CURRENT, 35.0),
        (Potentiostatic(3.68, until_current_A=100e-6), None, StepEndReason.CURRENT, 35.0),
        (Potentiostatic(3.72), 20.0, StepEndReason.TIME, 20.0),
        (Potentiostatic(3.76), None, StepEndReason.CURRENT_LIMIT, 0.0),
    ],
)
def test_every_end_is_told_with_its_reason(
    technique: Technique, duration_s: float | None, reason: StepEndReason, elapsed_s: float, newer: bool
) -> None:
    bench = BioLogicBench(rising(), newer=newer)
    driver = bench.open()
    driver.start(Step(7, technique, GUARD, duration_s))
    end = bench.to_its_end(driver, every_s=7.0)[-1].end
    assert end is not None
    assert (end.step, end.reason) == (7, reason)
    assert end.elapsed_s == pytest.approx(elapsed_s, abs=1.0)
    assert bench.cell.drive[0] == "open" and bench.channel.state == 0


def test_no_sample_is_lost_or_told_twice_and_all_lie_where_they_were_taken() -> None:
    bench = BioLogicBench(rising())
    driver = bench.open()
    driver.start(Step(7, Galvanostatic(240e-6), GUARD, 1000.0, Recording(0.5)))
    begun_s = bench.cell.drives[0][2]
    block = np.concatenate([samples.block for samples in bench.to_its_end(driver, every_s=411.0)])
    assert block["sequence"].tolist() == list(range(2001))
    assert np.allclose(np.diff(block["elapsed_s"]), 0.5, atol=1e-4)
    assert np.allclose(block["current_A"], 240e-6, rtol=1e-6)
    assert np.allclose(block["voltage_V"], 3.724 + 2.0 * block["charge_C"], atol=2e-4)
    assert np.allclose(block["charge_C"], 240e-6 * block["elapsed_s"], rtol=1e-4, atol=1e-9)
    true_s = begun_s + block["elapsed_s"]
    assert np.all(np.abs(block["time_s"] - true_s) <= block["time_uncertainty_s"] + 1e-4)  # a tick is 40 us


def test_a_change_of_voltage_is_recorded_at_once() -> None:
    bench = BioLogicBench(rising())
    driver = bench.open()
    driver.start(Step(7, Galvanostatic(240e-6), GUARD, 100.0, Recording(10.0, or_voltage_change_V=1e-3)))
    block = np.concatenate([samples.block for samples in bench.to_its_end(driver)])
    assert np.diff(block["time_s"]).max() < 4.0  # 1 mV takes 2.1 s; looks are 1 s apart


def test_a_spectrum_has_all_its_points() -> None:
    bench = BioLogicBench(ResistorCell(resistance_ohm=100.0, reactance_ohm=-25.0))
    driver = bench.open()
    driver.start(step(Impedance(1e4, 1.0, 5, 10e-3)))
    polls = bench.to_its_end(driver)
    points = np.concatenate([samples.impedance for samples in polls])
    assert polls[-1].end is not None and polls[-1].end.reason is StepEndReason.COMPLETED
    assert np.allclose(points["frequency_Hz"], np.geomspace(1e4, 1.0, 21), rtol=1e-5)
    assert np.allclose(points["real_ohm"], 100.0, rtol=1e-5)
    assert np.allclose(points["imaginary_ohm"], -25.0, rtol=1e-5)


def test_the_phase_may_be_in_degrees() -> None:
    bench = BioLogicBench(ResistorCell(resistance_ohm=100.0, reactance_ohm=-25.0))
    driver = bench.open(phase="degrees")
    driver.start(step(Impedance(1e4, 1e3, 5, 10e-3)))
    points = np.concatenate([samples.impedance for samples in bench.to_its_end(driver)])
    assert np.all(points["imaginary_ohm"] > -1.0)  # radians, taken for degrees


def test_the_host_ends_a_step() -> None:
    bench = BioLogicBench(rising())
    driver = bench.open()
    driver.start(step(Galvanostatic(240e-6)))
    bench.wait(20.0)
    driver.end_step()
    end = bench.to_its_end(driver)[-1].end
    assert end is not None and end.reason is StepEndReason.ENDED_BY_HOST
    assert driver.running() is None


def test_the_charge_of_a_hold_is_kept_by_this_computer() -> None:
    bench = BioLogicBench(ResistorCell(resistance_ohm=100.0))
    driver = bench.open()
    driver.start(step(Potentiostatic(3.72, until_charge_C=0.004)))
    end = bench.to_its_end(driver, every_s=1.0)[-1].end
    assert end is not None and end.reason is StepEndReason.CHARGE
    assert end.charge_C == pytest.approx(0.004, abs=5e-4)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (step(Galvanostatic(0.2)), "current 0.2 A"),
        (step(Potentiostatic(11.0)), "voltage 11 V"),
        (step(Impedance(1e6, 1.0, 5, 0.01)), "frequency"),
        (Step(1, OpenCircuit(), Guard((2.4, 12.0), (-1e-3, 1e-3), 10.0)), "limit of the guard 12 V"),
        (step(Impedance(1.0, 1e-3, 10, 0.01)), "longer than the guard allows"),
    ],
)
def test_what_passes_a_limit_is_never_sent(wrong: Step, words: str) -> None:
    bench = BioLogicBench()
    driver = bench.open()
    with pytest.raises(LimitRefused, match=words):
        driver.start(wrong)
    assert "load_technique" not in bench.fake.calls


def test_a_running_channel_takes_no_other_step() -> None:
    bench = BioLogicBench()
    driver = bench.open()
    driver.start(step(OpenCircuit()))
    with pytest.raises(ProtocolError, match="already"):
        driver.start(step(OpenCircuit(), 8))


def test_an_overflowing_memory_is_told_and_what_is_left_comes() -> None:
    bench = BioLogicBench(memory_words=500)
    driver = bench.open()
    driver.start(step(Galvanostatic(240e-6)))
    bench.wait(200.0)
    with pytest.raises(DeviceFault, match="-405: the memory of the channel is full"):
        driver.poll()
    with pytest.raises(DeviceFault, match=r"skipped 10[01] of its interrupts"):
        driver.poll()
    block = driver.poll().block
    assert block["sequence"].tolist() == list(range(100))
    bench.wait(10.0)
    assert driver.poll().block["elapsed_s"][0] > 200.0


def test_a_lost_device_is_connected_to_anew_and_has_kept_its_rows() -> None:
    bench = BioLogicBench()
    driver = bench.open()
    driver.start(step(Galvanostatic(240e-6)))
    bench.device.reachable = False
    bench.wait(30.0)
    for _ in range(2):
        with pytest.raises(TransportClosed):
            driver.poll()
    bench.device.reachable = True
    bench.wait(10.0)
    assert len(driver.poll().block) >= 40


def test_an_option_error_is_a_fault() -> None:
    bench = BioLogicBench()
    driver = bench.open()
    driver.start(step(OpenCircuit(), duration_s=5.0))
    bench.channel.option_error = 101
    end = bench.to_its_end(driver)[-1].end
    assert end is not None and (end.reason, end.detail) == (StepEndReason.FAULT, "option error 101 at position 0")


def test_made_safe_is_confirmed_by_the_channel() -> None:
    bench = BioLogicBench()
    driver = bench.open()
    driver.start(step(Galvanostatic(240e-6)))
    bench.wait(10.0)
    assert driver.make_safe().safety is Safety.CONFIRMED
    assert bench.cell.drive[0] == "open"
    bench.device.reachable = False
    state = driver.make_safe()
    assert state.safety is Safety.UNKNOWN and "-201" in state.detail
