"""Counting: what the processor has accumulated, by the world's photons, until it is told or a preset is reached."""

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.world import World

__all__ = ["Acquisition"]

CHANNEL_WIDTH_eV_AT_2048 = 10.0
PRESET_STEP_S = 0.1
MOST_COUNTS = 0xFFFFFF


class Acquisition:
    """The multichannel analyser. Counts are fetched from the world when somebody looks, so polling changes nothing.

    While data are read out nothing is counted and the acquisition time stands still; the real time goes on
    (DP5 Programmer's Guide, read-out dead time).
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.channels = 2048
        self.peaking_time_s = 4.0e-6
        self.acquisition_preset_s: float | None = None
        self.real_preset_s: float | None = None
        self.enabled = True
        self.real_preset_reached = False
        self.clear()
        self._reached_s = 0.0
        self._read_out_until_s = 0.0

    def clear(self) -> None:
        """Spectrum, counters and times to zero."""
        self.counts: NDArray[np.uint32] = np.zeros(self.channels, dtype=np.uint32)
        self.fast = 0
        self.slow = 0
        self.acquired_s = 0.0
        self.real_s = 0.0
        self.real_preset_reached = False

    def set_channels(self, channels: int) -> None:
        """Change the number of channels; the spectrum is lost."""
        if channels != self.channels:
            self.channels = channels
            self.clear()

    def preset_acquisition_time(self, seconds: float | None) -> None:
        """Stop after an acquisition time, rounded to its step. What was counted before counts towards it."""
        self.acquisition_preset_s = None if seconds is None else round(seconds / PRESET_STEP_S) * PRESET_STEP_S
        self._stop_at_presets()

    def preset_real_time(self, seconds: float | None) -> None:
        """Stop after a real time."""
        self.real_preset_s = seconds
        self.real_preset_reached = False
        self._stop_at_presets()

    def enable(self) -> None:
        """Go on counting; if a preset is reached already, it stops again at once."""
        self.enabled = True
        self._stop_at_presets()

    def read_out(self, takes_s: float, now: float) -> None:
        """Data are read out: nothing is counted meanwhile."""
        if self.enabled:
            self._read_out_until_s = max(now, self._read_out_until_s) + takes_s

    def advance(self, now: float) -> None:
        """Count until now, or until a preset is reached."""
        start_s = self._reached_s
        if now <= start_s:
            return
        self._reached_s = now
        if not self.enabled:
            return
        end_s = now
        if self.real_preset_s is not None:
            end_s = min(end_s, start_s + max(0.0, self.real_preset_s - self.real_s))
        counting_s = min(end_s, max(start_s, self._read_out_until_s))
        if self.acquisition_preset_s is not None:
            end_s = min(end_s, counting_s + max(0.0, self.acquisition_preset_s - self.acquired_s))
        self.real_s += end_s - start_s
        self._count(counting_s, end_s)
        self._stop_at_presets()

    def _count(self, start_s: float, end_s: float) -> None:
        if end_s <= start_s:
            return
        self._world.advance(end_s)
        width_eV = CHANNEL_WIDTH_eV_AT_2048 * 2048 / self.channels
        counts, incoming = self._world.xray_counts(start_s, end_s, self.channels, width_eV, 0.0, self.peaking_time_s)
        np.minimum(self.counts + counts, MOST_COUNTS, out=self.counts)
        self.slow += int(counts.sum())
        self.fast += incoming
        self.acquired_s += end_s - start_s

    def _stop_at_presets(self) -> None:
        if _reached(self.acquired_s, self.acquisition_preset_s):
            self.enabled = False
        if _reached(self.real_s, self.real_preset_s):
            self.enabled = False
            self.real_preset_reached = True


def _reached(seconds: float, preset_s: float | None) -> bool:
    return preset_s is not None and seconds >= preset_s - 1e-9
