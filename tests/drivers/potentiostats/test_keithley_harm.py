"""What would hurt a cell, or lie about it: orders to a SourceMeter that get lost, and readings without sense."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from support.keithley_bench import KeithleyDriver
from support.resistor_world import ResistorCell

from operando.drivers.errors import (
    ConfigMismatch,
    DeviceFault,
    InstrumentError,
    LimitRefused,
    ProtocolError,
    TransportClosed,
)
from operando.drivers.links import Address, Link
from operando.drivers.potentiostats.keithley.models import KEITHLEY_2450
from operando.drivers.potentiostats.keithley.reading import OVERFLOW, Reading
from operando.drivers.potentiostats.keithley.source_settings import settings_2450
from operando.drivers.potentiostats.keithley.source_settings_2400 import settings_2400
from operando.drivers.potentiostats.keithley.step_plan import StepPlan, plan_of
from operando.drivers.potentiostats.keithley.step_runner_2400 import unturned
from operando.drivers.potentiostats.keithley.step_samples import StepSamples
from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    OpenCircuit,
    Potentiostatic,
    Safety,
    SampleQuality,
    Step,
    StepEndReason,
    Technique,
)
from operando.simulators.potentiostats.keithley import Keithley2450

GUARD = Guard((2.4, 4.35), (-2e-3, 2e-3), 3600.0)
Tamper = Callable[[bytes], bytes]


class TamperedLink:
    """A link on whose way out bytes are changed or lost; a tamper that raises cuts it."""

    simulated = True

    def __init__(self, link: Link, tamper: Tamper) -> None:
        self._link = link
        self._tamper = tamper

    @property
    def address(self) -> Address:
        return self._link.address

    def write(self, data: bytes) -> None:
        self._link.write(self._tamper(data))

    def read(self, timeout_s: float) -> bytes:
        return self._link.read(timeout_s)

    def close(self) -> None:
        self._link.close()


class TamperedBench(KeithleyDriver):
    """A bench on whose wire somebody tampers."""

    tamper: Tamper = staticmethod(lambda data: data)

    def link(self) -> Link:
        return TamperedLink(super().link(), lambda data: self.tamper(data))


def bench_with(model: str = "2450") -> TamperedBench:
    return TamperedBench(model, ResistorCell(emf_V=3.7, resistance_ohm=100.0, slope_V_per_C=1.0))


def step(technique: Technique, duration_s: float | None = None, guard: Guard = GUARD) -> Step:
    return Step(7, technique, guard, duration_s)


def once(what: bytes, then: Tamper) -> Tamper:
    """Tampers with the first message that contains something."""
    left = [True]

    def tamper(data: bytes) -> bytes:
        if left[0] and what in data:
            left[0] = False
            return then(data)
        return data

    return tamper


def lost(data: bytes) -> bytes:
    return b""


def cut(data: bytes) -> bytes:
    raise TransportClosed("cut off")


def test_a_reading_beyond_its_range_spoils_no_charge() -> None:
    samples = StepSamples(step(Galvanostatic(1e-3)))
    for second, current_A in ((1.0, 1e-3), (2.0, OVERFLOW), (3.0, 1e-3), (4.0, 1e-3)):
        row = samples.add(Reading(second, 3.7, current_A), second, 0.0)
        assert row is not None
        assert bool(row[8] & SampleQuality.OVERLOAD) is (current_A == OVERFLOW)
    assert samples.charge_C == pytest.approx(4e-3)


@pytest.mark.parametrize("fault", [cut, lost])
def test_a_cell_that_is_shorted_is_switched_off_though_the_order_is_lost_and_no_sample_comes_twice(
    fault: Tamper,
) -> None:
    bench = bench_with()
    bench.potentiostat.start(step(Galvanostatic(1e-3, until_voltage_V=4.0)))
    bench.wait(10)
    blocks = [bench.potentiostat.poll().block]
    bench.cell.emf_V = 0.1
    bench.tamper = once(b":OUTP OFF", fault)
    end = None
    for _ in range(10):
        bench.wait(1.0)
        try:
            said = bench.potentiostat.poll()
        except TransportClosed:
            continue
        blocks.append(said.block)
        end = end or said.end
    assert end is not None and end.reason is StepEndReason.VOLTAGE_LIMIT
    assert bench.cell.drive == ("open", 0.0)
    samples = np.concatenate(blocks)
    assert np.all(np.diff(samples["elapsed_s"]) > 0.5)
    assert end.charge_C == pytest.approx(1e-3 * samples["elapsed_s"][-1])


def test_a_step_that_its_instrument_does_not_end_in_time_is_ended_by_the_host() -> None:
    bench = bench_with()
    bench.tamper = once(b":TRIG:TIM1:DEL", lambda data: data.replace(b"TIM1:DEL 1.000000", b"TIM1:DEL 60"))
    bench.potentiostat.start(step(Galvanostatic(1e-3), guard=Guard((2.4, 4.35), (-2e-3, 2e-3), 30.0)))
    _, end = bench.to_end(every_s=1.0, at_most_s=60.0)
    assert end.reason is StepEndReason.MAXIMUM_DURATION
    assert "late" in end.detail
    assert bench.cell.drives[-1][0] == "open" and bench.cell.drives[-1][2] < 35.0


def test_the_relay_opens_even_if_somebody_has_set_another_state_while_a_program_runs() -> None:
    bench = bench_with()
    bench.potentiostat.start(step(Galvanostatic(1e-3)))
    assert isinstance(bench.engine, Keithley2450)
    bench.engine._bench.source.off_states.update({"VOLT": "NORM"})
    assert bench.potentiostat.make_safe().safety is Safety.CONFIRMED
    assert bench.cell.drive == ("open", 0.0)


@pytest.mark.parametrize("settings", [settings_2450, settings_2400])
@pytest.mark.parametrize("technique", [Galvanostatic(-1e-3, until_voltage_V=1.5), Potentiostatic(1.5)])
def test_neither_range_nor_protection_lies_below_what_the_cell_may_have(
    settings: Callable[[StepPlan], list[str]], technique: Technique
) -> None:
    sent = list(settings(plan_of(step(technique, guard=Guard((1.4, 3.8), (-2e-3, 2e-3), 60.0)), KEITHLEY_2450)))
    ranges = [float(found[1]) for text in sent if (found := re.fullmatch(r":SOUR:VOLT:RANG (.*)", text))]
    protections = [float(found[1]) for text in sent if (found := re.fullmatch(r":SOUR:VOLT:PROT PROT(\d+)", text))]
    assert ranges == [3.8]
    assert all(volts >= 3.8 for volts in protections)
    assert ":SOUR:VOLT 1.5" in sent


def test_a_source_that_has_not_changed_its_function_is_not_switched_on() -> None:
    bench = bench_with()
    bench.tamper = once(b":SOUR:FUNC CURR\n", lambda data: data.replace(b":SOUR:FUNC CURR\n", b""))
    with pytest.raises(ConfigMismatch, match="FUNC"):
        bench.potentiostat.start(step(OpenCircuit(), 10.0))
    assert not bench.cell.drives


@pytest.mark.parametrize(
    ("model", "current_A", "refused"), [("2450", 5e-7, False), ("2461", 5e-7, True), ("2450", 5e-10, True)]
)
def test_a_current_limit_that_is_too_small_is_refused_before_anything_is_sent(
    model: str, current_A: float, refused: bool
) -> None:
    bench = bench_with(model)
    wanted = step(Galvanostatic(current_A), 10.0)
    if not refused:
        bench.potentiostat.start(wanted)
        return
    with pytest.raises(LimitRefused, match="the smallest there is"):
        bench.potentiostat.start(wanted)
    assert not bench.cell.drives


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        (Guard((2.4, 4.35), (-2e-3, 2e-3), float("inf")), "not finite"),
        (Guard((2.4, 4.35), (-2e-3, 2e-3), float("nan")), "not finite"),
        (Guard((2.4, 4.35), (-2e-3, float("nan")), 60.0), "not finite"),
        (Guard((2.4, float("nan")), (-2e-3, 2e-3), 60.0), "limit of the guard nan V is outside"),
    ],
)
def test_a_guard_that_is_no_number_is_refused(guard: Guard, words: str) -> None:
    with pytest.raises(LimitRefused, match=words):
        bench_with().potentiostat.start(step(Potentiostatic(3.8), guard=guard))


def test_a_step_whose_charge_has_passed_already_is_refused() -> None:
    done = Step(7, Galvanostatic(1e-3, until_charge_C=0.05), GUARD, charge_before_C=0.05)
    with pytest.raises(LimitRefused, match="no charge remains"):
        bench_with().potentiostat.start(done)


def test_a_2400_that_went_on_without_saying_so_is_followed_to_the_end_of_its_step() -> None:
    bench = bench_with("2400")
    bench.tamper = once(b":OUTP ON", lambda data: _then_lose_the_question(bench, data))
    with pytest.raises(InstrumentError):
        bench.potentiostat.start(step(Galvanostatic(1e-3), 20.0))
    assert bench.engine.cell_is_on
    running = bench.potentiostat.running()
    assert running is not None and running.step == 7
    _, end = bench.to_end(every_s=1.0)
    assert end.reason is StepEndReason.TIME
    assert bench.cell.drive == ("open", 0.0)


@pytest.mark.parametrize("fault", [cut, lost])
def test_a_step_of_a_2400_has_ended_when_the_instrument_says_so(fault: Tamper) -> None:
    bench = bench_with("2400")
    bench.potentiostat.start(step(Galvanostatic(1e-3), 20.0))
    bench.tamper = once(b":OUTP OFF", fault)
    ends = []
    for _ in range(25):
        bench.wait(1.0)
        try:
            end = bench.potentiostat.poll().end
        except InstrumentError:
            assert bench.engine.cell_is_on
            continue
        if end is not None:
            assert bench.cell.drive == ("open", 0.0)
            ends.append(end.reason)
    assert ends == [StepEndReason.TIME]


def test_a_2400_that_gives_no_readings_is_switched_off_in_time() -> None:
    bench = bench_with("2400")
    bench.potentiostat.start(step(Galvanostatic(1e-3), 20.0))
    bench.tamper = lambda data: data.replace(b":READ?\n", b"")
    end = None
    for _ in range(30):
        bench.wait(1.0)
        try:
            end = end or bench.potentiostat.poll().end
        except InstrumentError:
            continue
    assert end is not None and end.reason is StepEndReason.TIME
    assert bench.cell.drives[-1][0] == "open" and bench.cell.drives[-1][2] < 25.0


def test_a_2400_whose_output_stays_on_is_not_safe() -> None:
    bench = bench_with("2400")
    bench.potentiostat.start(step(Galvanostatic(1e-3), 20.0))
    bench.tamper = lambda data: data.replace(b":OUTP OFF\n", b"")
    assert bench.potentiostat.make_safe().safety is Safety.UNSAFE
    with pytest.raises(DeviceFault, match="stays on"):
        bench.potentiostat.end_step()


def test_a_2400_that_complains_when_it_goes_on_is_switched_off() -> None:
    bench = bench_with("2400")
    bench.tamper = once(b":OUTP ON", lambda data: data + b"NONSENSE\n")
    with pytest.raises(ProtocolError, match="start of the step"):
        bench.potentiostat.start(step(Galvanostatic(1e-3), 20.0))
    assert bench.cell.drive == ("open", 0.0)
    assert bench.potentiostat.running() is None


@pytest.mark.parametrize(
    ("told_s", "about_s", "elapsed_s"),
    [(12.5, 12.7, 12.5), (99_999.9, 99_999.8, 99_999.9), (0.4, 100_000.5, 100_000.4), (5.0, 400_000.0, 400_005.0)],
)
def test_the_time_of_a_2400_goes_on_where_it_begins_anew(told_s: float, about_s: float, elapsed_s: float) -> None:
    assert unturned(told_s, about_s) == pytest.approx(elapsed_s)


def _then_lose_the_question(bench: TamperedBench, data: bytes) -> bytes:
    bench.tamper = once(b":OUTP?", lost)
    return data
