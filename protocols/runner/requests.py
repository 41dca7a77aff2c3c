"""Captures that are wanted: who wants them, why, by when, and what of them is still to be done."""

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio

from operando.protocols.plan.fields import FieldVisit
from operando.protocols.program import Capture
from operando.protocols.runner.latency import CaptureTimes

__all__ = ["CaptureRequest"]


@dataclass(slots=True, eq=False)
class CaptureRequest:
    """One capture to be taken.

    Args:
        capture: what to look at, and how.
        reason: why it exists, in words (`every 30 min`, `just before the end of charge`).
        line: of the protocol file.
        wanted_s: run time at which the condition came true (of the sample that made it so).
        detected_s: run time at which the runner knew.
        start_within_s: the latency contract, if there is one.
        priority: among captures of equal priority in the protocol, the lowest goes first. 0 is for what somebody waits
            for (a rendezvous, an occasion, an operator): it is never left out because others are busy.
        occasion: `start`, `end` or empty, for regions that are looked at only then.
        give_up_s: run time after which nobody waits for it any more.
        out_of_date: given the run time, says why it is not what it was asked for any more; empty if it still is.
        done: set when the capture has been taken or given up.
    """

    capture: Capture
    reason: str
    line: int
    wanted_s: float
    detected_s: float
    start_within_s: float | None = None
    priority: int = 2
    occasion: str = ""
    give_up_s: float | None = None
    out_of_date: Callable[[float], str] = lambda now_s: ""
    done: anyio.Event = field(default_factory=anyio.Event)

    fields: list[FieldVisit] | None = None
    """What is still to be visited; None until that is planned."""
    frames_begun: dict[FieldVisit, int] = field(default_factory=dict)
    """Frames that the specimen has seen, whatever became of them: none is exposed twice."""
    spectra_begun: set[FieldVisit] = field(default_factory=set)
    """Fields whose spectra were begun; they are not counted twice either."""
    expired: bool = False
    """Whether it was given up because nobody waited for it any more."""
    begun: bool = False
    """Whether it holds the microscope: it is not interrupted between its fields unless something pre-empts it."""
    losses: int = 0
    """How often the microscope was lost under it."""
    lost_because: str = ""
    """Why frames or spectra of it are missing: the last reason."""
    unwritten: int = 0
    """Frames that wait for the samples which belong to them."""
    pictures: int = 0
    spectra: int = 0
    spent_s: float = 0.0
    """On its fields so far."""
    times: CaptureTimes = field(default_factory=CaptureTimes)

    @property
    def urgency(self) -> tuple[int, int]:
        """The lowest goes first: the protocol's priority, then who waits for it or holds a contract."""
        return self.capture.priority, 0 if self.start_within_s is not None else self.priority

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for it, so that it is not left out because others are busy."""
        return self.priority == 0

    def exhausted(self, visit: FieldVisit) -> bool:
        """Whether everything of a field was begun."""
        pictures = not visit.pictures or self.frames_begun.get(visit, 0) >= self.capture.repeat
        return pictures and (not visit.spectra or visit in self.spectra_begun)

    def leave_out(self, visit: FieldVisit, why: str) -> None:
        """What is left of a field is not wanted any more."""
        self.lost_because = why
        if visit.pictures:
            self.frames_begun[visit] = self.capture.repeat
        if visit.spectra:
            self.spectra_begun.add(visit)

    def leave(self, visit: FieldVisit) -> None:
        """The field is left; it is visited again only for what was never begun."""
        if self.fields is not None and self.exhausted(visit):
            self.fields.remove(visit)
