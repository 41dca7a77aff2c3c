"""Waiting until nobody talks on a wire, so that a late reply is not taken for the next one."""

from operando.drivers.clock import Clock
from operando.drivers.errors import TransportTimeout
from operando.drivers.links import Link

__all__ = ["discard", "wait_for_silence"]

AT_MOST_S = 2.0
"""On a line on which somebody talks without end, the next exchange is tried, and fails by itself."""


def discard(link: Link) -> None:
    """Drop what has arrived."""
    while link.read(0.0):
        pass


def wait_for_silence(link: Link, clock: Clock, quiet_s: float) -> None:
    """Drop what arrives until nothing has come for a while.

    Raises:
        TransportClosed: if the other end is gone.
    """
    latest = clock.now() + AT_MOST_S
    quiet_until = clock.now() + quiet_s
    while (remaining := min(quiet_until, latest) - clock.now()) > 0:
        try:
            if link.read(remaining):
                quiet_until = clock.now() + quiet_s
        except TransportTimeout:
            return
