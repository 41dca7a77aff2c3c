"""What a resumed run takes over of a cell: its samples, the count of its steps, and the step that may still run."""

import numpy as np

from operando.protocols.record import RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.standing_of import LeftBehind

__all__ = ["note_gap", "remember_samples", "take_up_cell"]

REMEMBERED_S = 3600.0
"""Of the samples that triggers and pictures look back on."""


def note_gap(left: LeftBehind, record: RunRecord, now_s: float) -> None:
    """Record the time in which no process was there."""
    said = f"nobody commanded or listened between {left.end_s:.3f} s and {now_s:.3f} s"
    record.event(now_s, "run", "resumed", said, from_s=left.end_s, to_s=now_s)


def remember_samples(left: LeftBehind, cell: CellTimeline) -> None:
    """Give the newest samples of the record to those who look back on them."""
    samples = left.samples
    if samples.size:
        samples = samples[samples["time_s"] >= samples["time_s"].max() - REMEMBERED_S]
        cell.add(samples[np.argsort(samples["time_s"], kind="stable")])


async def take_up_cell(left: LeftBehind, cycling: Cycling) -> None:
    """Count on; a rest of the runner's own is ended, a step of the protocol is left to its action."""
    standing = left.standing
    cycling.carry_on(standing.last_step, left.next_sequence)
    step = standing.open_step
    if step is None:
        if standing.last_end_s is not None:
            cycling.left_alone(standing.last_end_s)
    elif not step.action:
        await cycling.adopt(step, to_its_end=False)
        standing.open_step = None
