"""The driver of the 2400, whose steps are ended by the host, in front of the simulated instrument."""

import math
from dataclasses import replace

import numpy as np
import pytest
from support.keithley_bench import KeithleyDriver
from support.resistor_world import ResistorCell

from operando.drivers.errors import ConfigMismatch, ProtocolError
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    KnownOfStep,
    OpenCircuit,
    Potentiostatic,
    Safety,
    Step,
    StepEndReason,
    Technique,
)

GUARD = Guard((2.4, 4.35), (-2e-3, 2e-3), 3600.0)


def bench_2400() -> KeithleyDriver:
    return KeithleyDriver("2400", ResistorCell(emf_V=3.7, resistance_ohm=100.0, slope_V_per_C=1.0))


def step(technique: Technique, duration_s: float | None = None, number: int = 7) -> Step:
    return Step(number, technique, GUARD, duration_s)


@pytest.mark.parametrize(
    ("technique", "duration_s", "reason", "elapsed_s", "charge_C"),
    [
        pytest.param(Galvanostatic(1e-3, until_voltage_V=3.9), None, StepEndReason.VOLTAGE, 100, 0.1, id="charge"),
        pytest.param(Galvanostatic(-1e-3, until_voltage_V=3.5), None, StepEndReason.VOLTAGE, 100, -0.1, id="discharge"),
        pytest.param(Galvanostatic(1e-3, until_charge_C=0.05), None, StepEndReason.CHARGE, 50, 0.05, id="50 mC"),
        pytest.param(Galvanostatic(1e-3), None, StepEndReason.VOLTAGE_LIMIT, 550, 0.55, id="into the guard"),
        pytest.param(Potentiostatic(3.8, until_current_A=5e-4), None, StepEndReason.CURRENT, 69, 0.05, id="hold"),
        pytest.param(Potentiostatic(3.8, until_charge_C=0.03), None, StepEndReason.CHARGE, 36, 0.03, id="hold 30 mC"),
        pytest.param(OpenCircuit(), 20.0, StepEndReason.TIME, 20, 0.0, id="rest"),
    ],
)
def test_the_host_ends_each_technique(
    technique: Technique, duration_s: float | None, reason: StepEndReason, elapsed_s: float, charge_C: float
) -> None:
    bench = bench_2400()
    bench.potentiostat.start(step(technique, duration_s))
    said, end = bench.to_end(every_s=1.0)
    assert end.reason is reason
    assert end.elapsed_s == pytest.approx(elapsed_s, abs=2.0)
    assert end.charge_C == pytest.approx(charge_C, abs=2e-3)
    assert bench.cell.drive == ("open", 0.0)
    samples = np.concatenate([part.block for part in said])
    assert samples["sequence"].tolist() == list(range(len(samples)))


def test_it_says_that_the_host_ends_its_steps() -> None:
    assert not bench_2400().potentiostat.capabilities.ends_steps_by_itself
    assert KeithleyDriver().potentiostat.capabilities.ends_steps_by_itself


def test_without_a_host_the_cell_stays_at_the_voltage_at_which_it_was_to_end() -> None:
    bench = bench_2400()
    bench.potentiostat.start(step(Galvanostatic(-1e-3, until_voltage_V=3.5)))
    bench.faults.unplugged_between.append((bench.clock.now(), math.inf))
    voltages_V = []
    for _ in range(1000):
        bench.wait(1.0)
        voltages_V.append(bench.cell.measure(bench.clock.now())[0])
    assert min(voltages_V) == pytest.approx(3.5)
    assert voltages_V[-1] == pytest.approx(3.5)


def test_it_is_asked_no_more_often_than_the_step_wants() -> None:
    bench = bench_2400()
    bench.potentiostat.start(step(OpenCircuit(), 10.0))
    said, _ = bench.to_end(every_s=0.1)
    assert sum(part.block.size for part in said) == pytest.approx(11, abs=1)


def test_connecting_changes_nothing_and_another_process_goes_on() -> None:
    bench = bench_2400()
    wanted = step(Galvanostatic(1e-3), 100.0)
    bench.potentiostat.start(wanted)
    bench.wait(30)
    before = list(bench.cell.drives)
    other = bench.another()
    running = other.running()
    assert running is not None
    assert running.step is None
    other.adopt(wanted, KnownOfStep(0.0, 0.01))
    assert bench.cell.drives == before
    bench.potentiostat = other
    said, end = bench.to_end(every_s=1.0)
    assert end.reason is StepEndReason.TIME
    assert end.elapsed_s == pytest.approx(100, abs=1.5)
    assert end.charge_C == pytest.approx(0.1, abs=2e-3)
    assert said[0].block["elapsed_s"][0] == pytest.approx(31, abs=1.5)


def test_the_charge_of_a_hold_goes_on_from_what_is_recorded() -> None:
    bench = bench_2400()
    hold = step(Potentiostatic(3.8), 200.0)
    bench.potentiostat.start(hold)
    heard = []
    for _ in range(30):
        bench.wait(1.0)
        heard.append(bench.potentiostat.poll().block)
    recorded = np.concatenate(heard)
    last_A, last_C = float(recorded["current_A"][-1]), float(recorded["charge_C"][-1])
    bench.wait(10.0)
    other = bench.another()
    other.adopt(hold, KnownOfStep(0.0, 0.01, tuple(recorded["elapsed_s"].tolist()), last_A, last_C))
    bench.potentiostat = other
    _, end = bench.to_end(every_s=1.0)
    assert end.charge_C == pytest.approx(bench.cell.charge_C, rel=0.02)
    assert last_C < 0.5 * end.charge_C


def test_what_is_set_otherwise_is_another_step() -> None:
    bench = bench_2400()
    bench.potentiostat.start(step(Galvanostatic(1e-3), 100.0))
    with pytest.raises(ProtocolError, match="carries out another step"):
        bench.another().adopt(step(Galvanostatic(-1e-3), 100.0), KnownOfStep(0.0, 0.01))


@pytest.mark.parametrize(
    ("run_mark", "number", "is_ours"),
    [(3, 7, True), (4, 7, False), (0, 7, False), (1023, 7, False), (3, 8, False)],
    ids=["its own", "another run", "without a mark", "the last mark", "the step behind it"],
)
def test_a_step_of_another_run_with_the_same_settings_is_not_adopted(run_mark: int, number: int, is_ours: bool) -> None:
    bench = bench_2400()
    ours = replace(step(Galvanostatic(1e-3), 100.0), run_mark=3)
    bench.potentiostat.start(replace(ours, run_mark=run_mark, number=number))
    before = list(bench.cell.drives)
    other = bench.another()
    if is_ours:
        other.adopt(ours, KnownOfStep(0.0, 0.01))
    else:
        with pytest.raises(ProtocolError, match="a step of another run or program, not step 7"):
            other.adopt(ours, KnownOfStep(0.0, 0.01))
    assert bench.cell.drives == before, "it runs on"


def test_nothing_tells_how_a_step_ended_while_nobody_listened() -> None:
    bench = bench_2400()
    bench.potentiostat.adopt(step(Galvanostatic(1e-3), 100.0), KnownOfStep(0.0, 0.01))
    end = bench.potentiostat.poll().end
    assert end is not None
    assert end.reason is StepEndReason.UNKNOWN


def test_somebody_at_the_instrument_switches_the_output_off() -> None:
    bench = bench_2400()
    bench.potentiostat.start(step(Galvanostatic(1e-3)))
    bench.wait(5)
    bench.engine.somebody_switches_output(bench.clock.now(), on=False)
    _, end = bench.to_end(every_s=1.0)
    assert end.reason is StepEndReason.FAULT


def test_a_2450_in_its_own_language_is_told_what_to_do() -> None:
    bench = bench_2400()
    bench.engine = KeithleyDriver().engine
    with pytest.raises(ConfigMismatch, match="speaks SCPI, this driver SCPI2400"):
        bench.another()


def test_it_is_made_safe() -> None:
    bench = bench_2400()
    bench.potentiostat.start(step(Galvanostatic(1e-3)))
    assert bench.potentiostat.make_safe().safety is Safety.CONFIRMED
    assert bench.cell.drive == ("open", 0.0)
    bench.faults.unplugged_between.append((0.0, math.inf))
    assert bench.potentiostat.make_safe().safety is Safety.UNKNOWN
