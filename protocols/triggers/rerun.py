"""Asks a finished record again: the same evaluators, fed with what was recorded, must fire at the same samples.

Samples, readings, spectra and doses come from their own files. Of the events only what the evaluators cannot know is
taken: when steps began and were known to be over, how long captures were taken to last, and when timers began.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.drivers.documents import parse_document
from operando.drivers.roles import Step
from operando.protocols.detect import SHIPPED
from operando.protocols.document import parse_protocol
from operando.protocols.document.program_of import program_of_unicycler
from operando.protocols.journalled_step import step_from
from operando.protocols.program import Program
from operando.protocols.reading.impedance import read_impedance
from operando.protocols.record import (
    open_samples,
    read_events,
    read_frames,
    read_header,
    read_journal,
    read_sensors,
)
from operando.protocols.trigger_conditions import Every, Quantity, Source
from operando.protocols.triggers.evaluator import Evaluator
from operando.protocols.triggers.firing import Firing, Outcome
from operando.protocols.triggers.impedance import HighestFrequency
from operando.protocols.triggers.ticks import Ticks

__all__ = ["Rerun", "program_of_run", "recorded_firings", "rerun"]

Event = Mapping[str, JsonValue]
QUANTITIES: Mapping[str, Quantity] = {"pressure": "pressure", "temperature": "temperature", "force": "force"}
OUTCOMES = frozenset(map(str, Outcome))
TIME_TOLERANCE_S = 1e-6


@dataclass(frozen=True, slots=True)
class Rerun:
    """What fired by the record, and what fires when it is asked again; both in the order of sample times."""

    recorded: tuple[Firing, ...]
    again: tuple[Firing, ...]

    @property
    def missing(self) -> list[Firing]:
        """Recorded, and not found again."""
        return [one for one in self.recorded if not any(_same(one, other) for other in self.again)]

    @property
    def surplus(self) -> list[Firing]:
        """Found again, and not recorded."""
        return [one for one in self.again if not any(_same(one, other) for other in self.recorded)]

    @property
    def agrees(self) -> bool:
        """Whether both are the same list."""
        return len(self.recorded) == len(self.again) and not self.missing and not self.surplus


@dataclass(frozen=True, slots=True)
class _RecordedStep:
    """A step as the evaluators were told of it."""

    number: int
    name: str
    started_s: float
    step: Step


@dataclass(order=True, slots=True)
class _Item:
    """Something that became known at a time; equal times are kept in the order of the files."""

    known_s: float
    rank: int
    order: int
    tell: Callable[["_Again"], None] = field(compare=False)


def program_of_run(folder: Path) -> Program:
    """The protocol as it was run.

    Raises:
        DocumentError: if it cannot be understood (any more).
        RecordError: if the folder is no record.
    """
    header = read_header(folder)
    if header.protocol_file.endswith(".json"):
        return program_of_unicycler(parse_document(header.protocol_text.replace("\t", " "), header.protocol_file))
    return parse_protocol(header.protocol_text, header.protocol_file, folder / "attachments")


def recorded_firings(events: Sequence[Event]) -> list[Firing]:
    """Everything that came true, as the run has recorded it, in the order of sample times."""
    found = [
        Firing(
            int(_number(event["trigger"])),
            Outcome(str(event["kind"])),
            _number(event["sample_s"]),
            _number(event["value"]),
            str(event["message"]),
        )
        for event in events
        if event["source"] == "triggers" and event["kind"] in OUTCOMES
    ]
    return sorted(found, key=lambda firing: (firing.time_s, firing.trigger))


def rerun(folder: Path) -> Rerun:
    """Ask a record again.

    Raises:
        DocumentError, RecordError: if it cannot be read.
    """
    events = read_events(folder)
    again = _Again(program_of_run(folder), _live_samples(folder, events))
    for item in sorted(_items(folder, events, again)):
        again.samples_until(item.known_s)
        item.tell(again)
    again.samples_until(math.inf)
    found = sorted(again.found, key=lambda firing: (firing.time_s, firing.trigger))
    return Rerun(tuple(recorded_firings(events)), tuple(found))


class _Again:
    """The evaluators, and what they have found so far."""

    def __init__(self, program: Program, samples: NDArray[np.void]) -> None:
        self._program = program
        self._samples = samples
        self._at = 0
        self._running: _RecordedStep | None = None
        self.evaluators: list[Evaluator] = []
        self.found: list[Firing] = []
        self.watch()

    def watch(self) -> None:
        """A process begins to watch; what the one before it fired counts for `once` and `at_most_every`."""
        self.evaluators = [Evaluator(i, trigger, SHIPPED) for i, trigger in enumerate(self._program.triggers)]
        self._running = None
        for firing in self.found:
            if firing.outcome is Outcome.FIRED:
                self.evaluators[firing.trigger].fired_before(firing.time_s)

    def killed(self) -> None:
        """The process that watched is gone."""
        self._running = None

    def over(self) -> None:
        """Nobody watches any more."""
        self.killed()
        self.evaluators = []

    def step_begun(self, step: _RecordedStep, leads_s: Mapping[int, float]) -> None:
        self._running = step
        while self._at < self._samples.size and self._samples["step"][self._at] < step.number:
            self._at += 1
        for one in self.evaluators:
            self.found += one.step_started(step, leads_s.get(one.index, math.nan))

    def step_over(self, name: str, ended_s: float) -> None:
        self.samples_until(math.inf)
        self._running = None
        for one in self.evaluators:
            self.found += one.step_ended(name, ended_s)

    def value(self, source: Source, time_s: float, value: float) -> None:
        for one in self.evaluators:
            if one.wants(source):
                self.found += one.value(time_s, source, value)

    def timer(self, trigger: int, alternative: int, time_s: float) -> None:
        if self.evaluators:
            self.found += self.evaluators[trigger].timer(alternative, time_s)

    def samples_until(self, time_s: float) -> None:
        """The samples of the running step before a time."""
        if self._running is None:
            return
        samples, begin = self._samples, self._at
        last = int(np.searchsorted(samples["step"], self._running.number, side="right"))
        end = begin + int(np.searchsorted(samples["time_s"][begin:last], time_s)) if last > begin else begin
        if end > begin:
            self._at = end
            ticks = Ticks.of_cell(samples[begin:end])
            for one in self.evaluators:
                if one.needs_samples:
                    self.found += one.samples(ticks)


def _live_samples(folder: Path, events: Sequence[Event]) -> NDArray[np.void]:
    """Samples that decided something when they came; what an instrument had kept while nobody listened did not."""
    samples = open_samples(folder)
    live = np.ones(samples.size, np.bool_)
    for event in events:
        if event["kind"] == "samples fetched":
            of_step = samples["step"] == int(_number(event["step"]))
            from_s, to_s = _number(event["from_s"]), _number(event["to_s"])
            live &= ~(of_step & (samples["time_s"] >= from_s) & (samples["time_s"] <= to_s))
    chosen: NDArray[np.void] = samples[live]
    return chosen


def _items(folder: Path, events: Sequence[Event], again: _Again) -> Iterator[_Item]:
    steps = _steps(folder)
    for order, event in enumerate(events):
        tell = _told_by(event, steps) if event["source"] == "triggers" else None
        if event["kind"] == "watch" and order:
            # what came after the last thing that a killed process wrote was seen by the next one, or by none
            yield _Item(_number(events[order - 1]["test_time_second"]), 3, order, _Again.killed)
        if tell is not None:
            yield _Item(_number(event["test_time_second"]), 0, order, tell)
    yield from _timers(events, again, _over_s(folder, events))
    for order, row in enumerate(read_sensors(folder)):
        if row.quantity in QUANTITIES:
            source = Source(QUANTITIES[row.quantity], row.name)
            yield _Item(row.end_s, 1, order, _value(source, row.end_s, row.value if row.quality == "ok" else math.nan))
    for order, frame in enumerate(read_frames(folder)):
        yield _Item(frame.end_s, 1, order, _value(Source("dose", frame.region), frame.end_s, frame.dose_C_per_m2))
    highest = HighestFrequency()
    for spectrum in read_impedance(folder):
        highest.step_started()
        for order, (time_s, real_ohm) in enumerate(highest.of(spectrum.points)):
            yield _Item(time_s, 1, order, _value(Source("impedance"), time_s, real_ohm))


def _told_by(event: Event, steps: Mapping[int, Step]) -> Callable[[_Again], None] | None:
    match event["kind"]:
        case "watch":
            return _Again.watch
        case "watch over":
            return _Again.over
        case "step begun":
            number = int(_number(event["step"]))
            step = _RecordedStep(number, str(event["message"]), _number(event["started_s"]), steps[number])
            leads = event["leads_s"]
            assert isinstance(leads, dict)
            leads_s = {int(index): _number(lead_s) for index, lead_s in leads.items()}
            return lambda again: again.step_begun(step, leads_s)
        case "step over":
            name, ended_s = str(event["message"]), _number(event["ended_s"])
            return lambda again: again.step_over(name, ended_s)
    return None


def _value(source: Source, time_s: float, value: float) -> Callable[[_Again], None]:
    return lambda again: again.value(source, time_s, value)


def _timer(trigger: int, alternative: int, time_s: float) -> Callable[[_Again], None]:
    return lambda again: again.timer(trigger, alternative, time_s)


def _timers(events: Sequence[Event], again: _Again, over_s: float) -> Iterator[_Item]:
    """Each moment at which a timer was due, as long as a process was there to see it."""
    for index, event in enumerate(events):
        if event["kind"] != "timers started":
            continue
        # a process that was killed saw no timer after the last thing that it wrote
        killed = (n for n in range(index, len(events)) if events[n]["kind"] == "watch")
        last = next(killed, None)
        # and what it wrote last may be that a timer was due: their sums are rounded
        end_s = TIME_TOLERANCE_S + (over_s if last is None else _number(events[last - 1]["test_time_second"]))
        started_s, from_s = _number(event["started_s"]), _number(event["from_s"])
        for one in again.evaluators:
            for alternative, moment in one.timers:
                period_s = moment.period_s if isinstance(moment, Every) else moment.time_s
                last = int((end_s - started_s) // period_s) if isinstance(moment, Every) else 1
                for count in range(1, last + 1):
                    due_s = started_s + count * period_s
                    if from_s <= due_s <= end_s:
                        yield _Item(due_s, 2, one.index, _timer(one.index, alternative, due_s))


def _over_s(folder: Path, events: Sequence[Event]) -> float:
    """When nobody waited for timers any more: both flows were done, or the run was being made safe, or was killed."""
    for entry in read_journal(folder):
        if entry["entry"] == "progress" and entry["what"] == "end done":
            return _number(entry["test_time_second"])
    safe = [_number(event["test_time_second"]) for event in events if event["source"] == "safety"]
    return min(safe, default=max((_number(event["test_time_second"]) for event in events), default=0.0))


def _steps(folder: Path) -> dict[int, Step]:
    """What the instrument was told, by the number of the step."""
    steps: dict[int, Step] = {}
    for entry in read_journal(folder):
        details = entry.get("details")
        if entry["entry"] == "intent" and entry["action"] == "start step" and isinstance(details, dict):
            step = step_from(details["step"])
            steps[step.number] = step
    return steps


def _number(value: JsonValue) -> float:
    """A number; null stands for NaN, which JSON does not have."""
    if value is None:
        return math.nan
    assert isinstance(value, int | float)
    return float(value)


def _same(one: Firing, other: Firing) -> bool:
    alike = one.trigger == other.trigger and one.outcome is other.outcome
    values = one.value == other.value or (math.isnan(one.value) and math.isnan(other.value))
    near = math.isclose(one.value, other.value, rel_tol=1e-6) or values
    return alike and near and abs(one.time_s - other.time_s) <= TIME_TOLERANCE_S
