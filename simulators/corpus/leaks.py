"""The box's gauge beside a box that keeps its gas, or begins to leak."""

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE
from operando.simulators.corpus.recording import READING, LabelledEvent, LabelledRecording
from operando.simulators.gauges.keller_settings import KellerSettings
from operando.simulators.world.box import SimulatedBox

__all__ = ["box_recording"]

_EVERY_S = 10.0
_HOUR_S = 3600.0
_SMALLEST_LEAK, _LARGEST_LEAK = 2.0e-5, 1.0e-3
"""In Pa m3/s: a fifth of what a bench allows, and ten times that."""
_WARM_K = 2.0
_WARMING_S = 1800.0
_BAR_Pa = 1.0e5


def box_recording(seed: int, random: np.random.Generator, *, leaks: bool) -> LabelledRecording:
    """Some hours of a gauge that is read every ten seconds, while the room goes through its day."""
    hours = 4.0 if leaks else 10.0
    start_s = float(random.uniform(0.0, 24.0)) * _HOUR_S
    box = SimulatedBox(pressure_Pa=float(random.uniform(1.05e5, 1.3e5)))
    time_s = np.arange(start_s, start_s + hours * _HOUR_S, _EVERY_S)
    events: tuple[LabelledEvent, ...] = ()
    name = "tight box"
    if leaks:
        leak = float(np.exp(random.uniform(np.log(_SMALLEST_LEAK), np.log(_LARGEST_LEAK))))
        begin_s = start_s + float(random.uniform(0.3, 0.7)) * hours * _HOUR_S
        box.inject_leak(leak, begin_s)
        events = (LabelledEvent("leak", begin_s, float(time_s[-1])),)
        name = f"box with a leak of {leak:.1e} Pa m3/s"
    warmed_K = _warmed_K(time_s, random)
    temperature_K = np.array([box.temperature_K(now) for now in time_s]) + warmed_K
    pressure_Pa = np.array([box.pressure_Pa(now) for now in time_s]) * temperature_K / (temperature_K - warmed_K)
    settings = KellerSettings()
    readings = np.zeros(time_s.size, READING)
    readings["time_s"] = time_s
    readings["pressure_Pa"] = pressure_Pa + settings.pressure_noise_bar * _BAR_Pa * random.standard_normal(time_s.size)
    readings["temperature_K"] = temperature_K + settings.temperature_noise_K * random.standard_normal(time_s.size)
    return LabelledRecording(f"{name}, seed {seed}", seed, (), np.zeros(0, SAMPLE), readings, events)


def _warmed_K(time_s: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Warmth that instruments around the box give off after they were switched on, which is no leak."""
    begin_s = time_s[0] + random.uniform(0.0, 1.0) * (time_s[-1] - time_s[0])
    since_s = np.maximum(time_s - begin_s, 0.0)
    return np.asarray(random.uniform(0.0, _WARM_K) * (1.0 - np.exp(-since_s / _WARMING_S)))
