"""Captures that are wanted: who wants them, why, and by when."""

from dataclasses import dataclass, field

import anyio

from operando.protocols.program import Capture

__all__ = ["CaptureRequest"]


@dataclass(slots=True)
class CaptureRequest:
    """One capture to be taken.

    Args:
        capture: what to look at, and how.
        reason: why it exists, in words (`every 30 min`, `just before the end of charge`).
        line: of the protocol file.
        wanted_s: run time at which the condition came true (of the sample that made it so).
        detected_s: run time at which the runner knew.
        start_within_s: the latency contract, if there is one.
        priority: the lowest goes first; a rendezvous before all, because the cell waits for it.
        occasion: `start`, `end` or empty, for regions that are looked at only then.
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
    done: anyio.Event = field(default_factory=anyio.Event)
