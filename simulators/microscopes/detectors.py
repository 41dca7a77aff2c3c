"""Detectors and the channels that digitise them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.microscopes.settings import TescanSettings
from operando.simulators.microscopes.settling import Settling

__all__ = ["DETECTORS", "Channel", "Detector", "Detectors", "Tone"]


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector by the number that the Dt commands use. `signal` is the world's name for what it sees, if anything."""

    number: int
    name: str
    signal: str | None


DETECTORS = (
    Detector(1, "SE", "SE"),
    Detector(2, "CL", None),
    Detector(3, "LE BSE", "BSE"),
    Detector(4, "BSE Q1", "BSE"),
    Detector(5, "BSE Q2", "BSE"),
    Detector(6, "BSE Q3", "BSE"),
    Detector(7, "BSE Q4", "BSE"),
    Detector(8, "BSE", "BSE"),
    Detector(9, "AEI", None),
    Detector(10, "In-Beam SE", "SE"),
    Detector(13, "In-Beam f-BSE", "BSE"),
    Detector(14, "CL R", None),
    Detector(15, "CL G", None),
    Detector(16, "CL B", None),
    Detector(17, "CL #2", None),
)
"""As TESCAN's software lists them."""

NORMAL_PERCENT = 50.0
PERCENT_PER_DECADE = 25.0
NORMAL_CONTRAST = 0.38
NORMAL_OFFSET = 0.02


@dataclass(frozen=True, slots=True)
class Tone:
    """From signal to grey: offset + contrast * signal as a fraction of full scale, the look-up table, and a clip.

    At normal gain and black level argyrodite (signal 1) stands at 40 % of full scale.
    """

    offset: float
    contrast: float
    signal: str | None
    low: float = 0.0
    high: float = 1.0
    gamma: float = 1.0

    def grey(self, signal: NDArray[np.float32], bits: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """Pixels of 8 or 16 bits, little-endian."""
        span = self.high - self.low
        fraction = signal * np.float32(self.contrast / span)
        fraction += np.float32((self.offset - self.low) / span)
        np.clip(fraction, 0.0, 1.0, out=fraction)
        if self.gamma != 1.0:
            np.power(fraction, np.float32(1.0 / self.gamma), out=fraction)
        fraction *= np.float32((1 << bits) - 1)
        fraction += np.float32(0.5)
        return fraction.astype("u1") if bits == 8 else fraction.astype("<u2")


@dataclass(slots=True)
class Channel:
    """One digitiser: the number of its detector (0 before any was selected), whether it is on, and its depth."""

    detector: int = 0
    enabled: bool = False
    bits: int = 8
    look_up: tuple[float, float, float] = (0.0, 100.0, 1.0)


class Detectors:
    """Gain and black level of each detector, and which detector each channel digitises."""

    def __init__(self, settings: TescanSettings, optics: Settling) -> None:
        self.channels = [Channel() for _ in range(settings.channels)]
        self.look_up_source = 1
        self._settings = settings
        self._optics = optics
        self._by_number = {detector.number: detector for detector in DETECTORS}
        self._levels = dict.fromkeys(self._by_number, (NORMAL_PERCENT, NORMAL_PERCENT))

    def known(self, number: int) -> bool:
        """Whether there is such a detector."""
        return number in self._by_number

    def levels(self, number: int) -> tuple[float, float]:
        """Gain and black level of a detector in percent."""
        return self._levels[number]

    def set_levels(self, number: int, gain_percent: float, black_percent: float, now: float) -> None:
        """Change gain and black level, within 0 to 100 %."""
        self._levels[number] = (min(max(gain_percent, 0.0), 100.0), min(max(black_percent, 0.0), 100.0))
        self._optics.occupy(now, self._settings.detector_settle_s)

    def signal(self, channel: int) -> str | None:
        """What a channel sees of the specimen."""
        detector = self._by_number.get(self.channels[channel].detector)
        return detector.signal if detector else None

    def tone(self, channel: int) -> Tone:
        """How a channel makes grey values now. Only an own look-up table (source 2) changes them."""
        gain, black = self._levels.get(self.channels[channel].detector, (NORMAL_PERCENT, NORMAL_PERCENT))
        contrast = NORMAL_CONTRAST * 10.0 ** ((gain - NORMAL_PERCENT) / PERCENT_PER_DECADE)
        offset = NORMAL_OFFSET + (black - NORMAL_PERCENT) / 100.0
        if self.look_up_source != 2:
            return Tone(offset, contrast, self.signal(channel))
        low, high, gamma = self.channels[channel].look_up
        return Tone(offset, contrast, self.signal(channel), low / 100.0, high / 100.0, gamma)

    def fit_levels(self, channel: int, signal: NDArray[np.float32], now: float) -> None:
        """Choose gain and black level so that the signal fills the scale from 5 % to 90 %."""
        number = self.channels[channel].detector
        dark, bright = (float(value) for value in np.percentile(signal, (1.0, 99.0)))
        contrast = 0.85 / max(bright - dark, 1e-3)
        gain = NORMAL_PERCENT + PERCENT_PER_DECADE * math.log10(contrast / NORMAL_CONTRAST)
        black = NORMAL_PERCENT + 100.0 * (0.05 - contrast * dark - NORMAL_OFFSET)
        self.set_levels(number, gain, black, now)
