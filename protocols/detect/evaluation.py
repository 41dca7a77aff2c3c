"""Scores detectors on labelled recordings: what they found, how late, and what they saw that was not there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from operando.protocols.detect import SHIPPED
from operando.protocols.detect.corpus import Event, Recording
from operando.protocols.detect.intervals import poisson_interval, wilson_interval
from operando.protocols.triggers.detector import Detection, Detector

__all__ = ["Tally", "detections", "evaluate", "merged"]

_BLOCK = 3600
_GRACE_S = 5.0
"""A detection so soon after the end of an event still belongs to it."""
_SHORTS = frozenset({"soft short", "hard short"})
"""To call one the other is neither found nor false."""
_OF_THE_BOX = "leak"


@dataclass(slots=True)
class Tally:
    """What one detector did on many recordings.

    Args:
        events: how many there were, and `found` how many of them it saw.
        false_alarms: detections of what was not there.
        watched_s: time without an event of its kind.
        delays_s: from the beginning of each event found to its first detection.
        notes: what was missed and what was false, in words.
    """

    events: int = 0
    found: int = 0
    false_alarms: int = 0
    watched_s: float = 0.0
    delays_s: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what it saw that was there; NaN if it saw nothing."""
        seen = self.found + self.false_alarms
        return self.found / seen if seen else float("nan")

    @property
    def precision_interval(self) -> tuple[float, float]:
        """95 % interval."""
        return wilson_interval(self.found, self.found + self.false_alarms)

    @property
    def recall(self) -> float:
        """Share of what was there that it saw; NaN if there was nothing."""
        return self.found / self.events if self.events else float("nan")

    @property
    def recall_interval(self) -> tuple[float, float]:
        """95 % interval."""
        return wilson_interval(self.found, self.events)

    @property
    def hours(self) -> float:
        """Without an event of its kind."""
        return self.watched_s / 3600.0

    @property
    def false_alarms_per_100_h(self) -> float:
        """NaN if nothing was watched."""
        return 100.0 * self.false_alarms / self.hours if self.hours else float("nan")

    @property
    def false_alarm_interval(self) -> tuple[float, float]:
        """95 % interval of the false alarms in 100 h."""
        if not self.hours:
            return 0.0, float("inf")
        below, above = poisson_interval(self.false_alarms)
        return 100.0 * below / self.hours, 100.0 * above / self.hours

    @property
    def median_delay_s(self) -> float:
        """NaN if nothing was found."""
        return median(self.delays_s) if self.delays_s else float("nan")

    @property
    def late_delay_s(self) -> float:
        """The delay that nine of ten stay below; NaN if nothing was found."""
        return float(np.percentile(self.delays_s, 90)) if self.delays_s else float("nan")

    def add(self, other: "Tally") -> None:
        """Count in what was seen on other recordings."""
        self.events += other.events
        self.found += other.found
        self.false_alarms += other.false_alarms
        self.watched_s += other.watched_s
        self.delays_s += other.delays_s
        self.notes += other.notes


def detections(recording: Recording, detectors: Mapping[str, Detector]) -> list[tuple[str, Detection]]:
    """What detectors make of a recording, as a run would feed them."""
    found: list[tuple[str, Detection]] = []
    for step in recording.steps:
        own = recording.samples[recording.samples["step"] == step.number]
        for name, detector in detectors.items():
            detector.step_started(step)
            for begin in range(0, own.size, _BLOCK):
                found += [(name, seen) for seen in detector.samples(own[begin : begin + _BLOCK])]
    for reading in recording.readings:
        for quantity, field_name in (("temperature", "temperature_K"), ("pressure", "pressure_Pa")):
            for name, detector in detectors.items():
                seen_now = detector.reading(quantity, "box", float(reading["time_s"]), float(reading[field_name]))
                found += [(name, seen) for seen in seen_now]
    return found


def evaluate(recordings: Iterable[Recording]) -> dict[str, Tally]:
    """How the shipped detectors do on recordings, by name."""
    tallies = {name: Tally() for name in SHIPPED}
    for recording in recordings:
        seen = detections(recording, {name: make() for name, make in SHIPPED.items()})
        for name, tally in tallies.items():
            watched = recording.readings if name == _OF_THE_BOX else recording.samples
            if watched.size:
                times = watched["time_s"]
                own = [detection for of, detection in seen if of == name]
                _count(tally, name, recording, own, float(times[-1] - times[0]))
    return tallies


def merged(parts: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """Tallies of several parts of a corpus as one."""
    total = {name: Tally() for name in SHIPPED}
    for part in parts:
        for name, tally in part.items():
            total[name].add(tally)
    return total


def _count(tally: Tally, name: str, recording: Recording, seen: list[Detection], duration_s: float) -> None:
    own = [event for event in recording.events if event.kind == name]
    tally.events += len(own)
    tally.watched_s += duration_s - sum(event.end_s - event.start_s for event in own)
    for event in own:
        first = next((detection for detection in seen if _within(detection, event)), None)
        if first is None:
            tally.notes.append(f"missed: {recording.name}, at {event.start_s:.0f} s")
        else:
            tally.found += 1
            tally.delays_s.append(first.time_s - event.start_s)
    excused = [event for event in recording.events if event.kind == name or {event.kind, name} <= _SHORTS]
    for detection in seen:
        if not any(_within(detection, event) for event in excused):
            tally.false_alarms += 1
            tally.notes.append(f"false: {recording.name}, at {detection.time_s:.0f} s: {detection.detail}")


def _within(detection: Detection, event: Event) -> bool:
    return event.start_s <= detection.time_s <= event.end_s + _GRACE_S
