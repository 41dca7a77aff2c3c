"""What came of a wish, as the record tells it: a page that says `sent` has said nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from operando.protocols.live.safety import confirmed_safe, last_words
from operando.protocols.reading import Event
from operando.protocols.runner.steering_channel import Wish

__all__ = ["Outcome", "outcome_of", "patience_s"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether it was done, and what can be said about it."""

    done: bool
    text: str


Found = Outcome | None
_LONG_S = 3600.0
_SHORT_S = 20.0
_TAKES_LONG = ("capture", "abort", "hold", "hand over", "take back", "park", "park after step")


def patience_s(wish: Wish) -> float:
    """How long, on the clock of the page, the record is asked for what came of it."""
    return _LONG_S if wish.do in _TAKES_LONG else _SHORT_S


def outcome_of(wish: Wish, events: Sequence[Event]) -> Found:
    """What the events since a wish say about it; None if nothing yet.

    Args:
        events: from the run time on at which it began to hold.
    """
    return _READERS[wish.do](wish, events)


def _abort(wish: Wish, events: Sequence[Event]) -> Found:
    del wish
    ending = next((event for event in events if event.source == "run" and "exit_code" in event.details), None)
    if ending is None:
        return None
    said = [event.message for event in last_words(events, ending)]
    return Outcome(confirmed_safe(ending) and bool(said), "\n".join(said) or "no instrument has said anything")


def _hold(wish: Wish, events: Sequence[Event]) -> Found:
    del wish
    rests = [e for e in events if e.kind == "step started" and e.message.startswith("rest during a hold")]
    if not rests:
        return None
    ended = [e for e in events if e.kind == "step ended"]
    before = f"{ended[0].message.split(':')[0]} was ended on the potentiostat; " if ended else ""
    return Outcome(True, f"{before}the cell rests at open circuit")


def _continue(wish: Wish, events: Sequence[Event]) -> Found:
    del wish
    refused = _first(events, "cycling", "not continued")
    if refused is not None:
        return Outcome(False, f"not continued: {refused.message}")
    if _first(events, "cycling", "continue") is None:
        return None
    started = _first(events, "cycling", "step started")
    remains = _first(events, "cycling", "what remains")
    if started is None:
        return None
    return Outcome(True, remains.message if remains else f"cycling goes on: {started.message}")


def _pause(wish: Wish, events: Sequence[Event]) -> Found:
    del wish
    if _first(events, "imaging", "pause") is None:
        return None
    return Outcome(True, "no picture is begun any more; cycling goes on untouched")


def _resume(wish: Wish, events: Sequence[Event]) -> Found:
    del wish
    return Outcome(True, "pictures are taken again") if _first(events, "imaging", "resume") else None


def _hand_over(wish: Wish, events: Sequence[Event]) -> Found:
    del wish
    handed = _first(events, "imaging", "handed over")
    if handed is not None:
        return Outcome(True, handed.message)
    refused = _first(events, "imaging", "not handed over")
    return Outcome(False, refused.message) if refused is not None else None


def _take_back(wish: Wish, events: Sequence[Event]) -> Found:
    del wish
    found = [event for event in events if event.source == "imaging" and event.kind in ("restored", "not restored")]
    taken = _first(events, "imaging", "taken back")
    if not found:
        return None
    said = found[0].message if taken is None else f"{taken.message}\n{found[0].message}"
    return Outcome(found[0].kind == "restored", said)


def _accept_dose(wish: Wish, events: Sequence[Event]) -> Found:
    accepted = [e for e in events if e.source == "unknown dose" and e.kind == "accepted"]
    if any(event.details.get("region") == wish.name for event in accepted):
        return Outcome(True, f"{wish.name} is looked at again; its dose stays marked as not known")
    return None


def _park(wish: Wish, events: Sequence[Event]) -> Found:
    ending = _first(events, "run", "parked")
    return Outcome(confirmed_safe(ending), ending.message) if ending is not None else _abort(wish, events)


def _capture(wish: Wish, events: Sequence[Event]) -> Found:
    mine = [
        e for e in events if e.details.get("capture") == wish.name and e.details.get("trigger") == asked_by(wish.who)
    ]
    for event in mine:
        if event.kind == "capture taken":
            pictures, spectra = event.details.get("pictures", 0), event.details.get("spectra", 0)
            counts = [f"{n} {what}" for n, what in ((pictures, "pictures"), (spectra, "spectra")) if n]
            return Outcome(True, f"{wish.name} was taken: {', '.join(counts)}")
        if event.kind == "capture not taken":
            return Outcome(False, f"{wish.name} was not taken: {event.details.get('why', event.message)}")
    return None


def asked_by(who: str) -> str:
    """How the runner names what somebody asked for."""
    return f"asked for by {who}"


def _note(wish: Wish, events: Sequence[Event]) -> Found:
    return Outcome(True, f"in the record: {wish.text}") if _first(events, "operator", "note") else None


def _acknowledge(wish: Wish, events: Sequence[Event]) -> Found:
    cleared = [e for e in events if e.source == "interlock" and e.kind == "cleared"]
    if any(event.details.get("rule") == wish.name for event in cleared):
        return Outcome(True, f"interlock {wish.name!r} is cleared")
    return None


def _answer(wish: Wish, events: Sequence[Event]) -> Found:
    answer = _first(events, "operator", "answer")
    if answer is None:
        return None
    who = str(answer.details.get("who", ""))
    return Outcome((answer.message, who) == (wish.text, wish.who), f"{who} has answered: {answer.message}")


def _look(wish: Wish, events: Sequence[Event]) -> Found:
    del wish, events
    return Outcome(True, "the runner listens")


_READERS: Mapping[str, Callable[[Wish, Sequence[Event]], Found]] = {
    "abort": _abort,
    "hold": _hold,
    "continue": _continue,
    "pause": _pause,
    "resume": _resume,
    "hand over": _hand_over,
    "take back": _take_back,
    "accept dose": _accept_dose,
    "park": _park,
    "park after step": _park,
    "capture": _capture,
    "note": _note,
    "acknowledge": _acknowledge,
    "answer": _answer,
    "look": _look,
}


def _first(events: Sequence[Event], source: str, kind: str) -> Event | None:
    return next((event for event in events if event.source == source and event.kind == kind), None)
