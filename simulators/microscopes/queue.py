"""The queue of commands that each connection has (SharkRemote 2.0.25, "Command Processing")."""

from collections import deque
from enum import IntFlag

from operando.simulators.microscopes.wire import Request

__all__ = ["CommandQueue", "Flag"]


class Flag(IntFlag):
    """Bits of the header. The wait flags say which subsystem must be idle before the command is executed."""

    SEND_RESPONSE = 0x0001
    JUMP = 0x0002
    SCANNING = 0x0100
    TRAVEL = 0x0200
    OPTICS = 0x0400
    PROCEDURE = 0x0800


WAIT = Flag.SCANNING | Flag.TRAVEL | Flag.OPTICS | Flag.PROCEDURE


class CommandQueue:
    """First in, first out: a command that waits holds up everything behind it."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()
        self._held_until = 0.0

    def __len__(self) -> int:
        return len(self._requests)

    def put(self, request: Request) -> None:
        """Queue a request; one with the jump flag goes to the head, before a command that waits there."""
        if request.flags & Flag.JUMP:
            self._requests.appendleft(request)
        else:
            self._requests.append(request)

    def hold(self, until: float) -> None:
        """A command is being executed; the next one begins when it is done."""
        self._held_until = until

    def next_ready(self, now: float, busy: Flag) -> Request | None:
        """Take the command at the head if nothing holds it."""
        if not self._requests or now < self._held_until or self._requests[0].flags & WAIT & busy:
            return None
        return self._requests.popleft()

    def clear(self) -> None:
        """Forget what has not been executed."""
        self._requests.clear()
