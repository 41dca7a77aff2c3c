"""The check of a step against what an instrument can do, before anything is sent; the same for every potentiostat."""

import math
from collections.abc import Iterator

from operando.drivers.errors import LimitRefused
from operando.drivers.potentiostats.step_duration import remaining_time
from operando.drivers.roles import (
    Galvanostatic,
    Impedance,
    PotentiostatCapabilities,
    Potentiostatic,
    Step,
    Technique,
)

__all__ = ["LARGEST_NUMBER", "check_step"]

LARGEST_NUMBER = 2**27 - 1
"""Of a step: every instrument must be able to say it, and a package of MethodSCRIPT holds no more."""


def check_step(step: Step, capabilities: PotentiostatCapabilities, where: str) -> None:
    """Refuse a step that the instrument cannot carry out, or that its own guard would end at once.

    Raises:
        LimitRefused: with everything that is wrong.
    """
    problems = [*_technique(step.technique, capabilities), *_guard(step, capabilities), *_recording(step, capabilities)]
    if problems:
        raise LimitRefused(
            f"step {step.number} cannot be carried out: {'; '.join(problems)}",
            where=where,
            remedy="Change the step or its safety limits; nothing was sent.",
        )


def _technique(technique: Technique, capabilities: PotentiostatCapabilities) -> Iterator[str]:
    volts, amperes = capabilities.voltage_range_V, capabilities.current_range_A
    match technique:
        case Galvanostatic(current_A, until_voltage_V, until_charge_C):
            if not capabilities.galvanostatic:
                yield "the instrument holds voltages only, it has no galvanostat to keep a current constant"
            if current_A == 0:
                yield "a current of zero is a rest"
            yield from _outside("current", current_A, amperes, "A")
            yield from _outside("cut-off voltage", until_voltage_V, volts, "V")
            yield from _not_positive("cut-off charge", until_charge_C)
        case Potentiostatic(voltage_V, until_current_A, until_charge_C):
            yield from _outside("voltage", voltage_V, volts, "V")
            yield from _not_positive("cut-off current", until_current_A)
            yield from _not_positive("cut-off charge", until_charge_C)
        case Impedance():
            yield from _impedance(technique, capabilities)
        case _:
            pass


def _impedance(technique: Impedance, capabilities: PotentiostatCapabilities) -> Iterator[str]:
    if capabilities.impedance_frequency_Hz is None or capabilities.impedance_amplitude_V is None:
        yield "this instrument measures no impedance"
        return
    yield from _outside("frequency", technique.from_frequency_Hz, capabilities.impedance_frequency_Hz, "Hz")
    yield from _outside("frequency", technique.to_frequency_Hz, capabilities.impedance_frequency_Hz, "Hz")
    yield from _outside("amplitude", technique.amplitude_V, capabilities.impedance_amplitude_V, "V")
    yield from _outside("bias", technique.bias_V, capabilities.voltage_range_V, "V")
    yield from _not_positive("number of points per decade", technique.points_per_decade)
    if technique.from_frequency_Hz <= technique.to_frequency_Hz:
        yield "frequencies go from high to low"


def _guard(step: Step, capabilities: PotentiostatCapabilities) -> Iterator[str]:
    volts, amperes = step.guard.voltage_V, step.guard.current_A
    if not all(map(math.isfinite, (*amperes, step.guard.maximum_duration_s))):
        yield "a current or the duration of the guard is not finite"
    if volts[0] >= volts[1] or amperes[0] >= amperes[1]:
        yield "a window of the guard is empty"
        return
    for limit_V in volts:  # beyond what is measured it would never be seen to be passed
        yield from _outside("limit of the guard", limit_V, capabilities.voltage_range_V, "V")
    match step.technique:
        case Galvanostatic(current_A, until_voltage_V, _):
            yield from _outside("current", current_A, amperes, "A", "the guard")
            yield from _outside("cut-off voltage", until_voltage_V, volts, "V", "the guard")
        case Potentiostatic(voltage_V, _, _):
            yield from _outside("voltage", voltage_V, volts, "V", "the guard")
        case Impedance(bias_V=bias_V):
            yield from _outside("bias", bias_V, volts, "V", "the guard")
        case _:
            pass


def _recording(step: Step, capabilities: PotentiostatCapabilities) -> Iterator[str]:
    if not 0 <= step.number <= LARGEST_NUMBER:
        yield f"its number is not between 0 and {LARGEST_NUMBER}"
    if not capabilities.shortest_interval_s <= step.recording.every_s < math.inf:
        yield f"samples every {step.recording.every_s:g} s, at least {capabilities.shortest_interval_s:g} s are needed"
    yield from _not_positive("voltage change to record", step.recording.or_voltage_change_V)
    remaining_s, _ = remaining_time(step)
    if not remaining_s > 0:
        yield f"no time remains ({step.elapsed_before_s:g} s have passed)"
    until_charge_C = getattr(step.technique, "until_charge_C", None)
    if until_charge_C is not None and not abs(step.charge_before_C) < until_charge_C:
        yield f"no charge remains ({step.charge_before_C:g} C have passed)"


def _outside(
    what: str, value: float | None, window: tuple[float, float], unit: str, whose: str = "the instrument"
) -> Iterator[str]:
    # a comparison that is false for NaN, too
    if value is not None and not window[0] <= value <= window[1]:
        yield f"{what} {value:g} {unit} is outside {window[0]:g} to {window[1]:g} {unit} of {whose}"


def _not_positive(what: str, value: float | None) -> Iterator[str]:
    if value is not None and not value > 0:
        yield f"{what} {value:g} is not above zero"
