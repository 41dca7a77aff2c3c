"""The settings of source and meter for a step of a 2450, and the proof that they are in force."""

import math
import re
from collections.abc import Iterator

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.potentiostats.keithley.step_plan import VOLTAGE, StepPlan

__all__ = ["require_settings", "settings_2450"]

PROTECTIONS_V = (2, 5, 10, 20)
DIGITS = 10
FUNCTION = re.compile(r"VOLT|CURR")
OFF_STATE = re.compile(r"NORM|HIMP|ZERO|GUAR")
SAME_SHARE = 1e-5
ANY_CURRENT_A = 1e-6
"""Range of a source of zero current; the smallest that all models have."""


def settings_2450(plan: StepPlan) -> Iterator[str]:
    """What is sent before a step, with the output off: high impedance when off comes first (sheet 2.4)."""
    source, meter = plan.sources, plan.measures
    yield from (":OUTP:VOLT:SMOD HIMP", ":OUTP:CURR:SMOD HIMP")
    yield f":SOUR:FUNC {source}"
    yield f":SOUR:VOLT:PROT {_protection(plan.widest_V)}"
    yield f":SOUR:{source}:RANG {plan.widest_V if source == VOLTAGE else ANY_CURRENT_A:.9g}"
    yield f":SOUR:{source}:READ:BACK ON"
    yield f':SENS:FUNC "{meter}"'
    yield f":SENS:{meter}:RSEN ON"
    yield f":SENS:{meter}:RANG:AUTO ON"
    yield f":SENS:{meter}:NPLC 1"
    yield f":SOUR:{source} {plan.level:.9g}"
    yield f":SOUR:{_limit(plan)} {plan.limit:.9g}"
    yield from (":FORM:DATA ASC", f":FORM:ASC:PREC {DIGITS}")


def require_settings(session: ScpiSession, plan: StepPlan) -> None:
    """Read back what cell and people depend on.

    Raises:
        ConfigMismatch: if the instrument is set otherwise.
    """
    source = plan.sources
    function = session.ask(":SOUR:FUNC?", FUNCTION)
    if function != source:
        raise _mismatch(":SOUR:FUNC?", function, source)
    for query, wanted in ((f":SOUR:{source}?", plan.level), (f":SOUR:{_limit(plan)}?", plan.limit)):
        found = session.ask_number(query)
        if not math.isclose(found, wanted, rel_tol=SAME_SHARE, abs_tol=1e-12):
            raise _mismatch(query, f"{found:g}", f"{wanted:g}")
    if not session.ask_switch(f":SENS:{plan.measures}:RSEN?"):
        raise _mismatch(f":SENS:{plan.measures}:RSEN?", "0 (two wires)", "1 (four wires)")
    off_state = session.ask(f":OUTP:{source}:SMOD?", OFF_STATE)
    if off_state != "HIMP":
        raise _mismatch(f":OUTP:{source}:SMOD?", off_state, "HIMP")


def _limit(plan: StepPlan) -> str:
    return "VOLT:ILIM" if plan.sources == VOLTAGE else "CURR:VLIM"


def _protection(voltage_V: float) -> str:
    """The lowest protection above a voltage that the cell may have: below it the source would be clamped."""
    return next((f"PROT{volts}" for volts in PROTECTIONS_V if volts > voltage_V * 1.05), "NONE")


def _mismatch(query: str, found: str, wanted: str) -> ConfigMismatch:
    return ConfigMismatch(
        f"{query} is {found} and not {wanted}, so the step was not started",
        remedy="Check the model, and that nobody else sets the instrument.",
    )
