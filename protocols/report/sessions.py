"""Where a run of several sessions has no samples of its own."""

from itertools import pairwise

from operando.protocols.reading import Run
from operando.protocols.record.sessions import continued_sessions, parked_sessions

__all__ = ["away", "elsewhere"]

Span = tuple[float, float]
"""Run times."""


def elsewhere(run: Run) -> list[Span]:
    """From when to when another program has recorded the cell, by time."""
    return sorted((file.from_s, file.to_s) for session in continued_sessions(run.folder) for file in session.imported)


def away(run: Run) -> list[Span]:
    """From when to when nobody has recorded anything, between sessions and files of cycling elsewhere."""
    again_s = [event.time_s for event in run.events if event.source == "run" and event.kind == "resumed"]
    spans: list[Span] = []
    for session in parked_sessions(run.folder):
        returned_s = next((time_s for time_s in again_s if time_s >= session.to_s), None)
        if returned_s is None:
            continue  # parked at the moment
        files = [span for span in elsewhere(run) if session.to_s <= span[0] < returned_s]
        known = [(session.to_s, session.to_s), *files, (returned_s, returned_s)]
        spans += [(one[1], other[0]) for one, other in pairwise(known)]
    return spans
