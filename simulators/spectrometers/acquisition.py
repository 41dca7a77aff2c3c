"""Counting: what the processor has accumulated, by the world's photons, until it is told or its preset is reached."""

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.world import World

__all__ = ["Acquisition"]

CHANNEL_WIDTH_eV_AT_2048 = 10.0
PRESET_STEP_S = 0.1


class Acquisition:
    """The multichannel analyser. Counts are fetched from the world when somebody looks, so polling changes nothing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.channels = 2048
        self.peaking_time_s = 4.0e-6
        self.preset_s: float | None = None
        self.enabled = True
        self.preset_reached = False
        self.clear()
        self._counted_until_s = 0.0

    def clear(self) -> None:
        """Spectrum, counters and times to zero."""
        self.counts: NDArray[np.uint64] = np.zeros(self.channels, dtype=np.uint64)
        self.fast = 0
        self.acquired_s = 0.0
        self.real_s = 0.0
        self.preset_reached = False

    @property
    def slow(self) -> int:
        """Events in the spectrum."""
        return int(self.counts.sum())

    def set_channels(self, channels: int) -> None:
        """Change the number of channels; the spectrum is lost."""
        self.channels = channels
        self.clear()

    def set_preset(self, seconds: float | None) -> None:
        """Preset acquisition time, rounded to its step; raising it lets a finished acquisition go on when enabled."""
        self.preset_s = None if seconds is None else round(seconds / PRESET_STEP_S) * PRESET_STEP_S
        self.preset_reached = False

    def advance(self, now: float) -> None:
        """Count until now, or until the preset is reached."""
        start, self._counted_until_s = self._counted_until_s, max(now, self._counted_until_s)
        if not self.enabled or now <= start:
            return
        end = now
        if self.preset_s is not None:
            end = min(now, start + max(0.0, self.preset_s - self.acquired_s))
        if end > start:
            self._count(start, end)
        if self.preset_s is not None and self.acquired_s >= self.preset_s - 1e-9:
            self.enabled = False
            self.preset_reached = True

    def _count(self, start: float, end: float) -> None:
        self._world.advance(end)
        width_eV = CHANNEL_WIDTH_eV_AT_2048 * 2048 / self.channels
        counts, incoming = self._world.xray_counts(start, end, self.channels, width_eV, 0.0, self.peaking_time_s)
        self.counts += counts
        self.fast += incoming
        self.acquired_s += end - start
        self.real_s += end - start
