"""What the beam did, so that a question about a time that is over is answered for the beam of that time."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from operando.simulators.world.beam import Beam

__all__ = ["BeamHistory"]

LONGEST = 12_000
"""Changes that are remembered: more than a map of a hundred by a hundred points makes until it is recorded."""


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

    def at(self, time_s: float, beam: Beam, ahead_s: float = 0.0) -> Beam:
        """The beam at a time; a map is a scan of its field.

        Spots of one field that follow each other line by line are the points of a map. A change belongs to what was
        before it. What has been forgotten is a beam that is off.

        Args:
            time_s: not in the future.
            beam: its present state.
            ahead_s: a beam that is off, and comes within this time, is taken for one that is there.
        """
        changes = list(self._past)  # the beam may go on meanwhile
        number = bisect_left(changes, time_s, key=lambda change: change[0])
        if number == 0 and len(changes) == LONGEST:
            return Beam()
        if number < len(changes):
            until_s, past = changes[number]
            if not past.on_specimen and until_s <= time_s + ahead_s:
                number += 1
        states = [Beam(), *(past for _, past in changes), beam, Beam()]
        before, then, after = states[number : number + 3]
        of_a_map = _next_of_a_map(before, then) or _next_of_a_map(then, after)
        return replace(then, dwelling_at=None) if of_a_map else then


def _next_of_a_map(beam: Beam, later: Beam) -> bool:
    """Whether the beam went on from one spot to another that is further in the same line, or in a later one."""
    if beam.dwelling_at is None or later.dwelling_at is None or not (beam.on_specimen and later.on_specimen):
        return False
    same_field = (beam.settings, beam.stage) == (later.settings, later.stage)
    return same_field and beam.dwelling_at[::-1] < later.dwelling_at[::-1]
