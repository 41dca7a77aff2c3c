"""One acquisition: the live time it was asked for, its preset, and when it ran on the run's timeline."""

from operando.drivers.spectrometers.amptek_settings import PRESET_STEP_S, preset_steps

__all__ = ["Acquisition"]

LONGEST_STRETCH = 10
"""Acquisition time over the live time asked for, after which a detector that hardly counts is given up."""

DEVICE_TICK_S = 1e-3
PRESET_TOLERANCE_S = 5e-3


class Acquisition:
    """The instrument presets acquisition time, we promise live time: what dead time took is added at the end."""

    def __init__(self, live_time_s: float) -> None:
        self._live_time_s = live_time_s
        self._anchor = (0.0, 0.0)
        self._runs = False
        self.preset_steps = preset_steps(live_time_s)
        self.start_s = 0.0
        self.uncertainty_s = 0.0
        self.ended_by_host = False

    @classmethod
    def found(cls, now: float, real_time_s: float) -> "Acquisition":
        """One that we did not start: it is as old as its real time, if it still runs."""
        acquisition = cls(0.0)
        acquisition.enabled_between(now - real_time_s, now - real_time_s, 0.0)
        acquisition.uncertainty_s = real_time_s
        return acquisition

    def enabled_between(self, sent_s: float, acknowledged_s: float, real_time_s: float) -> None:
        """It was enabled, at first or again, when its own real time stood at a value."""
        middle_s = (sent_s + acknowledged_s) / 2
        self._anchor = (middle_s, real_time_s)
        self.uncertainty_s = max(self.uncertainty_s, (acknowledged_s - sent_s) / 2 + DEVICE_TICK_S)
        if not self._runs:
            self.start_s = middle_s
            self._runs = True

    def run_time_s(self, real_time_s: float) -> float:
        """The run time at which its real time stood at a value, since it was last enabled."""
        return self._anchor[0] + real_time_s - self._anchor[1]

    def extend(self, acquired_s: float, live_time_s: float) -> bool:
        """Lengthen the preset so that the live time will be reached. Returns whether there is a need to."""
        missing_s = self._live_time_s - live_time_s
        longest_s = LONGEST_STRETCH * self._live_time_s
        # an acquisition that somebody else has stopped did not come to the end of its preset
        ended_by_preset = acquired_s >= self.preset_steps * PRESET_STEP_S - PRESET_TOLERANCE_S
        if missing_s <= 0 or acquired_s >= longest_s or self.ended_by_host or not ended_by_preset:
            return False
        wanted_s = acquired_s + missing_s * acquired_s / live_time_s
        self.preset_steps = max(self.preset_steps + 1, preset_steps(min(wanted_s, longest_s)))
        return True
