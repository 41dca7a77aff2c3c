"""Everything that went wrong, picked out of the events and of the samples."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SampleQuality
from operando.protocols.reading import Event, RunStatus
from operando.protocols.report.material import Material
from operando.protocols.report.wording import with_prefix

__all__ = ["Severity", "Trouble", "sample_gaps", "troubles"]


class Severity(StrEnum):
    """How much something matters to whoever uses the data."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that did not go as it should."""

    time_s: float
    severity: Severity
    where: str
    what: str


_SEVERITIES = {
    ("imaging", "capture not taken"): Severity.ERROR,
    ("imaging", "frame lost"): Severity.ERROR,
    ("imaging", "spectrum lost"): Severity.ERROR,
    ("imaging", "spectra unfinished"): Severity.ERROR,
    ("imaging", "latency contract broken"): Severity.WARNING,
    ("imaging", "imaging the failure"): Severity.WARNING,
    ("imaging", "nothing is ready"): Severity.NOTE,
    ("imaging", "pause"): Severity.NOTE,
    ("cycling", "rendezvous timed out"): Severity.WARNING,
    ("cycling", "extra rest"): Severity.NOTE,
    ("cycling", "hold"): Severity.NOTE,
    ("control cell", "failed"): Severity.ERROR,
    ("sensors", "quality changed"): Severity.WARNING,
    ("interlock", "tripped"): Severity.ERROR,
    ("interlock", "cannot be judged"): Severity.NOTE,
    ("drift", "not followed"): Severity.WARNING,
    ("drift", "unsure"): Severity.NOTE,
    ("drift", "too far"): Severity.WARNING,
    ("drift", "made worse"): Severity.WARNING,
    ("pre-flight", "failed"): Severity.ERROR,
    ("pre-flight", "overridden"): Severity.WARNING,
    ("run", "resumed"): Severity.WARNING,
    ("record", "not replaced"): Severity.NOTE,
}
_KINDS = {
    "instrument lost": Severity.ERROR,
    "instrument back": Severity.NOTE,
    "unknown": Severity.ERROR,
    "unsafe": Severity.ERROR,
    "spectrum lost": Severity.ERROR,
    "cleared": Severity.NOTE,
}
_BAD_WORDS = ("trip", "fail", "fault", "lost", "broken", "error", "refused", "unknown", "timed out", "missed", "gap")
_PLANNED_ENDS = {"time", "voltage", "current", "charge", "completed", "ended by host", "imported"}
_FLAGS = {
    SampleQuality.TIMING_NOT_MET: Severity.WARNING,
    SampleQuality.OVERLOAD: Severity.ERROR,
    SampleQuality.UNDERLOAD: Severity.NOTE,
    SampleQuality.OVERLOAD_WARNING: Severity.NOTE,
    SampleQuality.NOT_A_NUMBER: Severity.ERROR,
}
BEFORE_ANYTHING = "observe"
"""The phase in which interlocks wait for their first readings."""
GAP_FACTOR = 3.0
FEWEST_APART = 5
"""Intervals of a step that make a rhythm."""
SHORTEST_GAP_S = 5.0
MOST_GAPS = 50


def troubles(material: Material) -> list[Trouble]:
    """All of it, by time."""
    found = [*_of_events(material), *_of_samples(material), *_of_state(material)]
    return sorted(found, key=lambda trouble: trouble.time_s)


def severity_of(event: Event) -> Severity | None:
    """How bad an event is; None for what belongs to a good run."""
    said = event.details.get("severity")
    if isinstance(said, str) and said in tuple(Severity):
        return Severity(said)
    if event.details.get("phase") == BEFORE_ANYTHING and event.kind == "cannot be judged":
        return None
    if event.details.get("phase", BEFORE_ANYTHING) != BEFORE_ANYTHING and event.details.get("cleared_by") == "itself":
        return Severity.NOTE if event.kind == "tripped" else None  # on the way the pressure passes every limit
    if (event.source, event.kind) in _SEVERITIES:
        return _SEVERITIES[event.source, event.kind]
    if event.kind in _KINDS:
        return _KINDS[event.kind]
    if event.source == "run" and "exit_code" in event.details:
        return None if event.details["exit_code"] == 0 else Severity.ERROR
    if event.kind == "step ended":
        return None if event.details.get("reason") in _PLANNED_ENDS else Severity.ERROR
    if event.source in ("operator", "record", "pre-flight"):
        return None
    return Severity.WARNING if any(word in event.kind for word in _BAD_WORDS) else None


def sample_gaps(samples: NDArray[np.void]) -> list[tuple[float, float]]:
    """(run time, seconds) of pauses between samples of one step that are out of its ordinary rhythm.

    Rests are recorded faster than charges, and what was imported as another program pleased: each step has a rhythm of
    its own. One too short to have any is held against that of the run.
    """
    if samples.size < 3:
        return []
    apart_s = np.diff(samples["time_s"])
    same_step = samples["step"][1:] == samples["step"][:-1]
    if not same_step.any():
        return []
    of_run_s = float(np.median(apart_s[same_step]))
    gaps: list[tuple[float, float]] = []
    bounds = [0, *(np.flatnonzero(~same_step) + 1).tolist(), samples.size]
    for start, stop in pairwise(bounds):
        own_s = apart_s[start : stop - 1]
        if not own_s.size:
            continue
        usual_s = np.median(own_s) if own_s.size >= FEWEST_APART else max(of_run_s, own_s.min())
        late = np.flatnonzero(own_s > max(GAP_FACTOR * usual_s, SHORTEST_GAP_S))
        gaps += [(float(samples["time_s"][start + at]), float(own_s[at])) for at in late]
    return gaps


def _of_events(material: Material) -> Iterator[Trouble]:
    parked = False
    for event in material.run.events:
        if event.source == "run" and event.kind in ("parked", "resumed"):
            continued, parked = parked and event.kind == "resumed", event.kind == "parked"
            if continued:
                continue  # what was asked for is no trouble; the sessions tell of it
        severity = severity_of(event)
        if severity is not None:
            yield Trouble(event.time_s, severity, event.source, f"{event.kind}: {event.message}".rstrip(": "))


def _of_samples(material: Material) -> Iterator[Trouble]:
    samples = material.run.samples
    gaps = sample_gaps(samples)
    for time_s, seconds in gaps[:MOST_GAPS]:
        yield Trouble(time_s, Severity.WARNING, "samples", f"gap: no sample for {with_prefix(seconds, 's')}")
    if len(gaps) > MOST_GAPS:
        yield Trouble(gaps[MOST_GAPS][0], Severity.WARNING, "samples", f"{len(gaps) - MOST_GAPS} more gaps")
    missing = np.flatnonzero(np.diff(samples["sequence"].astype(np.int64)) > 1)
    for index in missing[:MOST_GAPS]:
        lost = int(samples["sequence"][index + 1]) - int(samples["sequence"][index]) - 1
        yield Trouble(float(samples["time_s"][index]), Severity.ERROR, "samples", f"{lost} samples are missing")
    for flag in _FLAGS:
        marked = np.flatnonzero(samples["quality"] & int(flag))
        if marked.size:
            words = str(flag.name).lower().replace("_", " ")
            first_s = float(samples["time_s"][marked[0]])
            yield Trouble(first_s, _FLAGS[flag], "samples", f"{marked.size} samples are marked '{words}'")


def _of_state(material: Material) -> Iterator[Trouble]:
    if material.ending is None:
        severity = Severity.NOTE if material.status is RunStatus.RUNNING else Severity.ERROR
        yield Trouble(material.end_s, severity, "record", f"the record ends here; the run {_fate(material.status)}")
    for what in material.unreadable:
        yield Trouble(0.0, Severity.WARNING, "record", f"this version cannot read the {what}")


def _fate(status: RunStatus) -> str:
    match status:
        case RunStatus.RUNNING:
            return "goes on"
        case RunStatus.KILLED:
            return "was killed"
        case RunStatus.CLOSED:
            return "was closed without a word about its end"
        case RunStatus.PARKED:
            return "is parked"
        case RunStatus.OPEN:
            return "goes on, or was killed"
