"""The samples of the run so far: what the cell did at a moment."""

from dataclasses import dataclass

import anyio
import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE

__all__ = ["CellState", "CellTimeline"]

KEPT_SAMPLES = 100_000
"""Older samples are on disk; triggers and pictures look back hours at most."""


@dataclass(frozen=True, slots=True)
class CellState:
    """Voltage, current and net charge at a moment, interpolated between samples; NaN where there are none."""

    time_s: float
    voltage_V: float
    current_A: float
    charge_C: float
    """Passed in the step; positive when charging."""
    cycle: int
    step: int

    @classmethod
    def unknown(cls, time_s: float) -> "CellState":
        """No sample tells."""
        return cls(time_s, np.nan, np.nan, np.nan, 0, 0)


class CellTimeline:
    """Keeps the last samples, and lets tasks wait until samples have reached a time."""

    def __init__(self) -> None:
        self._samples = np.empty(1024, dtype=SAMPLE)
        self._count = 0
        self._arrived = anyio.Event()

    def add(self, block: NDArray[np.void]) -> None:
        """Append a block of samples, in order of time."""
        if not block.size:
            return
        self._make_room(block.size)
        begin, end = self._count, self._count + block.size
        self._samples[begin:end] = block
        self._count = end
        arrived, self._arrived = self._arrived, anyio.Event()
        arrived.set()

    @property
    def latest_s(self) -> float:
        """Time of the last sample; minus infinity if there is none."""
        return float(self._samples["time_s"][self._count - 1]) if self._count else -np.inf

    def recent(self, since_s: float, step: int | None = None) -> NDArray[np.void]:
        """Samples after a time, of one step if it is given."""
        samples = self._samples[: self._count]
        chosen = samples[np.searchsorted(samples["time_s"], since_s) :]
        return chosen if step is None else chosen[chosen["step"] == step]

    def at(self, time_s: float, no_further_than_s: float = 5.0) -> CellState:
        """The state at a time; unknown if no sample is near. Nothing is interpolated across a change of step."""
        times = self._samples["time_s"][: self._count]
        if not self._count or not times[0] - no_further_than_s <= time_s <= times[-1] + no_further_than_s:
            return CellState.unknown(time_s)
        after = min(int(np.searchsorted(times, time_s)), self._count - 1)
        before = max(after - 1, 0)
        if min(abs(times[after] - time_s), abs(times[before] - time_s)) > no_further_than_s:
            return CellState.unknown(time_s)
        span = times[after] - times[before]
        share = float(np.clip((time_s - times[before]) / span, 0.0, 1.0)) if span > 0 else 1.0
        if self._samples["step"][before] != self._samples["step"][after]:
            share = round(share)
        near = self._samples[after if share > 0 else before]
        return CellState(
            time_s,
            self._between(self._samples["voltage_V"], before, after, share),
            self._between(self._samples["current_A"], before, after, share),
            self._between(self._samples["charge_C"], before, after, share),
            int(near["cycle"]),
            int(near["step"]),
        )

    async def reached(self, time_s: float, at_most_s: float) -> None:
        """Wait until a sample at or after a time is here, but no longer than so long."""
        with anyio.move_on_after(at_most_s):
            while self.latest_s < time_s:
                await self._arrived.wait()

    @staticmethod
    def _between(values: NDArray[np.float64], before: int, after: int, share: float) -> float:
        return float(values[before] * (1.0 - share) + values[after] * share)

    def _make_room(self, more: int) -> None:
        if self._count > 2 * KEPT_SAMPLES:
            keep = slice(self._count - KEPT_SAMPLES, self._count)
            self._samples[:KEPT_SAMPLES] = self._samples[keep].copy()
            self._count = KEPT_SAMPLES
        size = len(self._samples)
        while size < self._count + more:
            size *= 2
        if size > len(self._samples):
            self._samples = np.resize(self._samples, size)
