"""Interlocks that have tripped, instruments that are lost, and the phase by whose rules everything is judged."""

from pydantic import JsonValue

from operando.protocols.live.look import Look
from operando.protocols.reading import Event

__all__ = ["alarms", "open_alarms"]

TROUBLED = ("tripped", "cannot be judged")
_GRAVE = ("tripped", "instrument lost", "not readable")
"""Kinds of alarm that ask for somebody now."""


def alarms(look: Look) -> JsonValue:
    """What is wrong now; an entry that the operator clears stays after its condition is over."""
    return {"phase": _phase(look), "open": [*open_alarms(look)]}


def open_alarms(look: Look) -> list[dict[str, JsonValue]]:
    """Each with its `name`, `kind`, whether it is `grave`, and what is told of it; none of a run that is over."""
    found = [] if look.over else [*_interlocks(look), *_lost(look), *_not_readable(look)]
    return [{**one, "grave": one["kind"] in _GRAVE} for one in found]


def _phase(look: Look) -> str:
    event = look.last("phase", "entered", "taken up")
    return str(event.details.get("phase_entered", "observe")) if event else "observe"


def _interlocks(look: Look) -> list[dict[str, JsonValue]]:
    troubled: dict[str, tuple[Event, bool]] = {}
    for event in look.of_this_process:
        rule = event.details.get("rule")
        if event.source != "interlock" or not isinstance(rule, str):
            continue
        if event.kind in TROUBLED:
            first, _ = troubled.get(rule, (event, False))
            troubled[rule] = (event if event.kind == "tripped" else first, False)
        elif event.kind == "clear" and rule in troubled:
            tripped = troubled[rule][0]
            if tripped.details.get("cleared_by") == "operator" and tripped.kind == "tripped":
                troubled[rule] = (tripped, True)
            else:
                del troubled[rule]
        elif event.kind == "cleared":
            troubled.pop(rule, None)
    return [
        {
            "name": rule,
            "kind": event.kind,
            "text": event.message.removeprefix(f"{rule}: "),
            "since_s": event.time_s,
            "actions": event.details.get("actions", []),
            "acknowledge": event.kind == "tripped" and event.details.get("cleared_by") == "operator",
            "condition_over": over,
        }
        for rule, (event, over) in troubled.items()
    ]


def _lost(look: Look) -> list[dict[str, JsonValue]]:
    lost: dict[str, Event] = {}
    for event in look.of_this_process:
        names = str(event.details.get("names", ""))
        if event.kind == "instrument lost":
            lost[names] = event
        elif event.kind == "instrument back":
            lost.pop(names, None)
    return [_without_remedy(names, "instrument lost", event) for names, event in lost.items()]


def _not_readable(look: Look) -> list[dict[str, JsonValue]]:
    """A potentiostat that is only watched and cannot be read: the voltage shown is old, however new the pressures."""
    event = next((one for one in reversed(look.of_this_process) if one.kind == "not readable"), None)
    last_s = float(look.samples["time_s"][-1]) if look.samples.size else 0.0
    if event is None or event.source != "cycling" or last_s > event.time_s:
        return []
    return [_without_remedy("potentiostat", "not readable", event)]


def _without_remedy(name: str, kind: str, event: Event) -> dict[str, JsonValue]:
    """What ends by itself, and not because a person says so."""
    return {
        "name": name,
        "kind": kind,
        "text": event.message,
        "since_s": event.time_s,
        "actions": [],
        "acknowledge": False,
        "condition_over": False,
    }
