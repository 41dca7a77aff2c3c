"""What the beam did, so that a question about a time that is over is answered for the beam of that time."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from operando.simulators.world.beam import Beam

__all__ = ["BeamHistory"]

LONGEST = 10_000
"""Changes that are remembered: more than a map of a hundred by a hundred points makes between two looks."""


class BeamHistory:
    """Each state of the beam with the time until which it lasted."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, Beam]] = deque(maxlen=LONGEST)

    def book(self, beam: Beam, until_s: float) -> None:
        """The beam is about to change; as it is, it was until now."""
        self._past.append((until_s, replace(beam)))

    def stretches(self, beam: Beam, start_s: float, end_s: float) -> Iterator[tuple[Beam, float, float]]:
        """The beam between two times, in pieces in which it did not change; `beam` is its present state."""
        for until_s, past in self._past:
            if until_s > start_s:
                piece_end_s = min(until_s, end_s)
                yield past, start_s, piece_end_s
                start_s = piece_end_s
                if start_s >= end_s:
                    return
        if end_s > start_s:
            yield beam, start_s, end_s
