"""The leak of the box over a whole run."""

import numpy as np

from operando.drivers.roles import Quality
from operando.protocols.reading import SensorSeries

__all__ = ["FEWEST_READINGS", "box_leak_Pa_m3_per_s"]

FEWEST_READINGS = 20


def box_leak_Pa_m3_per_s(
    pressure: SensorSeries, temperature: SensorSeries, volume_m3: float
) -> tuple[float, float] | None:
    """Leak by the slope of p/T over the whole run, and its standard error; positive flows in. None if too short.

    q = V T_mean d(p/T)/dt, so that the box may warm up and cool down (as 40 CFR 1065.644 does it); the interlock
    judges the last hour alone.
    """
    good = np.array([quality is Quality.OK for quality in pressure.quality], bool)
    kelvin = temperature.at(pressure.time_s[good])
    known = np.isfinite(kelvin)
    times, amount = pressure.time_s[good][known], pressure.value[good][known] / kelvin[known]
    if times.size < FEWEST_READINGS or times[-1] <= times[0]:
        return None
    centred = times - times.mean()
    spread = float(centred @ centred)
    slope = float(centred @ amount) / spread
    residual = amount - amount.mean() - slope * centred
    error = float(np.sqrt(residual @ residual / (times.size - 2) / spread))
    scale = volume_m3 * float(kelvin[known].mean())
    return scale * slope, scale * error
