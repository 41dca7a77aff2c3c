"""Pre-flight, and the question that waits for a person."""

from pydantic import JsonValue

from operando.protocols.live.look import Look
from operando.protocols.reading import Event

__all__ = ["preparation"]


def preparation(look: Look) -> JsonValue:
    """What the pre-flight found, in its order, and the question that nobody has answered yet."""
    checks: list[JsonValue] = [
        {"kind": event.kind, "text": event.message, "time_s": event.time_s}
        for event in look.events
        if event.source == "pre-flight"
    ]
    question = look.last("operator", "question", "answer")
    waits = question is not None and question.kind == "question" and not look.over
    return {
        "preflight": checks,
        "question": _question(question) if waits and question else None,
    }


def _question(event: Event) -> JsonValue:
    return {
        "text": event.message,
        "time_s": event.time_s,
        "answers": event.details.get("answers", []),
        "asked_for": event.details.get("asked_for", ""),
        "frame": event.details.get("frame"),
    }
