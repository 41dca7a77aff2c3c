"""A step as a MethodSCRIPT: its end conditions, hard limits and maximum duration run on the instrument.

The script carries on without the host to its own end and leaves the cell off.
"""

from operando.drivers.potentiostats.impedance_script import impedance_script
from operando.drivers.potentiostats.methodscript_literals import literal
from operando.drivers.potentiostats.methodscript_modes import EMSTAT4_MODES, FrontEndModes
from operando.drivers.potentiostats.sampling import Sampling
from operando.drivers.potentiostats.script_parts import (
    count_charge,
    count_time,
    counters,
    end_script,
    ending,
    guards,
    when,
)
from operando.drivers.potentiostats.step_duration import remaining_time
from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Step, StepEndReason

__all__ = ["step_script"]

AUTORANGE_SPAN = 1000.0
"""Largest over smallest current range that a falling current is followed through."""


def step_script(step: Step, shortest_interval_s: float, modes: FrontEndModes = EMSTAT4_MODES) -> str:
    """The bytes to upload, as text with line feeds and the empty line at its end.

    Raises:
        ValueError: if a value does not fit into the language, or the guard not into the front end.
    """
    if isinstance(step.technique, Impedance):
        return impedance_script(step, step.technique, modes)
    sampling = Sampling(step.recording, shortest_interval_s)
    remaining_s, at_end = remaining_time(step)
    resting = isinstance(step.technique, OpenCircuit)
    lines = [
        *counters(step, sampling.variables),
        *sampling.prepare(),
        "set_pgstat_chan 0",
        *_cell(step, sampling, modes),
        "timer_start",
        f"{_loop(step)} {literal(sampling.interval_s)} {literal(remaining_s)}",
        *count_time(step),
        *([] if resting else count_charge()),
        *sampling.report(),
        *guards(step.guard, current=not resting),
        *_ends(step),
        "endloop",
        *ending(at_end)[:1],
    ]
    return end_script(lines, sampling.report_last())


def _cell(step: Step, sampling: Sampling, modes: FrontEndModes) -> list[str]:
    """Mode, bandwidth and ranges; then the cell on, at zero current or at its voltage. A rest keeps it off."""
    bandwidth = f"set_max_bandwidth {literal(sampling.bandwidth_Hz)}"
    potentiostat = f"set_pgstat_mode {modes.steady}"
    largest_A = max(abs(limit) for limit in step.guard.current_A)
    match step.technique:
        case Galvanostatic(current_A=current_A):
            if modes.galvanostat is None:
                raise ValueError("the instrument has no galvanostat")
            galvanostat = f"set_pgstat_mode {modes.galvanostat}"
            voltage_range = modes.voltage_range(modes.galvanostat, step.guard)
            applied = f"set_range db {literal(abs(current_A))}"
            return [galvanostat, bandwidth, voltage_range, applied, "set_i 0", "cell_on"]
        case Potentiostatic(voltage_V=voltage_V):
            measured = f"set_range ba {literal(largest_A)}"
            following = f"set_autoranging ba {literal(largest_A / AUTORANGE_SPAN)} {literal(largest_A)}"
            window = modes.window(modes.steady, step.guard)
            return [potentiostat, bandwidth, *window, measured, following, f"set_e {literal(voltage_V)}", "cell_on"]
        case _:
            return [potentiostat, bandwidth, modes.voltage_range(modes.steady, step.guard), "cell_off"]


def _loop(step: Step) -> str:
    match step.technique:
        case Galvanostatic(current_A=current_A):
            return f"meas_loop_cp voltage current {literal(current_A)}"
        case Potentiostatic(voltage_V=voltage_V):
            return f"meas_loop_ca voltage current {literal(voltage_V)}"
        case _:
            return "meas_loop_ocp voltage"


def _ends(step: Step) -> list[str]:
    """The ordinary ends, by voltage, current or charge."""
    match step.technique:
        case Galvanostatic(current_A, until_voltage_V, until_charge_C):
            comparison, sign = (">=", 1.0) if current_A > 0 else ("<=", -1.0)
            lines = []
            if until_voltage_V is not None:
                lines += when("voltage", comparison, literal(until_voltage_V), ending(StepEndReason.VOLTAGE))
            if until_charge_C is not None:
                lines += when("charge", comparison, literal(sign * until_charge_C), ending(StepEndReason.CHARGE))
            return lines
        case Potentiostatic(_, until_current_A, until_charge_C):
            lines = []
            if until_current_A is not None:
                above = when("current", ">=", literal(-until_current_A), ending(StepEndReason.CURRENT))
                lines += when("current", "<=", literal(until_current_A), above)
            if until_charge_C is not None:
                lines += when("charge", ">=", literal(until_charge_C), ending(StepEndReason.CHARGE))
                lines += when("charge", "<=", literal(-until_charge_C), ending(StepEndReason.CHARGE))
            return lines
        case _:
            return []
