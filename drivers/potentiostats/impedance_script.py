"""An impedance spectrum as a MethodSCRIPT: rest, look at the guard, then sweep the frequencies around the bias."""

import math

from operando.drivers.potentiostats.methodscript_literals import integer_literal, literal
from operando.drivers.potentiostats.methodscript_modes import FrontEndModes
from operando.drivers.potentiostats.script_parts import (
    count_charge,
    count_time,
    counters,
    end_script,
    ending,
    guards,
    package,
    when,
)
from operando.drivers.potentiostats.step_duration import remaining_time
from operando.drivers.roles import Impedance, Step, StepEndReason

__all__ = ["IMPEDANCE_VARIABLES", "frequency_count", "impedance_script"]

IMPEDANCE_VARIABLES = ("step", "elapsed", "frequency", "real", "imaginary")

REST = "100m 1"
"""Interval and duration, in which the open-circuit voltage is found."""

HOLD = "100m 1"
"""Interval and duration, in which the current at a given bias is checked before the sweep."""

SWEEP_BANDWIDTH = "200k"
AUTORANGE_SPAN = 1000.0


def frequency_count(technique: Impedance) -> int:
    """Number of frequencies, both ends included."""
    decades = math.log10(technique.from_frequency_Hz / technique.to_frequency_Hz)
    return max(1, round(decades * technique.points_per_decade)) + 1


def impedance_script(step: Step, technique: Impedance, modes: FrontEndModes) -> str:
    """The upload of an impedance step.

    The loop over frequencies measures no direct current. Guard limits are therefore checked before it: the voltage at
    open circuit, and the current at a given bias. The maximum duration is checked after each frequency.
    """
    largest_A = max(abs(limit) for limit in step.guard.current_A)
    voltage_range = modes.voltage_range(modes.spectrum, step.guard)
    bias = "voltage" if technique.bias_V is None else literal(technique.bias_V)
    sweep = (
        f"meas_loop_eis frequency real imaginary {literal(technique.amplitude_V)}"
        f" {literal(technique.from_frequency_Hz)} {literal(technique.to_frequency_Hz)}"
        f" {integer_literal(frequency_count(technique))} {bias}"
    )
    _, at_end = remaining_time(step)
    longest_s = min(step.guard.maximum_duration_s, step.duration_s or math.inf)
    lines = [
        *counters(step, IMPEDANCE_VARIABLES[2:]),
        "set_pgstat_chan 0",
        f"set_pgstat_mode {modes.spectrum}",
        f"set_max_bandwidth {SWEEP_BANDWIDTH}",
        voltage_range,
        f"set_range ba {literal(largest_A)}",
        f"set_autoranging ba {literal(largest_A / AUTORANGE_SPAN)} {literal(largest_A)}",
        "cell_off",
        "timer_start",
        f"meas_loop_ocp voltage {REST}",
        *count_time(step),
        "endloop",
        *package(),
        *guards(step.guard, current=False),
        f"set_e {bias}",
        "cell_on",
        *([] if technique.bias_V is None else _hold(step, bias)),
        sweep,
        *count_time(step),
        *package(IMPEDANCE_VARIABLES),
        *when("elapsed", ">=", literal(longest_s), ending(at_end)),
        "endloop",
        *ending(StepEndReason.COMPLETED)[:1],
    ]
    return end_script(lines)


def _hold(step: Step, bias: str) -> list[str]:
    return [
        "timer_get before",
        f"meas_loop_ca voltage current {bias} {HOLD}",
        *count_time(step),
        *count_charge(),
        *package(),
        *guards(step.guard),
        "endloop",
    ]
