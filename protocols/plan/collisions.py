"""What becomes of captures that are wanted at the same time, by the same policy as in the run."""

from collections.abc import Iterable
from dataclasses import dataclass

from operando.protocols.plan.planned import PlannedCapture, PlannedMiss
from operando.protocols.program import Program

__all__ = ["Resolved", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The captures that are taken, begun when the microscope is free, and those that are left out."""

    taken: tuple[PlannedCapture, ...]
    missed: tuple[PlannedMiss, ...]


def resolve(program: Program, wanted: Iterable[PlannedCapture]) -> Resolved:
    """Let captures wait, pre-empt or be left out as their `if_busy` says.

    A rendezvous keeps its time in the plan, because cycling waits for it; others are delayed by it all the same.
    """
    desk = _Desk(program)
    for capture in sorted(wanted, key=lambda capture: capture.start_s):
        desk.ask(capture)
    desk.advance(float("inf"))
    taken = sorted(desk.taken, key=lambda capture: capture.start_s)
    return Resolved(tuple(taken), tuple(desk.missed))


@dataclass(slots=True)
class _Job:
    """A capture at the microscope, or waiting for it, with what remains of it."""

    wanted: PlannedCapture
    remaining_s: float
    began_s: float | None = None


class _Desk:
    """The microscope takes one capture at a time."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._waiting: list[_Job] = []
        self._running: _Job | None = None
        self._since_s = 0.0
        self.taken: list[PlannedCapture] = []
        self.missed: list[PlannedMiss] = []

    def ask(self, wanted: PlannedCapture) -> None:
        """A capture is wanted at its start."""
        now_s = wanted.start_s
        self.advance(now_s)
        job = _Job(wanted, wanted.duration_s)
        if self._running is None:
            self._begin(job, now_s)
            return
        capture = self._program.captures[wanted.capture]
        if not _awaited(wanted):
            if capture.if_busy == "skip":
                self._miss(wanted, f"{self._running.wanted.capture} is taken (if_busy: skip)")
                return
            alike = [one for one in self._waiting if one.began_s is None and _alike(one.wanted, wanted)]
            if len(alike) >= capture.queue_limit:
                self._miss(wanted, f"{len(alike)} of it wait already (queue_limit: {capture.queue_limit})")
                return
        self._waiting.append(job)
        running = self._program.captures[self._running.wanted.capture]
        if capture.if_busy == "preempt" and capture.priority < running.priority:
            self._running.remaining_s -= now_s - self._since_s
            self._waiting.append(self._running)
            self._begin_next(now_s)

    def advance(self, now_s: float) -> None:
        """Let the microscope work until a time."""
        while self._running is not None and (ends_s := self._since_s + self._running.remaining_s) <= now_s:
            self._finish(self._running, ends_s)
            self._begin_next(ends_s)

    def _finish(self, job: _Job, ends_s: float) -> None:
        wanted = job.wanted
        if wanted.number is not None or job.began_s is None:
            self.taken.append(wanted)
        else:
            self.taken.append(wanted.at(job.began_s, ends_s - job.began_s, wanted.cycle, wanted.during))

    def _begin_next(self, now_s: float) -> None:
        self._running = None
        if self._waiting:
            job = min(self._waiting, key=self._urgency)
            self._waiting.remove(job)
            self._begin(job, now_s)

    def _begin(self, job: _Job, now_s: float) -> None:
        if job.began_s is None:
            job.began_s = now_s
        self._running, self._since_s = job, now_s

    def _urgency(self, job: _Job) -> tuple[int, bool, float]:
        priority = self._program.captures[job.wanted.capture].priority
        return priority, not _awaited(job.wanted), job.wanted.start_s

    def _miss(self, wanted: PlannedCapture, why: str) -> None:
        self.missed.append(PlannedMiss(wanted.capture, wanted.reason, wanted.start_s, why, wanted.line))


def _awaited(wanted: PlannedCapture) -> bool:
    return wanted.number is not None or wanted.reason in ("at the start", "at the end")


def _alike(one: PlannedCapture, other: PlannedCapture) -> bool:
    return (one.capture, one.reason) == (other.capture, other.reason)
