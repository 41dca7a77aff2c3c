"""The driver of the 2450 in front of the simulated instrument: every technique, every end, connecting, making safe."""

import math
from dataclasses import replace

import numpy as np
import pytest
from support.keithley_bench import KeithleyDriver
from support.resistor_world import ResistorCell

from operando.drivers.errors import ConfigMismatch, LimitRefused, ProtocolError
from operando.drivers.roles import (
    SAMPLE,
    Galvanostatic,
    Guard,
    Impedance,
    KnownOfStep,
    OpenCircuit,
    Potentiostatic,
    Recording,
    Safety,
    Step,
    StepEndReason,
    Technique,
)
from operando.simulators.potentiostats.keithley import KEITHLEY_2450, Keithley2450

GUARD = Guard((2.4, 4.35), (-2e-3, 2e-3), 3600.0)


def cell() -> ResistorCell:
    """3.7 V behind 100 ohm; 1 mA charges it by 1 mV a second."""
    return ResistorCell(emf_V=3.7, resistance_ohm=100.0, slope_V_per_C=1.0)


def step(technique: Technique, duration_s: float | None = None, number: int = 7, guard: Guard = GUARD) -> Step:
    return Step(number, technique, guard, duration_s)


ENDS = [
    pytest.param(Galvanostatic(1e-3, until_voltage_V=3.9), None, StepEndReason.VOLTAGE, 100, 0.1, id="charge to 3.9 V"),
    pytest.param(Galvanostatic(-1e-3, until_voltage_V=3.5), None, StepEndReason.VOLTAGE, 100, -0.1, id="discharge"),
    pytest.param(Galvanostatic(1e-3, until_charge_C=0.05), None, StepEndReason.CHARGE, 50, 0.05, id="charge of 50 mC"),
    pytest.param(Galvanostatic(1e-3), 30.5, StepEndReason.TIME, 30.5, 0.0305, id="charge for 30.5 s"),
    pytest.param(Galvanostatic(1e-3), None, StepEndReason.VOLTAGE_LIMIT, 550, 0.55, id="charge into the guard"),
    pytest.param(Galvanostatic(-1e-3), None, StepEndReason.VOLTAGE_LIMIT, 1200, -1.2, id="discharge into the guard"),
    pytest.param(Potentiostatic(3.8, until_current_A=5e-4), None, StepEndReason.CURRENT, 69, 0.05, id="hold to 0.5 mA"),
    pytest.param(Potentiostatic(3.8, until_charge_C=0.03), None, StepEndReason.CHARGE, 36, 0.03, id="hold for 30 mC"),
    pytest.param(Potentiostatic(4.2), None, StepEndReason.CURRENT_LIMIT, 0, 0.0, id="hold draws too much"),
    pytest.param(OpenCircuit(), 20.0, StepEndReason.TIME, 20, 0.0, id="rest"),
]


@pytest.mark.parametrize(("technique", "duration_s", "reason", "elapsed_s", "charge_C"), ENDS)
def test_each_technique_ends_as_it_should(
    technique: Technique, duration_s: float | None, reason: StepEndReason, elapsed_s: float, charge_C: float
) -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(technique, duration_s))
    _, end = bench.to_end(every_s=1.0)
    assert end.reason is reason
    assert end.elapsed_s == pytest.approx(elapsed_s, abs=1.6)
    assert end.charge_C == pytest.approx(charge_C, abs=1.6e-3)
    assert bench.cell.drive == ("open", 0.0)
    assert not bench.engine.cell_is_on


@pytest.mark.parametrize("every_s", [0.3, 7.0, 1000.0])
def test_no_sample_is_lost_or_comes_twice_however_slowly_it_is_asked(every_s: float) -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(Galvanostatic(1e-3), 100.05))
    said, end = bench.to_end(every_s=every_s)
    samples = np.concatenate([part.block for part in said])
    assert samples.dtype == SAMPLE
    assert samples["sequence"].tolist() == list(range(101))
    assert samples["elapsed_s"] == pytest.approx(np.arange(101) + 0.05, abs=1e-4)
    assert samples["current_A"] == pytest.approx(1e-3)
    assert samples["charge_C"] == pytest.approx(1e-3 * samples["elapsed_s"])
    assert set(samples["step"]) == {7}
    assert end.reason is StepEndReason.TIME
    truth_s = bench.cell.drives[0][2] + samples["elapsed_s"]
    assert np.all(np.abs(samples["time_s"] - truth_s) <= samples["time_uncertainty_s"])


def test_without_anybody_listening_a_step_ends_by_itself() -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(Galvanostatic(1e-3), guard=Guard((2.4, 4.35), (-2e-3, 2e-3), 60.0)))
    bench.faults.unplugged_between.append((bench.clock.now(), math.inf))
    bench.wait(1000.0)
    kind, _, when_s = bench.cell.drives[-1]
    assert kind == "open"
    assert when_s == pytest.approx(60.0, abs=0.2)


def test_a_change_of_voltage_is_recorded_between_the_intervals() -> None:
    bench = KeithleyDriver(cell=cell())
    wanted = Step(1, Galvanostatic(1e-3), GUARD, 60.05, Recording(every_s=20.0, or_voltage_change_V=5e-3))
    bench.potentiostat.start(wanted)
    said, _ = bench.to_end()
    samples = np.concatenate([part.block for part in said])
    assert np.diff(samples["voltage_V"]).max() <= 6.1e-3
    assert 11 <= len(samples) <= 13
    assert samples["elapsed_s"][-1] == pytest.approx(60.05)


def test_a_shorted_cell_is_switched_off_by_the_next_poll() -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(Galvanostatic(1e-3, until_voltage_V=4.0)))
    bench.wait(10)
    bench.potentiostat.poll()
    bench.cell.emf_V = 0.1
    _, end = bench.to_end(every_s=1.0)
    assert end.reason is StepEndReason.VOLTAGE_LIMIT
    assert bench.cell.drive == ("open", 0.0)


def test_the_host_ends_a_step() -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(Galvanostatic(1e-3)))
    bench.wait(10)
    bench.potentiostat.end_step()
    _, end = bench.to_end()
    assert end.reason is StepEndReason.ENDED_BY_HOST
    assert end.charge_C == pytest.approx(10e-3, abs=1e-3)


def test_somebody_at_the_instrument_switches_the_output_off() -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(Galvanostatic(1e-3)))
    bench.wait(10)
    bench.engine.somebody_switches_output(bench.clock.now(), on=False)
    _, end = bench.to_end(every_s=1.0)
    assert end.reason is StepEndReason.FAULT
    assert "output" in end.detail
    assert bench.cell.drive == ("open", 0.0)


def test_connecting_changes_nothing_and_finds_the_step() -> None:
    bench = KeithleyDriver(cell=cell())
    assert bench.potentiostat.running() is None
    bench.potentiostat.start(step(Galvanostatic(1e-3)))
    bench.wait(10)
    before = list(bench.cell.drives)
    other = bench.another()
    running = other.running()
    assert running is not None
    assert running.step == 7
    assert bench.cell.drives == before
    with pytest.raises(ProtocolError, match="carries out a step already"):
        other.start(step(OpenCircuit(), 10.0, number=8))
    assert bench.cell.drives == before


def test_another_process_takes_a_step_up_without_a_gap() -> None:
    bench = KeithleyDriver(cell=cell())
    origin_s = bench.clock.now()
    wanted = step(Galvanostatic(1e-3), 100.05)
    bench.potentiostat.start(wanted)
    bench.wait(20.5)
    recorded = bench.potentiostat.poll().block["elapsed_s"]
    bench.wait(30)
    other = bench.another()
    other.adopt(wanted, KnownOfStep(origin_s, 0.01, tuple(recorded.tolist())))
    first = other.poll()
    assert first.late["elapsed_s"] == pytest.approx(np.arange(21, 51) + 0.05)
    bench.potentiostat = other
    said, end = bench.to_end()
    later = np.concatenate([part.block for part in said])["elapsed_s"]
    assert later == pytest.approx(np.arange(51, 101) + 0.05)
    assert end.charge_C == pytest.approx(0.1, abs=1e-3)
    assert end.reason is StepEndReason.TIME


def test_a_step_that_has_ended_meanwhile_is_taken_up_with_everything_that_it_kept() -> None:
    bench = KeithleyDriver(cell=cell())
    wanted = step(Galvanostatic(1e-3, until_voltage_V=3.9))
    bench.potentiostat.start(wanted)
    bench.wait(1000)
    other = bench.another()
    assert other.running() is None
    other.adopt(wanted, KnownOfStep(0.0, 0.01))
    samples = other.poll()
    assert samples.end is not None
    assert samples.end.reason is StepEndReason.VOLTAGE
    assert len(samples.late) == 102
    assert samples.block.size == 0


@pytest.mark.parametrize(("recorded_s", "reason"), [((), StepEndReason.NOT_STARTED), ((0.05,), StepEndReason.UNKNOWN)])
def test_a_step_of_which_the_instrument_keeps_nothing(recorded_s: tuple[float, ...], reason: StepEndReason) -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(OpenCircuit(), 1.0, number=6))
    bench.wait(10)
    bench.potentiostat.adopt(step(Galvanostatic(1e-3), 10.0), KnownOfStep(0.0, 0.01, recorded_s))
    end = bench.potentiostat.poll().end
    assert end is not None
    assert end.reason is reason


def test_a_step_of_somebody_else_is_not_taken_up() -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(OpenCircuit(), 100.0, number=6))
    with pytest.raises(ProtocolError, match="carries out step 6, not step 7"):
        bench.another().adopt(step(Galvanostatic(1e-3), 10.0), KnownOfStep(0.0, 0.01))


def test_a_start_that_was_cut_off_leaves_no_buffer_in_the_way() -> None:
    bench = KeithleyDriver(cell=cell())
    link = bench.link()
    link.write(b':TRAC:MAKE "operando_7", 20\n')
    bench.potentiostat.start(step(OpenCircuit(), 10.0))
    _, end = bench.to_end()
    assert end.reason is StepEndReason.TIME


def test_it_is_made_safe_whatever_runs() -> None:
    bench = KeithleyDriver(cell=cell())
    bench.potentiostat.start(step(Galvanostatic(1e-3)))
    bench.wait(10)
    safe = bench.potentiostat.make_safe()
    assert safe.safety is Safety.CONFIRMED
    assert bench.cell.drive == ("open", 0.0)
    assert bench.potentiostat.running() is None


def test_a_dead_wire_is_no_safe_state() -> None:
    bench = KeithleyDriver(cell=cell())
    bench.faults.unplugged_between.append((0.0, math.inf))
    assert bench.potentiostat.make_safe().safety is Safety.UNKNOWN


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (step(Impedance(1e5, 1.0, 10, 0.01)), "measures no impedance"),
        (step(Galvanostatic(2.0), guard=Guard((2.4, 4.35), (-3.0, 3.0), 60.0)), "outside -1.05 to 1.05 A"),
        (step(Galvanostatic(3e-3)), "of the guard"),
        (step(OpenCircuit(), guard=Guard((2.4, 4.35), (-1e-3, 1e-3), 1e6)), "keeps 250000"),
    ],
)
def test_what_it_cannot_do_is_refused_before_anything_is_sent(wanted: Step, words: str) -> None:
    bench = KeithleyDriver(cell=cell())
    with pytest.raises(LimitRefused, match=words):
        bench.potentiostat.start(wanted)
    assert not bench.cell.drives


def test_nothing_with_an_effect_is_sent_to_hardware_that_nobody_answers_for() -> None:
    bench = KeithleyDriver(cell=cell(), accepted=False)
    with pytest.raises(LimitRefused, match="never been on hardware"):
        bench.potentiostat.start(step(OpenCircuit(), 10.0))


def test_a_2461_cycles_as_well() -> None:
    bench = KeithleyDriver("2461", cell())
    assert bench.potentiostat.identify().model == "2461"
    assert bench.potentiostat.capabilities.current_range_A == (-7.35, 7.35)
    bench.potentiostat.start(step(Galvanostatic(-1e-3, until_voltage_V=3.5)))
    _, end = bench.to_end(every_s=1.0)
    assert end.reason is StepEndReason.VOLTAGE


def test_another_model_is_no_2450() -> None:
    bench = KeithleyDriver()
    bench.engine = KeithleyDriver("2400").engine
    with pytest.raises(ConfigMismatch, match="MODEL 2400, not a Keithley 2450"):
        bench.another()


def test_a_2450_that_speaks_the_dialect_of_the_2400_is_told_what_to_do() -> None:
    bench = KeithleyDriver()
    bench.engine = Keithley2450(bench.world, replace(KEITHLEY_2450, language="SCPI2400"))
    with pytest.raises(ConfigMismatch, match="speaks SCPI2400, this driver SCPI"):
        bench.another()
