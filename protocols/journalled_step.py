"""A step as it stands in the journal: all that the instrument was told, so that another process can take it up."""

from dataclasses import asdict
from zlib import crc32

from pydantic import JsonValue, TypeAdapter

from operando.drivers.roles import (
    Galvanostatic,
    Guard,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Recording,
    Step,
    Technique,
)

__all__ = ["run_mark", "step_from", "step_values"]

TECHNIQUES: dict[str, type[Technique]] = {
    "galvanostatic": Galvanostatic,
    "potentiostatic": Potentiostatic,
    "open circuit": OpenCircuit,
    "impedance": Impedance,
}
NAMES = {kind: name for name, kind in TECHNIQUES.items()}


MARKS = 1023


def run_mark(run_id: str) -> int:
    """The mark of a run's steps (`Step.run_mark`), from 1 on: 0 is that of runs which had none."""
    return crc32(run_id.encode()) % MARKS + 1


def step_values(step: Step) -> dict[str, JsonValue]:
    """The step as JSON."""
    return {
        "number": step.number,
        "technique": {"kind": NAMES[type(step.technique)], **asdict(step.technique)},
        "guard": {
            "voltage_V": list(step.guard.voltage_V),
            "current_A": list(step.guard.current_A),
            "maximum_duration_s": step.guard.maximum_duration_s,
        },
        "duration_s": step.duration_s,
        "recording": asdict(step.recording),
        "charge_before_C": step.charge_before_C,
        "elapsed_before_s": step.elapsed_before_s,
        "run_mark": step.run_mark,
    }


def step_from(values: JsonValue) -> Step:
    """The step from `step_values`.

    Raises:
        ValueError: if something is missing or of the wrong kind.
    """
    whole = TypeAdapter(dict[str, JsonValue]).validate_python(values)
    technique = TypeAdapter(dict[str, JsonValue]).validate_python(whole.pop("technique", None))
    kind = TECHNIQUES.get(str(technique.pop("kind", "")))
    if kind is None:
        raise ValueError("the journal names a technique that does not exist")
    return Step(
        number=TypeAdapter(int).validate_python(whole["number"]),
        technique=TypeAdapter(kind).validate_python(technique),
        guard=TypeAdapter(Guard).validate_python(whole["guard"]),
        duration_s=TypeAdapter(float | None).validate_python(whole["duration_s"]),
        recording=TypeAdapter(Recording).validate_python(whole["recording"]),
        charge_before_C=TypeAdapter(float).validate_python(whole["charge_before_C"]),
        elapsed_before_s=TypeAdapter(float).validate_python(whole["elapsed_before_s"]),
        run_mark=TypeAdapter(int).validate_python(whole.get("run_mark", 0)),
    )
