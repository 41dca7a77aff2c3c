"""A rectangular scan: when each line is exposed, and the image messages that come of it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from operando.simulators.microscopes.detectors import Tone
from operando.simulators.microscopes.wire import image_message
from operando.simulators.world.beam import BeamSettings, Exposure, StagePose

__all__ = ["Conditions", "Expose", "RasterPlan", "RasterScan", "Window", "Work"]

Expose = Callable[[Exposure, range], Sequence[NDArray[np.float32]]]
Work = Callable[[], list[bytes]]
"""Draws messages whose conditions are settled; it may be done later, and beside everything else."""

TOLERANCE = 1e-6
"""Fraction of a line by which a time may miss the end of a line and still count as there."""


@dataclass(frozen=True, slots=True)
class Window:
    """The field in pixels and the part of it that is scanned; right and bottom belong to it."""

    width: int
    height: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def columns(self) -> int:
        """Pixels in a scanned line."""
        return self.right - self.left + 1

    @property
    def rows(self) -> int:
        """Lines of a frame."""
        return self.bottom - self.top + 1


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds from a time on: `lit` is whether the beam reaches the specimen; one tone for each channel."""

    since_s: float
    stage: StagePose
    beam: BeamSettings
    lit: bool
    tones: tuple[Tone, ...]


@dataclass(frozen=True, slots=True)
class RasterPlan:
    """What was asked of a scan.

    Args:
        frame_id: echoed in the messages.
        number: of the scan, counted by the microscope; exposures take their numbers from it.
        channels: pairs of (channel, bits).
        frames: how many; None for a scan that goes on until it is stopped.
        repeats: how often each line is scanned.
        started_s: world time of the first line.
        chunk_lines: lines in an image message.
        delay_s: how late the messages are sent.
        oldest_s: an endless scan skips frames that nobody has taken for so long.
    """

    frame_id: int
    number: int
    window: Window
    channels: tuple[tuple[int, int], ...]
    frames: int | None
    dwell_s: float
    line_time_s: float
    repeats: int
    started_s: float
    chunk_lines: int
    delay_s: float
    oldest_s: float = 10.0


@dataclass(frozen=True, slots=True)
class _Strip:
    """Lines of one frame that are over, and how each part of them was exposed; the exposure is None in the dark."""

    lines: range
    parts: tuple[tuple[Conditions, range, Exposure | None], ...]


class RasterScan:
    """Nothing is drawn before somebody takes the messages, and then everything that is due at once."""

    def __init__(self, plan: RasterPlan, expose: Expose, conditions: Conditions) -> None:
        self.plan = plan
        self._expose = expose
        self._conditions = [conditions]
        self._frame = 0
        self._line = 0
        self._lines_at_most = math.inf if plan.frames is None else float(plan.frames * plan.window.rows)

    @property
    def ends_s(self) -> float:
        """World time at which the last line is over; infinite for an endless scan."""
        return self.plan.started_s + self._lines_at_most * self.plan.line_time_s

    def conditions_change(self, conditions: Conditions) -> None:
        """From this time on the lines are exposed differently."""
        if replace(conditions, since_s=self._conditions[-1].since_s) != self._conditions[-1]:
            self._conditions.append(conditions)

    def stop(self, now: float) -> None:
        """No line that has not ended by now will be sent."""
        self._lines_at_most = min(self._lines_at_most, float(self._lines_over(now)))

    def due(self) -> float | None:
        """When the next image message is sent; None if there is none any more."""
        end = self._chunk_end(self._line)
        line = self._frame * self.plan.window.rows + end
        if line > self._lines_at_most:
            return None
        return self.plan.started_s + line * self.plan.line_time_s + self.plan.delay_s

    def take(self, now: float) -> Work:
        """The work of drawing all messages that are due by now, with as few exposures as possible."""
        over = self._lines_over(now - self.plan.delay_s)
        self._skip_stale_frames(over)
        strips: list[_Strip] = []
        while (last := self._last_complete(over)) > self._line:
            strips.append(self._strip(range(self._line, last)))
            self._line = last
            if last == self.plan.window.rows:
                self._frame, self._line = self._frame + 1, 0
        return lambda: [message for strip in strips for message in self._messages(strip)]

    def _lines_over(self, now: float) -> int:
        lines = math.floor((now - self.plan.started_s) / self.plan.line_time_s + TOLERANCE)
        return int(min(max(lines, 0), self._lines_at_most))

    def _last_complete(self, over: int) -> int:
        """The end of the last complete chunk of this frame, in lines of the frame."""
        rows = self.plan.window.rows
        here = over - self._frame * rows
        return rows if here >= rows else max(here - here % self.plan.chunk_lines, self._line)

    def _chunk_end(self, line: int) -> int:
        return min(line + self.plan.chunk_lines, self.plan.window.rows)

    def _skip_stale_frames(self, over: int) -> None:
        if self.plan.frames is None:
            kept = math.ceil(self.plan.oldest_s / (self.plan.window.rows * self.plan.line_time_s))
            oldest = over // self.plan.window.rows - kept
            if oldest > self._frame:
                self._frame, self._line = oldest, 0

    def _strip(self, lines: range) -> _Strip:
        """Lines of the current frame, each under the conditions of its own moment."""
        window = self.plan.window
        parts = []
        for index, part in self._parts(lines):
            conditions = self._conditions[index]
            names = tuple(dict.fromkeys(tone.signal for tone in conditions.tones if tone.signal))
            rows = range(window.top + part.start, window.top + part.stop)
            parts.append((conditions, rows, self._exposure(index, names) if conditions.lit and names else None))
        return _Strip(lines, tuple(parts))

    def _messages(self, strip: _Strip) -> list[bytes]:
        pictures = self._drawn(strip)
        columns, frame_id, lines = self.plan.window.columns, self.plan.frame_id, strip.lines
        messages = []
        first = lines.start
        while first < lines.stop:
            end = self._chunk_end(first)
            for (channel, bits), picture in zip(self.plan.channels, pictures, strict=True):
                pixels = picture[first - lines.start : end - lines.start].tobytes()
                messages.append(image_message(frame_id, channel, first * columns, bits, pixels))
            first = end
        return messages

    def _drawn(self, strip: _Strip) -> list[NDArray[np.uint8] | NDArray[np.uint16]]:
        """The lines in each channel."""
        parts = [self._greys(*part) for part in strip.parts]
        if len(parts) == 1:
            return parts[0]
        return [np.concatenate(channel) for channel in zip(*parts, strict=True)]

    def _greys(
        self, conditions: Conditions, rows: range, exposure: Exposure | None
    ) -> list[NDArray[np.uint8] | NDArray[np.uint16]]:
        window = self.plan.window
        columns = slice(window.left, window.right + 1)
        dark = np.zeros((len(rows), window.columns), np.float32)
        drawn = () if exposure is None else self._expose(exposure, rows)
        signals = dict(zip(exposure.detectors if exposure else (), drawn, strict=True))
        return [
            tone.grey(signals[tone.signal][:, columns] if tone.signal in signals else dark, bits)
            for (_, bits), tone in zip(self.plan.channels, conditions.tones, strict=True)
        ]

    def _exposure(self, index: int, names: tuple[str, ...]) -> Exposure:
        conditions, window, plan = self._conditions[index], self.plan.window, self.plan
        frame_start_s = plan.started_s + self._frame * window.rows * plan.line_time_s
        return Exposure(
            stage=conditions.stage,
            beam=conditions.beam,
            detectors=names,
            pixels=(window.width, window.height),
            dwell_s=plan.dwell_s * plan.repeats,
            start_s=frame_start_s - window.top * plan.line_time_s,
            line_time_s=plan.line_time_s,
            frame=(plan.number << 40) | (self._frame << 16) | index,
        )

    def _parts(self, lines: range) -> list[tuple[int, range]]:
        """Lines of the current frame, split where the conditions change."""
        bounds = [max(lines.start, self._first_line(index)) for index in range(len(self._conditions))]
        bounds = [min(bound, lines.stop) for bound in [lines.start, *bounds[1:], lines.stop]]
        spans = enumerate(pairwise(bounds))
        return [(index, range(start, stop)) for index, (start, stop) in spans if stop > start]

    def _first_line(self, index: int) -> int:
        """The first line of the current frame that begins under these conditions."""
        plan = self.plan
        since = (self._conditions[index].since_s - plan.started_s) / plan.line_time_s
        return math.ceil(since - TOLERANCE) - self._frame * plan.window.rows
