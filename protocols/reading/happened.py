"""What happened in a run, in words: events, and the commands of the journal with what came of them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

__all__ = ["Command", "Event", "commands_of", "event_of"]

_KEYS = ("test_time_second", "unix_time_second", "source", "kind", "message")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Args:
        time_s: run time.
        source: which part of operando said it.
        kind: a word or two that a program can look for.
        details: whatever else was written down.
    """

    time_s: float
    source: str
    kind: str
    message: str
    details: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Command:
    """A command with an effect: written down before it was sent, and its outcome after.

    Args:
        time_s: run time at which it was written down.
        ended_s: run time of its outcome; NaN if there is none.
        ok: whether it did what it should; None if nothing is known.
    """

    number: int
    time_s: float
    instrument: str
    action: str
    details: Mapping[str, JsonValue]
    ended_s: float = math.nan
    ok: bool | None = None
    detail: str = ""


def event_of(values: Mapping[str, JsonValue]) -> Event:
    """An event from its line."""
    details = {key: value for key, value in values.items() if key not in _KEYS}
    source, kind, message = (str(values.get(key, "")) for key in ("source", "kind", "message"))
    return Event(_seconds(values.get("test_time_second")), source, kind, message, details)


def commands_of(entries: Iterable[Mapping[str, JsonValue]]) -> dict[int, Command]:
    """The commands of a journal by number, each with its outcome."""
    commands: dict[int, Command] = {}
    for entry in entries:
        number, time_s = entry.get("id"), _seconds(entry.get("test_time_second"))
        if not isinstance(number, int):
            continue
        if entry.get("entry") == "intent":
            details = entry.get("details")
            texts = str(entry.get("instrument", "")), str(entry.get("action", ""))
            commands[number] = Command(number, time_s, *texts, details if isinstance(details, dict) else {})
        elif entry.get("entry") == "outcome" and number in commands:
            begun = commands[number]
            commands[number] = Command(
                number,
                begun.time_s,
                begun.instrument,
                begun.action,
                begun.details,
                time_s,
                entry.get("ok") is True,
                str(entry.get("detail", "")),
            )
    return commands


def _seconds(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
