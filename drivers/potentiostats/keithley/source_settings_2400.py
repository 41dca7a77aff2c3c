"""The settings of source and meter for a step in the 2400 dialect, and the proof that they are in force."""

import math
import re
from collections.abc import Iterator

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.potentiostats.keithley.step_plan import VOLTAGE, StepPlan

__all__ = ["first_difference", "require_settings", "settings_2400"]

FUNCTION = re.compile(r"VOLT|CURR")
OFF_STATE = re.compile(r"NORM|HIMP|ZERO|GUAR")
SAME_SHARE = 1e-4
ANY_CURRENT_A = 1e-6


def settings_2400(plan: StepPlan) -> Iterator[str]:
    """What is sent before a step, with the output off: high impedance when off comes first (sheet 2.4 and 2.5)."""
    source, meter = plan.sources, plan.measures
    yield from (":OUTP:SMOD HIMP", ":SOUR:CLE:AUTO OFF")
    yield f":SOUR:FUNC {source}"
    yield f":SOUR:{source}:MODE FIX"
    yield f":SOUR:{source}:RANG {plan.widest_V if source == VOLTAGE else ANY_CURRENT_A:.9g}"
    yield from (":SENS:FUNC:CONC ON", ':SENS:FUNC "VOLT","CURR"')
    yield f":SENS:{meter}:PROT {plan.limit:.9g}"
    yield f":SENS:{meter}:RANG:AUTO ON"
    yield f":SENS:{meter}:NPLC 1"
    yield from (":SYST:RSEN ON", ":FORM:DATA ASC", ":FORM:ELEM VOLT,CURR,TIME,STAT", ":ARM:COUN 1", ":TRIG:COUN 1")
    yield f":SOUR:{source} {plan.level:.9g}"


def first_difference(session: ScpiSession, plan: StepPlan) -> str | None:
    """How the instrument is set otherwise than a plan asks for; None if it is not."""
    source, meter = plan.sources, plan.measures
    function = session.ask(":SOUR:FUNC?", FUNCTION)
    if function != source:
        return f"it sources {function}, not {source}"
    for query, wanted in ((f":SOUR:{source}?", plan.level), (f":SENS:{meter}:PROT?", plan.limit)):
        found = session.ask_number(query)
        if not math.isclose(found, wanted, rel_tol=SAME_SHARE, abs_tol=1e-12):
            return f"{query} is {found:g}, not {wanted:g}"
    return None


def require_settings(session: ScpiSession, plan: StepPlan) -> None:
    """Read back what cell and people depend on.

    Raises:
        ConfigMismatch: if the instrument is set otherwise.
    """
    difference = first_difference(session, plan)
    if difference is None and not session.ask_switch(":SYST:RSEN?"):
        difference = "it measures with two wires"
    off_state = session.ask(":OUTP:SMOD?", OFF_STATE)
    if difference is None and off_state != "HIMP":
        difference = f"its state when off is {off_state}, not HIMP"
    if difference is not None:
        raise ConfigMismatch(
            f"{difference}, so the step was not started",
            remedy="Check the model, and that nobody else sets the instrument.",
        )
