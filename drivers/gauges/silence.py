"""Waiting until nobody talks on a wire, so that a late reply is not taken for the next one."""

from operando.drivers.clock import Clock
from operando.drivers.errors import TransportTimeout
from operando.drivers.links.reopening import ReopeningLink

__all__ = ["discard", "wait_for_silence"]

AT_MOST_S = 2.0
"""On a line on which somebody talks without end, the next exchange is tried, and fails by itself."""


def discard(link: ReopeningLink) -> None:
    """Drop what has arrived; a link that the other end has let go of meanwhile is opened anew.

    Raises:
        TransportClosed: if it cannot be opened.
    """
    link.arrived()


def wait_for_silence(link: ReopeningLink, clock: Clock, quiet_s: float) -> None:
    """Drop what arrives until nothing has come for a while.

    Raises:
        TransportClosed: if the other end is gone.
    """
    discard(link)
    latest = clock.now() + AT_MOST_S
    quiet_until = clock.now() + quiet_s
    while (remaining := min(quiet_until, latest) - clock.now()) > 0:
        try:
            if link.read(remaining):
                quiet_until = clock.now() + quiet_s
        except TransportTimeout:
            return
