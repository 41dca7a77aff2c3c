"""Pressures, temperatures and stack pressure, each with its limits."""

import numpy as np
from pydantic import JsonValue

from operando.drivers.roles import Quality
from operando.protocols.live.envelope import envelope
from operando.protocols.live.look import Look, plain
from operando.protocols.reading import SensorSeries
from operando.protocols.report.sensor_scale import is_vacuum, scale_of

__all__ = ["surroundings"]

PIXELS = 240


def surroundings(look: Look) -> JsonValue:
    """Every sensor with its last reading, its history in the unit that people use, and its limits."""
    series = look.run.sensors.values()
    gauges = [one.name for one in series if one.quantity == "pressure"]
    thermometers = [one.name for one in series if one.quantity == "temperature"]
    limits = look.documents.sensor_limits(gauges, thermometers)
    return [_one(one, limits.get((one.name, one.quantity), (None, None))) for one in series]


def _one(series: SensorSeries, limits: tuple[float | None, float | None]) -> JsonValue:
    factor, offset, unit = scale_of(series)
    good = np.array([quality is Quality.OK for quality in series.quality], bool)
    times, values = series.time_s[good], factor * series.value[good] + offset
    shown = envelope(times, (values,), PIXELS)
    low, high = (None if limit is None else factor * limit + offset for limit in limits)
    return {
        "name": series.name,
        "quantity": series.quantity,
        "unit": unit,
        "logarithmic": is_vacuum(series),
        "time_s": np.round(times[shown], 1).tolist(),
        "value": [float(f"{value:.5g}") for value in values[shown]],
        "last": plain(float(factor * series.value[-1] + offset)) if series.value.size else None,
        "last_s": plain(float(series.time_s[-1])) if series.time_s.size else None,
        "quality": str(series.quality[-1]) if series.quality else "",
        "low": plain(low),
        "high": plain(high),
    }
