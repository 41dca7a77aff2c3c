"""The picture wanders: slow drift of the specimen under the beam, and the scan's own small unsteadiness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_texture import hashed_normal, mixed_seed, profile

__all__ = ["Drift", "line_jitter_px"]

#: (time, standard deviation) of the parts of the drift: about 0.3 nm/s together (sheet 5.1: 0.1 to 5 nm/s)
_PARTS = ((120.0, 10e-9), (900.0, 70e-9), (7200.0, 500e-9), (60000.0, 1500e-9))


@dataclass(slots=True)
class Drift:
    """A smooth random walk, fixed in absolute time: whoever asks, and in whatever order, finds the same drift."""

    seed: int
    creep: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """A holder that creeps: from which world time on, and how fast along x and y (m/s)."""

    def at(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Displacement of the field on the specimen in metres, shape (times, 2)."""
        walk = np.zeros((times_s.size, 2))
        for axis in (0, 1):
            for part, (period_s, sigma_m) in enumerate(_PARTS):
                walk[:, axis] += sigma_m * profile(mixed_seed(self.seed, axis, part), times_s, period_s, 1, 1.0)
        since_s, *velocity_m_per_s = self.creep
        walk += np.outer(np.maximum(times_s - since_s, 0.0), velocity_m_per_s)
        return walk


def line_jitter_px(
    seed: int, frame: int, lines: NDArray[np.int64], times_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sideways error of each line in pixels: mains hum and scan noise."""
    noise = hashed_normal(mixed_seed(seed, frame), lines, np.zeros_like(lines))
    return np.asarray(0.06 * np.sin(2 * np.pi * 50.0 * times_s) + 0.05 * noise)
