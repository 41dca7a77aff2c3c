"""Captures that wait for the microscope, and the policy by which those that cannot all be done are left out."""

from collections.abc import Callable

import anyio

from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.urgency import Urgency

__all__ = ["CaptureQueue"]


class CaptureQueue:
    """Requests in the order of their urgency.

    Args:
        refused: told about each request that will not be taken, with the reason.
        urgency: how whoever uses the microscope is called off.
    """

    def __init__(self, refused: Callable[[CaptureRequest, str], None], urgency: Urgency) -> None:
        self._refused = refused
        self._urgency = urgency
        self._changed = anyio.Event()
        self.waiting: list[CaptureRequest] = []
        """Everything that is still to be looked at, in the order in which it was asked for."""
        self.being_written: list[CaptureRequest] = []
        """What was looked at, and waits for its samples."""
        self.current: CaptureRequest | None = None
        """Whose field is being visited."""
        self.blocked = ""
        """Why nothing can be taken at all, in words; empty if something can."""

    @property
    def idle(self) -> bool:
        """Whether nothing is being taken and nothing waits."""
        return not self.waiting and not self.being_written

    def submit(self, request: CaptureRequest) -> None:
        """Let a request wait, or refuse it, as its capture says."""
        capture = request.capture
        self._drop_out_of_date(request.detected_s)
        busy = self.blocked or (f"{self.waiting[0].capture.name} is taken or waits" if self.waiting else "")
        if not request.awaited:
            if busy and capture.if_busy == "skip":
                self.refuse(request, f"{busy} (if_busy: skip)")
                return
            alike = [one for one in self.waiting if _alike(one, request) and not one.begun]
            if len(alike) >= capture.queue_limit:
                self.refuse(request, f"{len(alike)} of it wait already (queue_limit: {capture.queue_limit})")
                return
        self.waiting.append(request)
        if capture.if_busy == "preempt":
            self._call_off_less_urgent(request)
        self.wake()

    def batch(self) -> list[CaptureRequest]:
        """The requests whose fields are to be visited now, in any order.

        A capture that has begun is finished before a more urgent one, unless that one pre-empts; equally urgent ones
        join it, because going there together is cheaper.
        """
        begun = [request for request in self.waiting if request.begun]
        most_urgent = min((request.urgency for request in begun or self.waiting), default=None)
        if begun and any(one.urgency < most_urgent for one in self.waiting if most_urgent and not one.begun):
            return begun
        return [request for request in self.waiting if request.begun or request.urgency == most_urgent]

    def looked(self, request: CaptureRequest) -> None:
        """Nothing of a request is left to be looked at."""
        self.waiting.remove(request)
        self.being_written.append(request)

    def remove(self, request: CaptureRequest) -> None:
        """A request is done or given up."""
        for requests in (self.waiting, self.being_written):
            if request in requests:
                requests.remove(request)
        request.done.set()
        self.wake()

    def expire(self, now_s: float) -> None:
        """Give up what nobody waits for any more, or is not what was asked for; what has begun is finished."""
        self._drop_out_of_date(now_s)
        for request in [one for one in self.waiting if one.give_up_s is not None and one.give_up_s <= now_s]:
            if request is not self.current and not request.begun:
                request.expired = True
                self.refuse(request, f"nobody waits for it any more{f': {self.blocked}' if self.blocked else ''}")

    def next_expiry_s(self) -> float:
        """Run time at which somebody stops waiting; infinity if nobody does."""
        times = [one.give_up_s for one in self.waiting if one.give_up_s is not None and not one.begun]
        return min(times, default=float("inf"))

    def skip_waiting(self, why: str) -> None:
        """Nothing can be taken: what is not to wait is left out."""
        for request in list(self.waiting):
            if request.capture.if_busy == "skip" and not request.awaited and request is not self.current:
                self.refuse(request, why)

    def give_up_all(self, why: str) -> None:
        """Nothing will be taken any more."""
        for request in list(self.waiting):
            if request is not self.current:
                self.refuse(request, why)

    def wake(self) -> None:
        """Something has changed: whoever waits looks again."""
        changed, self._changed = self._changed, anyio.Event()
        changed.set()

    def next_change(self) -> anyio.Event:
        """Set when something changes after this call."""
        return self._changed

    def block(self, why: str) -> None:
        """Nothing can be taken, and why; empty if something can again."""
        if why != self.blocked:
            self.blocked = why
            self.wake()

    def refuse(self, request: CaptureRequest, why: str) -> None:
        """A request is given up, and the record says why."""
        self.remove(request)
        self._refused(request, why)

    def _drop_out_of_date(self, now_s: float) -> None:
        for request in [one for one in self.waiting if one is not self.current and not one.begun]:
            if why := request.out_of_date(now_s):
                self.refuse(request, why)

    def _call_off_less_urgent(self, request: CaptureRequest) -> None:
        less_urgent = [one for one in self.waiting if one.capture.priority > request.capture.priority]
        for one in less_urgent:
            one.begun = False
        if self.current in less_urgent:
            self._urgency.call(f"{request.capture.name} ({request.reason}) is more urgent")


def _alike(one: CaptureRequest, other: CaptureRequest) -> bool:
    return (one.capture.name, one.reason) == (other.capture.name, other.reason)
