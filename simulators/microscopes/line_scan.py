"""A scan along a line, or on one spot when both ends are equal (SharkRemote 2.0.25, ScScanLine)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.microscopes.raster import Conditions, Expose, Work
from operando.simulators.microscopes.wire import image_message
from operando.simulators.world.beam import Exposure
from operando.simulators.world.constants import ELEMENTARY_CHARGE_C

__all__ = ["LinePlan", "LineScan"]

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class LinePlan:
    """What was asked of a line scan: `count` points from one pixel to another of a field of (width, height).

    `passes` is None for a scan that goes on until it is stopped. Each pass is one image message.
    """

    frame_id: int
    number: int
    pixels: tuple[int, int]
    ends: tuple[tuple[int, int], tuple[int, int]]
    count: int
    channels: tuple[tuple[int, int], ...]
    passes: int | None
    dwell_s: float
    pass_time_s: float
    started_s: float
    oldest_s: float = 10.0

    @property
    def spot(self) -> tuple[float, float] | None:
        """Where the beam stands if it does not move, as fractions of the field."""
        (x, y), end = self.ends
        return ((x + 0.5) / self.pixels[0], (y + 0.5) / self.pixels[1]) if end == (x, y) else None


class LineScan:
    """Passes along a line, each drawn when somebody takes it."""

    def __init__(self, plan: LinePlan, expose: Expose, conditions: Conditions, noise: np.random.Generator) -> None:
        self.plan = plan
        self._expose = expose
        self._conditions = conditions
        self._noise = noise
        self._taken = 0
        self._at_most = math.inf if plan.passes is None else float(plan.passes)

    @property
    def ends_s(self) -> float:
        """World time at which the last pass is over; infinite for an endless scan."""
        return self.plan.started_s + self._at_most * self.plan.pass_time_s

    def conditions_change(self, conditions: Conditions) -> None:
        """Passes that are drawn from now on are exposed differently."""
        self._conditions = conditions

    def stop(self, now: float) -> None:
        """No pass that has not ended by now will be sent."""
        self._at_most = min(self._at_most, float(self._over(now)))

    def due(self) -> float | None:
        """When the next pass ends; None if there is none any more."""
        if self._taken + 1 > self._at_most:
            return None
        return self.plan.started_s + (self._taken + 1) * self.plan.pass_time_s

    def take(self, now: float) -> Work:
        """The work of drawing the passes that are over."""
        over = self._over(now)
        if self.plan.passes is None:
            self._taken = max(self._taken, over - math.ceil(self.plan.oldest_s / self.plan.pass_time_s))
        passes, conditions = range(self._taken, over), self._conditions
        self._taken = max(self._taken, over)
        return lambda: [message for number in passes for message in self._messages(number, conditions)]

    def _over(self, now: float) -> int:
        passes = math.floor((now - self.plan.started_s) / self.plan.pass_time_s + TOLERANCE)
        return int(min(max(passes, 0), self._at_most))

    def _messages(self, number: int, conditions: Conditions) -> list[bytes]:
        names = tuple(dict.fromkeys(tone.signal for tone in conditions.tones if tone.signal))
        profiles = self._profiles(number, conditions, names) if conditions.lit and names else {}
        dark = np.zeros(self.plan.count, np.float32)
        messages = []
        for (channel, bits), tone in zip(self.plan.channels, conditions.tones, strict=True):
            signal = profiles.get(tone.signal, dark) if tone.signal else dark
            pixels = tone.grey(signal, bits).tobytes()
            messages.append(image_message(self.plan.frame_id, channel, 0, bits, pixels))
        return messages

    def _profiles(self, number: int, conditions: Conditions, names: tuple[str, ...]) -> dict[str, NDArray[np.float32]]:
        """The signal at each point: drawn with a long exposure, then given the shot noise of its own short dwell."""
        (x0, y0), (x1, y1) = self.plan.ends
        columns = np.rint(np.linspace(x0, x1, self.plan.count)).astype(int)
        rows = np.rint(np.linspace(y0, y1, self.plan.count)).astype(int)
        top = min(y0, y1)
        drawn = self._expose(self._exposure(number, conditions, names), range(top, max(y0, y1) + 1))
        electrons = max(conditions.beam.current_A * self.plan.dwell_s / ELEMENTARY_CHARGE_C, 1.0)
        profiles = {}
        for name, picture in zip(names, drawn, strict=True):
            mean = np.maximum(picture[rows - top, columns], 0.0)
            noise = self._noise.standard_normal(self.plan.count).astype(np.float32)
            profiles[name] = (mean + noise * np.sqrt(mean / np.float32(electrons))).astype(np.float32)
        return profiles

    def _exposure(self, number: int, conditions: Conditions, names: tuple[str, ...]) -> Exposure:
        return Exposure(
            stage=conditions.stage,
            beam=conditions.beam,
            detectors=names,
            pixels=self.plan.pixels,
            dwell_s=self.plan.dwell_s * self.plan.count,
            start_s=self.plan.started_s + number * self.plan.pass_time_s,
            line_time_s=0.0,
            frame=(self.plan.number << 40) | (number << 16),
        )
