"""How the run stands, in a word that is read from across the room."""

from pydantic import JsonValue

from operando.protocols.live.look import Look
from operando.protocols.live.safety import confirmed_safe, last_words
from operando.protocols.live.sections.alarms import open_alarms
from operando.protocols.live.steps import StartedStep
from operando.protocols.reading import Event, RunStatus
from operando.protocols.triggers.step_facts import PRE_FLIGHT

__all__ = ["held", "standing"]

LAST = 300
ENDINGS = {
    "completed": ("Completed", "over"),
    "parked": ("Parked", "attention"),
    "not continued": ("Not continued, parked", "attention"),
    "interrupted": ("Stopped safely", "attention"),
}
"""How a run has ended, in a word, and how grave it is."""
WORDS = {
    "charge": "Charging",
    "discharge": "Discharging",
    "hold voltage": "Holding voltage",
    "rest": "Resting",
    "impedance": "Impedance",
}


def standing(look: Look) -> JsonValue:
    """A word, how grave it is (`good`, `attention`, `alarm`, `over`), why, and what people have asked for."""
    word, mood, why = _in_a_word(look)
    if not look.over:
        mood, why = _with_alarms(mood, why, open_alarms(look))
    return {
        "word": word,
        "mood": mood,
        "why": why,
        "status": str(look.status),
        "over": look.over,
        "ended": look.ending.kind if look.ending else None,
        "held": held(look),
        "imaging_paused": _paused(look),
        "lent_to": _lent_to(look),
        "parking": _parking(look),
        "safety": [{"kind": event.kind, "text": event.message} for event in _safety(look)],
    }


def _with_alarms(mood: str, why: str, open_: list[dict[str, JsonValue]]) -> tuple[str, str]:
    """A cell may charge as it should and be in trouble all the same: nothing is green while something is wrong."""
    grave = [f"{one['name']}: {one['kind']}" for one in open_ if one["grave"]]
    if grave:
        return "alarm", " · ".join([*grave, *([why] if why else [])])
    return ("attention" if open_ and mood == "good" else mood), why


def _in_a_word(look: Look) -> tuple[str, str, str]:
    ending = look.ending
    if ending is not None:
        unsafe = [event for event in _safety(look) if event.kind != "confirmed"]
        if not confirmed_safe(ending):
            return "Ended, NOT confirmed safe", "alarm", "; ".join(event.message for event in unsafe)
        word, mood = ENDINGS.get(ending.kind, ("Failed", "alarm"))
        told = "; ".join([ending.message, *(event.message for event in unsafe)])
        if look.status is RunStatus.KILLED:
            return word, "alarm", f"{told}; its process is gone and has not closed the record"
        return word, mood, f"{told}. {_goes_on(look)}" if look.status is RunStatus.PARKED else told
    if look.status is RunStatus.KILLED:
        said = "The process that ran it is gone. It has not closed the record, nor said how it left the instruments:"
        return "Runner is gone", "alarm", f"{said} current may flow, the beam may be on. {_taken_up(look)}"
    if look.status is RunStatus.PARKED:
        return "Parked", "attention", _goes_on(look)
    if look.status is RunStatus.CLOSED:
        return "Closed", "over", ""
    running = look.running_step
    if held(look):
        event = look.last("cycling", "hold")
        return "On hold", "attention", event.message if event else ""
    if running is None:
        return ("Between steps" if look.steps else "Starting"), "good", ""
    if running.name.startswith(PRE_FLIGHT):
        return "Pre-flight", "good", running.name.removeprefix(PRE_FLIGHT)
    return _of_step(running, look)


def _taken_up(look: Look) -> str:
    return f"Take it up: operando resume {look.run.folder}"


def _goes_on(look: Look) -> str:
    return f"Another session follows with: operando continue {look.run.folder}"


def _of_step(running: StartedStep, look: Look) -> tuple[str, str, str]:
    question = look.last("operator", "question", "answer")
    if question is not None and question.kind == "question":
        return "Question waits", "attention", question.message
    return WORDS[running.kind], "good", ""


def held(look: Look) -> bool:
    """Whether somebody, or an interlock, holds the cycling."""
    event = look.last("cycling", "hold", "continue")
    return event is not None and event.kind == "hold" and not look.over


def _paused(look: Look) -> bool:
    event = look.last("imaging", "pause", "resume")
    return event is not None and event.kind == "pause" and not look.over


def _lent_to(look: Look) -> str:
    """Who holds the microscope; empty if the run does."""
    event = look.last("imaging", "hand over", "take back")
    return str(event.details["who"]) if event is not None and event.kind == "hand over" and not look.over else ""


def _parking(look: Look) -> bool:
    event = look.last("run", "park", "parked")
    return event is not None and event.kind == "park" and not look.over


def _safety(look: Look) -> list[Event]:
    """What the instruments said of their safety when the run ended; nothing while it goes on."""
    return last_words(look.events[-LAST:], look.ending) if look.ending is not None else []
