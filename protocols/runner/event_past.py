"""What was before an event: the samples of the last seconds, and the last frames of the regions that it is about."""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.drivers.roles import SAMPLE
from operando.protocols.program import Capture, Program
from operando.protocols.record import FrameRow

__all__ = ["EventPast"]

MOST_FRAMES = 1000


class EventPast:
    """Remembers as much as the captures of a program want to know when their triggers fire.

    Everything it speaks of is in the record already: it names the samples and frames that belong to an event.

    Args:
        program: whose captures say `before`.
    """

    def __init__(self, program: Program) -> None:
        self._keep_s = max((one.before.samples_s for one in program.captures.values() if one.before), default=0.0)
        self._samples = np.empty(0, dtype=SAMPLE)
        self._frames: deque[FrameRow] = deque(maxlen=MOST_FRAMES)
        self._awaited: list[tuple[Capture, float]] = []

    def samples(self, block: NDArray[np.void]) -> None:
        """New samples, in order."""
        if self._keep_s and block.size:
            together = np.concatenate((self._samples, block))
            # twice as long: an event may be told later than its sample
            self._samples = together[together["time_s"] >= together["time_s"][-1] - 2 * self._keep_s]

    def samples_before(self, capture: Capture, event_s: float) -> dict[str, JsonValue] | None:
        """Which samples belong to an event, by their sequence numbers; None if the capture wants none."""
        if capture.before is None:
            return None
        times = self._samples["time_s"]
        belong = self._samples[(times >= event_s - capture.before.samples_s) & (times <= event_s)]
        self._awaited.append((capture, event_s))
        if not belong.size:
            return {"samples": 0}
        first, last = belong[0], belong[-1]
        return {
            "samples": int(belong.size),
            "first_sequence": int(first["sequence"]),
            "last_sequence": int(last["sequence"]),
            "from_s": float(first["time_s"]),
            "to_s": float(last["time_s"]),
        }

    def frames(self, rows: Sequence[FrameRow]) -> list[tuple[Capture, float, list[JsonValue]]]:
        """New frames; for each event that lies before them by now, the numbers of the last frames before it."""
        self._frames.extend(rows)
        newest_s = min(row.start_s for row in rows)
        over = [one for one in self._awaited if one[1] < newest_s]
        self._awaited = [one for one in self._awaited if one[1] >= newest_s]
        return [(capture, event_s, self._frames_before(capture, event_s)) for capture, event_s in over]

    def _frames_before(self, capture: Capture, event_s: float) -> list[JsonValue]:
        wanted = capture.before.frames if capture.before is not None else 0
        earlier = [row for row in self._frames if row.end_s <= event_s and row.region in capture.regions]
        starts = sorted({row.start_s for row in earlier})[-wanted:] if wanted else []
        return [row.number for row in earlier if row.start_s in starts]
