"""In which unit, and on which axis, a reading is spoken of."""

import numpy as np

from operando.protocols.reading import SensorSeries

__all__ = ["is_vacuum", "scale_of"]

VACUUM_BELOW_Pa = 1e3
_SCALES = {"Pa": (1e-2, 0.0, "mbar"), "K": (1.0, -273.15, "°C"), "N": (1.0, 0.0, "N"), "A": (1e6, 0.0, "µA")}


def scale_of(series: SensorSeries) -> tuple[float, float, str]:
    """(factor, offset, unit) in which a quantity is spoken of: mbar, degrees Celsius, MPa on a stack."""
    if series.unit == "Pa" and "stack" in series.name:
        return 1e-6, 0.0, "MPa"
    return _SCALES.get(series.unit, (1.0, 0.0, series.unit))


def is_vacuum(series: SensorSeries) -> bool:
    """Whether it spans what only a logarithmic axis shows."""
    good = series.value[np.isfinite(series.value)]
    return series.unit == "Pa" and good.size > 0 and 0 < float(np.median(good)) < VACUUM_BELOW_Pa
