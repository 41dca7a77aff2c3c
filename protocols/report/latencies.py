"""How fast captures followed their triggers, against the contract of each."""

from dataclasses import dataclass

from operando.protocols.program import Trigger
from operando.protocols.reading import Event
from operando.protocols.report.material import Material

__all__ = ["TriggerLatency", "latencies"]

BROKEN = "latency contract broken"
_LATENCY_NAMES = ("latency_s", "late_s")


@dataclass(frozen=True, slots=True)
class TriggerLatency:
    """One trigger of the protocol and what came of it.

    Args:
        scans: scans that it took (pictures of all detectors at once).
        promised_s: its contract; None if it has none.
        measured_s: from the sample to the first line, as far as they were recorded.
        broken: how often the contract was broken.
    """

    trigger: Trigger
    scans: int
    promised_s: float | None
    measured_s: tuple[float, ...]
    broken: int


def latencies(material: Material) -> list[TriggerLatency]:
    """All triggers of the protocol in its order; none if the protocol cannot be read."""
    if material.program is None:
        return []
    return [_of(trigger, material) for trigger in material.program.triggers]


def _of(trigger: Trigger, material: Material) -> TriggerLatency:
    scans = {(frame.start_s, frame.region) for frame in material.run.frames.rows if frame.line == trigger.line}
    own = [event for event in material.run.events if _belongs(event, trigger)]
    judged = [event for event in own if event.kind == BROKEN]
    # what was judged broken stands in the event of its capture as well
    told = [event for event in own if event.kind != BROKEN] or judged
    measured = tuple(late for event in told if (late := _latency(event)) is not None)
    broken = len(judged)
    if trigger.start_within_s is not None:
        broken = max(broken, sum(late > trigger.start_within_s for late in measured))
    return TriggerLatency(trigger, len(scans), trigger.start_within_s, measured, broken)


def _belongs(event: Event, trigger: Trigger) -> bool:
    if event.source != "imaging":
        return False
    if "line" in event.details:
        return event.details["line"] == trigger.line
    return event.kind == BROKEN and _number(event, "promised_s") == trigger.start_within_s


def _latency(event: Event) -> float | None:
    found = [_number(event, name) for name in _LATENCY_NAMES]
    return next((late for late in found if late is not None), None)


def _number(event: Event, name: str) -> float | None:
    value = event.details.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
