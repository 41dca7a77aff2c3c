"""What a running step says: samples, impedance, ends, faults; garbage and silence on the way."""

import numpy as np
import pytest
from support.emstat_mouth import EmStatMouth, package

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import FramingError, TransportClosed, TransportTimeout
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    Impedance,
    OpenCircuit,
    RunningStep,
    SampleQuality,
    Step,
    StepEndReason,
)

GUARD = Guard((2.4, 4.35), (-240e-6, 240e-6), 40000.0)
CHARGE = Step(7, Galvanostatic(120e-6, 4.2), GUARD)


@pytest.fixture
def mouth() -> EmStatMouth:
    return EmStatMouth(VirtualClock(), links=2)


def test_samples_come_in_order_each_once(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.clock.sleep_until(2.0)
    mouth.link.push(b"M000A\n" + package(7, 1.0, 120e-6, 3.5123, 120e-6) + package(7, 2.0, 240e-6, 3.513, 120e-6)[:20])
    first = instrument.poll().block
    mouth.clock.sleep_until(3.1)
    mouth.link.push(package(7, 2.0, 240e-6, 3.513, 120e-6)[20:] + package(7, 3.0, 360e-6, 3.5137, 119.9e-6, 2))
    second = instrument.poll().block
    assert len(instrument.poll().block) == 0
    block = np.concatenate([first, second])
    assert block["sequence"].tolist() == [0, 1, 2]
    assert block["elapsed_s"].tolist() == [1.0, 2.0, 3.0]
    assert np.diff(block["time_s"]) == pytest.approx([1.0, 1.0])
    assert block["voltage_V"].tolist() == [3.5123, 3.513, 3.5137]
    assert block["current_A"].tolist() == pytest.approx([120e-6, 120e-6, 119.9e-6])
    assert block["charge_C"].tolist() == pytest.approx([120e-6, 240e-6, 360e-6])
    assert block["step"].tolist() == [7, 7, 7]
    assert block["quality"].tolist() == [0, 0, SampleQuality.OVERLOAD]


def test_not_a_number_is_marked(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(b"Pee8000007i;eb80F4240u;ja8000000 ;ab     nan;ba80F4240n\n")
    (sample,) = instrument.poll().block
    assert np.isnan(sample["voltage_V"])
    assert sample["quality"] == SampleQuality.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"Tend voltage\n", StepEndReason.VOLTAGE),
        (b"Tend time\n", StepEndReason.TIME),
        (b"Tend current limit\n", StepEndReason.CURRENT_LIMIT),
        (b"Tend voltage\nTend time\n", StepEndReason.VOLTAGE),
        (b"Tsomething\n", StepEndReason.UNKNOWN),
    ],
)
def test_the_instrument_tells_why_a_step_ended(mouth: EmStatMouth, text: bytes, reason: StepEndReason) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    start_s = mouth.clock.now() - 1e-3
    mouth.clock.sleep_until(start_s + 5.1)
    mouth.link.push(package(7, 5.0, 600e-6, 4.2004, 120e-6) + text + b"*\n")
    assert instrument.poll().end is None
    mouth.link.push(b"\n")
    mouth.busy = False
    end = instrument.poll().end
    assert end is not None
    assert (end.step, end.reason, end.elapsed_s) == (7, reason, 5.0)
    assert end.charge_C == pytest.approx(600e-6)
    assert end.time_s == pytest.approx(start_s + 5.0)
    assert instrument.poll().end is None, "told once"
    assert instrument.running() is None


def test_impedance_points_stand_beside_samples(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(Step(8, Impedance(100e3, 1.0, 10, 0.01), GUARD))
    mouth.link.push(
        b"M000B\n*\n" + package(8, 1.0, 0.0, 3.7012, 0.0) + b"M000D\n"
        b"Pee8000008i;eb8124F80u;dcDF5E100m;cc8BC4B20u,10,218;cd7E91CA0u,12,204\n*\nTend completed\n\n"
    )
    said = instrument.poll()
    assert len(said.block) == 1
    (point,) = said.impedance
    assert (point["frequency_Hz"], point["real_ohm"], point["imaginary_ohm"]) == (100e3, 12.34, -1.5)
    assert (point["step"], point["quality"]) == (8, SampleQuality.OVERLOAD)
    assert said.end is not None
    assert said.end.reason is StepEndReason.COMPLETED


def test_a_runtime_error_ends_the_step_and_switches_the_cell_off_by_a_script_of_its_own(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(package(7, 1.0, 120e-6, 3.6, 120e-6) + b"!0032: Line 21\n\n")
    mouth.busy = False
    mouth.output = [b"e\n\n"]
    said = instrument.poll()
    assert mouth.scripts[-1] == "e\ncell_off\n\n"
    assert len(said.block) == 1
    assert said.end is not None
    assert said.end.reason is StepEndReason.FAULT
    assert "critical overload" in said.end.detail
    assert "the cell was switched off" in said.end.detail


def test_a_cell_that_cannot_be_switched_off_after_an_error_is_not_passed_over(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(b"!0032: Line 21\n")
    mouth.mute = True
    with pytest.raises(TransportTimeout):
        instrument.poll()
    end = instrument.poll().end
    assert end is not None
    assert end.reason is StepEndReason.FAULT
    assert "may still be on" in end.detail


def test_garbage_is_told_and_costs_no_sample(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(package(7, 1.0, 0.0, 3.6, 120e-6) + b"\xf3\x91\x07junk\n\n" + package(7, 2.0, 0.0, 3.6, 120e-6))
    with pytest.raises(FramingError, match="makes no sense"):
        instrument.poll()
    said = instrument.poll()
    assert said.block["elapsed_s"].tolist() == [1.0, 2.0]
    assert said.end is None, "an empty line after garbage is no proof of an end: the instrument says that it is busy"


def test_an_end_that_was_lost_in_garbage_is_found_by_asking(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(package(7, 1.0, 0.0, 3.6, 120e-6) + b"Tend vo\x80tage\xff\nT\x01\x02\n\xfa\xfb\n")
    mouth.busy = False
    with pytest.raises(FramingError):
        instrument.poll()
    end = instrument.poll().end
    assert end is not None
    assert end.reason is StepEndReason.UNKNOWN


def test_control_characters_are_dropped(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(b"\x11" + package(7, 1.0, 0.0, 3.6, 120e-6).replace(b"\n", b"\r\n") + b"\x13")
    assert len(instrument.poll().block) == 1


def test_a_long_silence_is_asked_about(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(Step(9, OpenCircuit(), GUARD))
    mouth.clock.sleep_until(mouth.clock.now() + 20.0)
    assert instrument.poll().end is None, "it still runs"
    mouth.busy = False
    assert instrument.poll().end is None, "and was just asked"
    mouth.clock.sleep_until(mouth.clock.now() + 20.0)
    end = instrument.poll().end
    assert end is not None
    assert (end.step, end.reason) == (9, StepEndReason.UNKNOWN)


def test_asking_whether_it_runs_loses_no_sample(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    mouth.link.push(package(7, 1.0, 120e-6, 3.6, 120e-6))
    assert instrument.running() == RunningStep(7, 1.0, 120e-6)
    assert len(instrument.poll().block) == 1


def test_a_lost_link_is_told_once_and_the_step_is_found_again(mouth: EmStatMouth) -> None:
    instrument = mouth.open()
    instrument.start(CHARGE)
    start_s = mouth.clock.now() - 1e-3
    mouth.clock.sleep_until(3.1)
    mouth.link.push(package(7, 1.0, 120e-6, 3.6, 120e-6) + b"Pee8000007i;eb80F")
    mouth.link.cut = True
    assert len(instrument.poll().block) == 1
    with pytest.raises(TransportClosed):
        instrument.poll()
    mouth.links[1].push(b"\n")  # the tail of a line
    mouth.links[1].push(package(7, 3.0, 360e-6, 3.6, 120e-6))
    said = instrument.poll()
    assert said.end is None, "a line's tail is no end: the instrument says that it is busy"
    assert said.block["sequence"].tolist() == [1]
    assert said.block["time_s"] == pytest.approx([start_s + 3.0])
    assert instrument.running() == RunningStep(7, 3.0, 360e-6)


def test_a_step_of_an_earlier_process_is_taken_over() -> None:
    clock = VirtualClock()
    mouth = EmStatMouth(clock, busy=True)
    instrument = mouth.open()
    assert instrument.running() == RunningStep(None, None, None)
    instrument.poll()
    clock.sleep_until(10.0)
    mouth.link.push(package(4, 50.0, 6e-3, 3.7, 120e-6))
    clock.sleep_until(10.5)
    (sample,) = instrument.poll().block
    assert instrument.running() == RunningStep(4, 50.0, 6e-3)
    assert abs(sample["time_s"] - 10.0) <= sample["time_uncertainty_s"]
    mouth.link.push(b"Tend voltage\n*\n\n")
    end = instrument.poll().end
    assert end is not None
    assert (end.step, end.reason) == (4, StepEndReason.VOLTAGE)
