"""The building blocks of the scripts: lines of MethodSCRIPT that integrate charge, report a sample and end a step.

A variable is copied by `store_var` and `add_var`, which every firmware understands alike.
"""

from collections.abc import Iterable, Sequence

from operando.drivers.potentiostats.methodscript_literals import integer_literal, literal
from operando.drivers.potentiostats.step_on_wire import number_on_wire
from operando.drivers.roles import Guard, Step, StepEndReason

__all__ = [
    "SAMPLE_VARIABLES",
    "TOLD_END",
    "copy",
    "count_charge",
    "count_time",
    "counters",
    "end_script",
    "ending",
    "guards",
    "package",
    "when",
]

TOLD_END = "end "
"""Before the reason of an end in the text that a script sends."""

SAMPLE_VARIABLES = ("step", "elapsed", "charge", "voltage", "current")
COUNTERS = ("now", "before", "part", "total", "lost")

# Types of variables (sheet: MethodSCRIPT variable types): count, time, generic.
COUNT, TIME, GENERIC, VOLTAGE, CURRENT = "ee", "eb", "ja", "ab", "ba"


def counters(step: Step, further: Sequence[str] = ()) -> list[str]:
    """Declare the variables and load what the step has behind it."""
    return [
        *(f"var {name}" for name in (*SAMPLE_VARIABLES, *COUNTERS, *further)),
        f"store_var step {integer_literal(number_on_wire(step))} {COUNT}",
        f"store_var elapsed {literal(step.elapsed_before_s)} {TIME}",
        f"store_var charge {literal(step.charge_before_C)} {GENERIC}",
        f"store_var voltage 0 {VOLTAGE}",
        f"store_var current 0 {CURRENT}",
        f"store_var before 0 {TIME}",
        f"store_var lost 0 {GENERIC}",
    ]


def copy(source: str, target: str, kind: str) -> list[str]:
    """Copy a variable."""
    return [f"store_var {target} 0 {kind}", f"add_var {target} {source}"]


def count_time(step: Step) -> list[str]:
    """Read the timer into `now` (since the start of the script) and `elapsed` (since the start of the step)."""
    return ["timer_get now", f"store_var elapsed {literal(step.elapsed_before_s)} {TIME}", "add_var elapsed now"]


def count_charge() -> list[str]:
    """Add current times the time since the last reading to `charge`.

    Single precision is all that may be expected of the instrument: adding small parts to a large charge would be wrong
    by parts in ten thousand. So what an addition loses is kept and given to the next one (W. Kahan 1965).
    """
    return [
        *copy("now", "part", GENERIC),
        "sub_var part before",
        "mul_var part current",
        *copy("now", "before", TIME),
        "sub_var part lost",
        *copy("charge", "total", GENERIC),
        "add_var total part",
        *copy("total", "lost", GENERIC),
        "sub_var lost charge",
        "sub_var lost part",
        *copy("total", "charge", GENERIC),
    ]


def package(variables: Iterable[str] = SAMPLE_VARIABLES) -> list[str]:
    """Send variables in one data package; a vendor client holds eight at most."""
    return ["pck_start", *(f"pck_add {name}" for name in variables), "pck_end"]


def when(variable: str, comparison: str, limit: str, then: Iterable[str]) -> list[str]:
    """Do something if a variable compares with a limit; the language has no `and`, so conditions nest."""
    return [f"if {variable} {comparison} {limit}", *then, "endif"]


def ending(reason: StepEndReason) -> list[str]:
    """Tell why the step ends, and end the script; the cell is switched off by its last section."""
    return [f'send_string "{TOLD_END}{reason}"', "abort"]


def guards(guard: Guard, *, current: bool = True) -> list[str]:
    """End the step when voltage or current leaves its window."""
    lowest_V, highest_V = guard.voltage_V
    lowest_A, highest_A = guard.current_A
    beyond_voltage, beyond_current = ending(StepEndReason.VOLTAGE_LIMIT), ending(StepEndReason.CURRENT_LIMIT)
    lines = when("voltage", ">", literal(highest_V), beyond_voltage)
    lines += when("voltage", "<", literal(lowest_V), beyond_voltage)
    if current:
        lines += when("current", ">", literal(highest_A), beyond_current)
        lines += when("current", "<", literal(lowest_A), beyond_current)
    return lines


def end_script(lines: Iterable[str], at_last: Iterable[str] = ()) -> str:
    """The whole upload: `e`, the lines, the section that always switches the cell off, and the empty line."""
    return "\n".join(["e", *lines, "on_finished:", "cell_off", *at_last, "", ""])
