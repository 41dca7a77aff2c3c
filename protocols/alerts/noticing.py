"""Reads in the events of a run what people should be told."""

from collections.abc import Iterator, Sequence

from operando.drivers.bench.alerts import AlertKind
from operando.protocols.alerts.alert import Alert
from operando.protocols.alerts.change import Change, Raised, Settled
from operando.protocols.reading import Event
from operando.protocols.triggers.detector import Detection

__all__ = ["Noticing"]

MICROSCOPE = "microscope"


class Noticing:
    """Follows what stands open: interlocks, questions, lost instruments, a microscope that is waited for.

    What happens again within `quiet_s` of its first time belongs to the same alert; a gauge at its limit does not
    raise a hundred. Numbers of alerts come from the numbers of events, so that a watcher that starts anew names
    everything as the one before it did.

    Args:
        start_unix_s: wall time of the zero of the run's timeline.
    """

    def __init__(self, start_unix_s: float, quiet_s: float) -> None:
        self._start_unix_s = start_unix_s
        self._quiet_s = quiet_s
        self._seen = 0
        self._first: dict[str, tuple[str, float]] = {}
        """The latest alert of each subject, and the run time at which it was first raised."""
        self._open: dict[str, str] = {}
        self._latched: set[str] = set()

    def events(self, events: Sequence[Event]) -> list[Change]:
        """What the events say that came since the last call, given all of them."""
        changes: list[Change] = []
        for number, event in enumerate(events[self._seen :], self._seen):
            changes += self._of(event, number)
        self._seen = len(events)
        return changes

    def short(self, detector: str, found: Detection) -> list[Change]:
        """A detector has seen a short."""
        text = f"The {detector} detector has seen a {detector} at {_hours(found.time_s)}, score {found.score:.2f}."
        said = f"{text} {found.detail}".rstrip()
        remedy = "Look at the cell's voltage; the run goes on unless its protocol or its limits say otherwise."
        subject, name = detector, f"{detector.replace(' ', '-')}-{found.time_s:.3f}"
        return [
            self._raise(subject, name, AlertKind.SHORT, f"{detector} of the cell", f"{said}\n{remedy}", found.time_s)
        ]

    def _of(self, event: Event, number: int) -> Iterator[Change]:
        match event.source, event.kind:
            case "interlock", "tripped" | "cannot be judged":
                yield from self._interlock(event, number)
            case "interlock", "clear" | "cleared":
                rule = str(event.details.get("rule", "?"))
                if event.kind == "cleared" or rule not in self._latched:
                    self._latched.discard(rule)
                    yield from self._settle(f"interlock {rule}", f"the interlock is {event.kind}")
            case "operator", "question":
                text = f"The protocol asks: {event.message}\nThe cell rests until somebody answers."
                yield self._open_one(
                    "question", f"question-{number}", AlertKind.QUESTION, "a question waits", text, event
                )
            case "operator", "answer":
                yield from self._settle("question", f"{event.details.get('who')} answered {event.message!r}")
            case _, "instrument lost":
                names = str(event.details.get("names", "an instrument"))
                text = f"{event.message}\nThe run keeps trying; its own limits guard an instrument that runs on."
                subject = f"instrument {names}"
                kind, headline = AlertKind.INSTRUMENT, f"{names} does not answer"
                yield self._open_one(subject, f"instrument-{number}", kind, headline, text, event)
            case _, "instrument back":
                yield from self._settle(f"instrument {event.details.get('names', '')}", event.message)
            case "imaging", "waits for microscope" if MICROSCOPE not in self._open:
                text = f"{event.message}.\nThe cell rests meanwhile. Take it back on the live page or at the terminal."
                kind, headline = AlertKind.MICROSCOPE, f"{event.details.get('who')} still has the microscope"
                yield self._open_one(MICROSCOPE, f"microscope-{number}", kind, headline, text, event)
            case "imaging", "take back":
                yield from self._settle(MICROSCOPE, f"{event.details.get('who')} has given it back")
            case "run", _ if "exit_code" in event.details:
                yield from self._ending(event, number)

    def _interlock(self, event: Event, number: int) -> Iterator[Change]:
        rule = str(event.details.get("rule", "?"))
        actions = event.details.get("actions")
        done = ", ".join(map(str, actions)) if isinstance(actions, list) else ""
        text = f"Interlock {event.message}\nIn phase {event.details.get('phase', '?')}; done: {done or 'nothing'}."
        if event.kind == "tripped" and event.details.get("cleared_by") == "operator":
            self._latched.add(rule)
            text += "\nIt stays until somebody clears it, with a reason, on the live page."
        headline = f"interlock {rule} {'tripped' if event.kind == 'tripped' else 'cannot be judged'}"
        yield self._open_one(f"interlock {rule}", f"interlock-{number}", AlertKind.INTERLOCK, headline, text, event)

    def _ending(self, event: Event, number: int) -> Iterator[Change]:
        """Nobody is waited for any more once a run has ended, and an instrument that was lost has spoken or not."""
        for subject in tuple(self._open):
            yield from self._settle(subject, f"the run ended: {event.kind}")
        if event.details.get("exit_code") == 0:
            return
        safe = "" if event.details.get("exit_code") != 4 else " Safety of cell and beam is NOT confirmed: go and look."
        text = f"The run ended ({event.kind}) at {_hours(event.time_s)}: {event.message}.{safe}"
        yield self._raise("ending", f"ending-{number}", AlertKind.ENDING, f"the run {event.kind}", text, event.time_s)

    def _open_one(self, subject: str, name: str, kind: AlertKind, headline: str, text: str, event: Event) -> Change:
        raised = self._raise(subject, name, kind, headline, text, event.time_s)
        self._open[subject] = raised.alert.name
        return raised

    def _raise(self, subject: str, name: str, kind: AlertKind, headline: str, text: str, time_s: float) -> Raised:
        earlier = self._first.get(subject)
        if earlier is not None and kind is not AlertKind.QUESTION and time_s - earlier[1] < self._quiet_s:
            name = earlier[0]
        else:
            self._first[subject] = (name, time_s)
        return Raised(subject, Alert(name, kind, headline, text, self._start_unix_s + time_s))

    def _settle(self, subject: str, why: str) -> Iterator[Change]:
        if name := self._open.pop(subject, ""):
            yield Settled(name, why)


def _hours(time_s: float) -> str:
    return f"{time_s / 3600:.2f} h of the run"
