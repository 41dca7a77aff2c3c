"""How a step ends, in words."""

from collections.abc import Iterator

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic
from operando.protocols.live.steps import StartedStep
from operando.protocols.plan.words import time_in_words
from operando.protocols.report.wording import setting

__all__ = ["end_in_words", "technique_in_words"]


def technique_in_words(step: StartedStep) -> str:
    """What the potentiostat does: `+120 µA`, `4.2 V held`."""
    match step.step.technique:
        case Galvanostatic(current_A=current_A):
            return ("+" if current_A > 0 else "") + setting(current_A, "A")
        case Potentiostatic(voltage_V=voltage_V):
            return f"{setting(voltage_V, 'V')} held"
        case Impedance() as sweep:
            return f"{setting(sweep.from_frequency_Hz, 'Hz')} to {setting(sweep.to_frequency_Hz, 'Hz')}"
        case _:
            return "open circuit"


def end_in_words(step: StartedStep) -> str:
    """Its end conditions: `until 4.2 V, at most 15 h 10 min`; `for 1 h`."""
    ends = list(_ends(step))
    until = [f"until {' or '.join(ends)}"] if ends else []
    duration_s = step.step.duration_s
    if duration_s is not None:
        return f"for {' '.join([time_in_words(duration_s), *(f'or {each}' for each in until)])}"
    return ", ".join([*until, f"at most {time_in_words(step.step.guard.maximum_duration_s)}"])


def _ends(step: StartedStep) -> Iterator[str]:
    technique = step.step.technique
    if isinstance(technique, Galvanostatic) and technique.until_voltage_V is not None:
        yield setting(technique.until_voltage_V, "V")
    if isinstance(technique, Potentiostatic) and technique.until_current_A is not None:
        yield setting(technique.until_current_A, "A")
    if isinstance(technique, Galvanostatic | Potentiostatic) and technique.until_charge_C is not None:
        yield setting(technique.until_charge_C / 3600.0, "Ah")
    if isinstance(technique, OpenCircuit) and step.relaxation_V_per_s is not None:
        yield f"{setting(step.relaxation_V_per_s * 3600.0, 'V')}/h"
