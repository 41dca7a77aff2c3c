"""What the instruments said about their safety when a run ended."""

from collections.abc import Sequence

from operando.protocols.reading import Event

__all__ = ["UNCONFIRMED", "confirmed_safe", "last_words"]

UNCONFIRMED = 4
"""The exit code of a run that ended without every instrument having confirmed its safe state."""


def confirmed_safe(ending: Event) -> bool:
    """Whether every role of every instrument that the run commanded confirmed, by the event that says how it ended."""
    return ending.details.get("exit_code") != UNCONFIRMED


def last_words(events: Sequence[Event], ending: Event) -> list[Event]:
    """What was said, each once. An instrument of several roles speaks several times under one name.

    Who answered late was asked again: if all of them confirmed in the end, what they said before is left out. What
    another program cycles never confirms, and its word stays.
    """
    said = {event.message: event for event in events if event.source == "safety"}
    if confirmed_safe(ending):
        safe = {_instrument(event) for event in said.values() if event.kind == "confirmed"}
        said = {
            text: event for text, event in said.items() if event.kind == "confirmed" or _instrument(event) not in safe
        }
    return sorted(said.values(), key=lambda event: event.kind == "confirmed")


def _instrument(event: Event) -> str:
    return event.message.partition(": ")[0]
