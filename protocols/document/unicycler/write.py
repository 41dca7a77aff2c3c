"""Writes the cycling of a program as aurora-unicycler JSON, as far as that has words for it."""

import json
from dataclasses import replace

from operando.drivers.errors import OperandoError
from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic
from operando.protocols.document.unicycler.fold import Json, folded
from operando.protocols.program import AskOperator, CaptureNow, CyclingAction, EnterPhase, LeakTest, Program, RunStep

__all__ = ["NotInUnicycler", "write_unicycler"]

VERSION = "0.4.6"


class NotInUnicycler(OperandoError):
    """The program has something that unicycler documents have no words for."""


def write_unicycler(program: Program) -> str:
    """The program's sample, safety, recording and cycling as JSON text. Repetitions become loops again.

    Ends by charge at constant current become ends by time. Captures under `when`, regions and dose are no cycling and
    are not written; neither are the longest times of steps, which the format has no place for.

    Raises:
        NotInUnicycler: for a rendezvous, a question, a rest until relaxation, a hold until a charge, a spectrum at a
            bias, or a step with a recording of its own.
    """
    capacity_C = program.sample.nominal_capacity_C
    capacity_mAh = None if capacity_C is None else _milli(capacity_C / 3600.0)
    document: Json = {
        "unicycler": {"version": VERSION},
        "sample": {"name": program.sample.name, "capacity_mAh": capacity_mAh},
        "record": _without_none(
            {"time_s": program.recording.every_s, "voltage_V": program.recording.or_voltage_change_V}
        ),
        "safety": _safety(program),
        "method": folded([(_step(action), action.cycle) for action in program]),
    }
    return json.dumps(document, indent=2)


def _safety(program: Program) -> Json:
    safety = program.safety
    if safety is None:
        return {}
    return {
        "min_voltage_V": safety.voltage_V[0],
        "max_voltage_V": safety.voltage_V[1],
        "min_current_mA": _milli(safety.current_A[0]),
        "max_current_mA": _milli(safety.current_A[1]),
        "delay_s": safety.host_tolerates_s,
    }


def _step(action: CyclingAction) -> Json:
    if isinstance(action, CaptureNow):
        raise _missing(action, "a rendezvous with a capture")
    if isinstance(action, AskOperator):
        raise _missing(action, "a question to the operator")
    if isinstance(action, EnterPhase | LeakTest):
        raise _missing(action, "a phase of the box's way, or its leak test")
    if action.recording is not None:
        raise _missing(action, "a recording interval of one step")
    return _without_none(_technique(_ended_by_time(action)))


def _ended_by_time(step: RunStep) -> RunStep:
    """At constant current a charge is a time."""
    technique = step.technique
    if not isinstance(technique, Galvanostatic) or technique.until_charge_C is None:
        return step
    by_charge_s = technique.until_charge_C / abs(technique.current_A)
    duration_s = by_charge_s if step.duration_s is None else min(by_charge_s, step.duration_s)
    return replace(step, technique=replace(technique, until_charge_C=None), duration_s=duration_s)


def _technique(step: RunStep) -> Json:
    match step.technique:
        case OpenCircuit():
            if step.duration_s is None or step.relaxation_V_per_s is not None:
                raise _missing(step, "a rest until relaxation")
            return {"step": "open_circuit_voltage", "until_time_s": step.duration_s}
        case Galvanostatic(current_A, until_voltage_V):
            return {
                "step": "constant_current",
                "current_mA": _milli(current_A),
                "until_time_s": step.duration_s,
                "until_voltage_V": until_voltage_V,
            }
        case Potentiostatic(voltage_V, until_current_A, until_charge_C):
            if until_charge_C is not None:
                raise _missing(step, "a hold until a charge has passed")
            return {
                "step": "constant_voltage",
                "voltage_V": voltage_V,
                "until_time_s": step.duration_s,
                "until_current_mA": None if until_current_A is None else _milli(until_current_A),
            }
        case Impedance() as spectrum:
            if spectrum.bias_V is not None:
                raise _missing(step, "an impedance spectrum at a bias")
            return {
                "step": "impedance_spectroscopy",
                "amplitude_V": spectrum.amplitude_V,
                "start_frequency_Hz": spectrum.from_frequency_Hz,
                "end_frequency_Hz": spectrum.to_frequency_Hz,
                "points_per_decade": spectrum.points_per_decade,
            }


def _milli(value: float) -> float:
    """A thousandth as unit, without the noise of binary fractions."""
    return float(f"{value * 1e3:.13g}")


def _missing(action: CyclingAction, what: str) -> NotInUnicycler:
    return NotInUnicycler(
        f"unicycler documents have no words for {what}",
        where=f"line {action.line}, action {action.number}",
        remedy="Take it out of the protocol, or keep the protocol as it is.",
    )


def _without_none(step: Json) -> Json:
    return {key: value for key, value in step.items() if value is not None}
