"""A step as a technique of EClib: its file and its parameters. End conditions and guard are tests on the instrument.

Sheet 3.3. What the library cannot do on the instrument is said at each technique.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from operando.drivers.potentiostats.biologic.ranges import current_range, voltage_range
from operando.drivers.potentiostats.step_duration import remaining_time
from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Step, StepEndReason

__all__ = ["EndTest", "Parameter", "TechniqueFile", "frequency_count", "technique_of"]

BANDWIDTH = 5
STOP = 2
"""`Exit_Cond`: the channel stops, and its cell opens."""
ACTIVE, GREATER, VOLTAGE, CURRENT = 1, 4, 0, 96
NEVER = 1e3
"""A change to record by that never happens."""
MOST_TESTS = 3
SWEEP_PERIODS = 6
"""Of each frequency of a spectrum, settling included; only to refuse a sweep that would outlast its guard."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `index` counts the steps of a technique."""

    label: str
    value: bool | int | float
    index: int = 0


@dataclass(frozen=True, slots=True)
class EndTest:
    """A test that ends the technique on the instrument.

    Args:
        reason: what it means.
        of_current: whether it looks at the current (A), else at the voltage (V).
        above: whether the value ends the step above the limit, else below.
        limit: in SI units.
    """

    reason: StepEndReason
    of_current: bool
    above: bool
    limit: float

    @property
    def config(self) -> int:
        """`TestN_Config`: active, or-ed with the others."""
        return ACTIVE | (GREATER if self.above else 0) | (CURRENT if self.of_current else VOLTAGE)

    def beyond(self, voltage_V: float, current_A: float) -> float:
        """How far a sample lies beyond the limit; negative before it."""
        value = current_A if self.of_current else voltage_V
        return (value - self.limit) if self.above else (self.limit - value)


@dataclass(frozen=True, slots=True)
class TechniqueFile:
    """What is loaded into a channel.

    Args:
        name: of the file, without its ending and without the `4` of the newer devices.
        parameters: of the technique.
        tests: that end it on the instrument, besides its duration.
        duration_s: that ends it on the instrument; infinite for a spectrum.
        at_end: what the end of the duration means.
    """

    name: str
    parameters: tuple[Parameter, ...]
    tests: tuple[EndTest, ...]
    duration_s: float
    at_end: StepEndReason


def technique_of(step: Step, *, charging: bool) -> TechniqueFile:
    """The technique for a step.

    Args:
        step: within the limits of the instrument.
        charging: in which direction the current of a hold flows.

    Raises:
        ValueError: if the step cannot be had on the instrument.
    """
    match step.technique:
        case Galvanostatic() as technique:
            return _galvanostatic(step, technique)
        case Potentiostatic() as technique:
            return _potentiostatic(step, technique, charging=charging)
        case OpenCircuit():
            return _rest(step)
        case Impedance() as technique:
            return _impedance(step, technique)


def _galvanostatic(step: Step, technique: Galvanostatic) -> TechniqueFile:
    """CPLIMIT. A charge limit is the time in which the constant current passes it."""
    charging = technique.current_A > 0
    lowest_V, highest_V = step.guard.voltage_V
    above = EndTest(StepEndReason.VOLTAGE_LIMIT, of_current=False, above=True, limit=highest_V)
    below = EndTest(StepEndReason.VOLTAGE_LIMIT, of_current=False, above=False, limit=lowest_V)
    if technique.until_voltage_V is not None:
        end = EndTest(StepEndReason.VOLTAGE, of_current=False, above=charging, limit=technique.until_voltage_V)
        above, below = (end, below) if charging else (above, end)
    beyond = EndTest(
        StepEndReason.CURRENT_LIMIT, of_current=True, above=charging, limit=step.guard.current_A[1 if charging else 0]
    )
    duration_s, at_end = remaining_time(step)
    if technique.until_charge_C is not None:
        by_charge_s = (technique.until_charge_C - abs(step.charge_before_C)) / abs(technique.current_A)
        if by_charge_s < duration_s:
            duration_s, at_end = by_charge_s, StepEndReason.CHARGE
    tests = (above, below, beyond)
    parameters = (
        Parameter("Current_step", float(technique.current_A)),
        *_common(step, duration_s, "Record_every_dE", step.recording.or_voltage_change_V),
        *_tests(tests),
    )
    return TechniqueFile("cplimit", parameters, tests, duration_s, at_end)


def _potentiostatic(step: Step, technique: Potentiostatic, *, charging: bool) -> TechniqueFile:
    """CALIMIT. Tests look at the signed current, so a falling one is tested from the side on which it flows.

    The guard of the voltage needs no test, because the voltage is held. A charge limit runs on this computer.
    """
    tests = [
        EndTest(StepEndReason.CURRENT_LIMIT, of_current=True, above=True, limit=step.guard.current_A[1]),
        EndTest(StepEndReason.CURRENT_LIMIT, of_current=True, above=False, limit=step.guard.current_A[0]),
    ]
    if technique.until_current_A is not None:
        limit_A = technique.until_current_A if charging else -technique.until_current_A
        tests.append(EndTest(StepEndReason.CURRENT, of_current=True, above=not charging, limit=limit_A))
    duration_s, at_end = remaining_time(step)
    parameters = (
        Parameter("Voltage_step", float(technique.voltage_V)),
        *_common(step, duration_s, "Record_every_dI", None),
        *_tests(tests),
    )
    return TechniqueFile("calimit", parameters, tuple(tests), duration_s, at_end)


def _rest(step: Step) -> TechniqueFile:
    """OCV. It has no tests: no current flows, and the voltage of a rest is guarded by this computer."""
    duration_s, at_end = remaining_time(step)
    change_V = step.recording.or_voltage_change_V
    parameters = (
        Parameter("Rest_time_T", float(duration_s)),
        Parameter("Record_every_dE", NEVER if change_V is None else change_V),
        Parameter("Record_every_dT", float(step.recording.every_s)),
    )
    return TechniqueFile("ocv", parameters, (), duration_s, at_end)


def _impedance(step: Step, technique: Impedance) -> TechniqueFile:
    """PEIS. It has no tests and no duration; a sweep that would outlast the guard is refused beforehand.

    The library's amplitude is that of the sine, ours is rms.
    """
    count = frequency_count(technique)
    needed_s = sweep_duration(technique)
    if needed_s > remaining_time(step)[0]:
        raise ValueError(f"its sweep takes about {needed_s:.0f} s, longer than the guard allows, and has no other end")
    at_rest = technique.bias_V is None
    bias_V = 0.0 if technique.bias_V is None else float(technique.bias_V)
    parameters = (
        Parameter("vs_initial", at_rest),
        Parameter("vs_final", at_rest),
        Parameter("Initial_Voltage_step", bias_V),
        Parameter("Final_Voltage_step", bias_V),
        Parameter("Duration_step", 0.0),
        Parameter("Step_number", 0),
        Parameter("Record_every_dT", float(step.recording.every_s)),
        Parameter("Record_every_dI", NEVER),
        Parameter("Final_frequency", float(technique.to_frequency_Hz)),
        Parameter("Initial_frequency", float(technique.from_frequency_Hz)),
        Parameter("sweep", False),  # logarithmic
        Parameter("Amplitude_Voltage", math.sqrt(2.0) * technique.amplitude_V),
        Parameter("Frequency_number", count),
        Parameter("Average_N_times", 1),
        Parameter("Correction", False),
        Parameter("Wait_for_steady", 1.0),
        *_ranges(step),
    )
    return TechniqueFile("peis", parameters, (), math.inf, StepEndReason.COMPLETED)


def frequency_count(technique: Impedance) -> int:
    """Number of frequencies, both ends included."""
    decades = math.log10(technique.from_frequency_Hz / technique.to_frequency_Hz)
    return max(1, round(decades * technique.points_per_decade)) + 1


def sweep_duration(technique: Impedance) -> float:
    """About how long a sweep takes (s): some periods of each frequency."""
    count = frequency_count(technique)
    ratio = math.pow(technique.from_frequency_Hz / technique.to_frequency_Hz, 1.0 / (count - 1))
    return SWEEP_PERIODS * sum(math.pow(ratio, -number) for number in range(count)) / technique.to_frequency_Hz


def _common(step: Step, duration_s: float, change: str, by_change: float | None) -> tuple[Parameter, ...]:
    return (
        Parameter("vs_initial", False),
        Parameter("Duration_step", float(duration_s)),
        Parameter("Step_number", 0),
        Parameter("Record_every_dT", float(step.recording.every_s)),
        Parameter(change, NEVER if by_change is None else by_change),
        Parameter("N_Cycles", 0),
        *_ranges(step),
        Parameter("Exit_Cond", STOP),
    )


def _ranges(step: Step) -> tuple[Parameter, ...]:
    return (
        Parameter("I_Range", current_range(max(abs(limit) for limit in step.guard.current_A))),
        Parameter("E_Range", voltage_range(max(abs(limit) for limit in step.guard.voltage_V))),
        Parameter("Bandwidth", BANDWIDTH),
    )


def _tests(tests: Sequence[EndTest]) -> tuple[Parameter, ...]:
    named: list[Parameter] = []
    for number in range(MOST_TESTS):
        test = tests[number] if number < len(tests) else None
        named.append(Parameter(f"Test{number + 1}_Config", 0 if test is None else test.config))
        named.append(Parameter(f"Test{number + 1}_Value", 0.0 if test is None else float(test.limit)))
    return tuple(named)
