"""Voltage and current against time, as a browser draws them."""

import numpy as np
from numpy.typing import NDArray

from operando.protocols.live.envelope import envelope

__all__ = ["MOST_PIXELS", "Curve", "curve_between", "new_on_curve"]

MOST_PIXELS = 2000
FEWEST_PIXELS = 50
PIXELS_OF_NEWS = 60

Curve = dict[str, NDArray[np.float64] | float | int]
"""`time_s`, `voltage_V`, `current_A` of the same length, and how many samples they stand for."""


def curve_between(samples: NDArray[np.void], from_s: float, to_s: float, pixels: int) -> Curve:
    """The samples between two run times, thinned for a width in pixels, with one neighbour on each side."""
    first = max(0, int(np.searchsorted(samples["time_s"], from_s)) - 1)
    last = min(samples.size, int(np.searchsorted(samples["time_s"], to_s, side="right")) + 1)
    return _thinned(samples[first:last], min(max(pixels, FEWEST_PIXELS), MOST_PIXELS))


def new_on_curve(samples: NDArray[np.void], sent: int) -> Curve:
    """What came after so many samples; a browser that slept gets it thinned."""
    return _thinned(samples[sent:], PIXELS_OF_NEWS)


def _thinned(samples: NDArray[np.void], pixels: int) -> Curve:
    times, voltage, current = (np.ascontiguousarray(samples[name]) for name in ("time_s", "voltage_V", "current_A"))
    shown = envelope(times, (voltage, current), pixels)
    return {
        "time_s": np.round(times[shown], 3),
        "voltage_V": np.round(voltage[shown], 6),
        "current_A": np.round(current[shown], 12),
        "samples": int(samples.size),
    }
