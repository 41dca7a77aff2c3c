"""Samples of made-up steps, so that a detector's answer can be told beforehand."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE, Galvanostatic, Guard, Step, Technique
from operando.protocols.triggers.detector import Detection, Detector

__all__ = ["MadeStep", "fed", "quiet_V", "samples_of"]


@dataclass(frozen=True, slots=True)
class MadeStep:
    """A step, as a detector is told of it."""

    technique: Technique = field(default_factory=lambda: Galvanostatic(1.2e-4))
    started_s: float = 0.0
    number: int = 1
    name: str = "charge"

    @property
    def step(self) -> Step:
        return Step(self.number, self.technique, Guard((0.0, 5.0), (-1.0, 1.0), 1e6))


def quiet_V(seconds: int, noise_V: float = 20e-6, rise_V_per_s: float = 5e-6, seed: int = 1) -> NDArray[np.float64]:
    """A healthy charge: a slow rise and the noise of the instrument, one value a second."""
    noise = np.random.default_rng(seed).standard_normal(seconds) * noise_V
    return 3.8 + rise_V_per_s * np.arange(seconds) + noise


def samples_of(
    voltage_V: NDArray[np.float64], current_A: NDArray[np.float64] | float = 1.2e-4, start_s: float = 0.0
) -> NDArray[np.void]:
    """Samples of dtype SAMPLE, one a second from one second after the start."""
    block = np.zeros(voltage_V.size, SAMPLE)
    block["sequence"] = np.arange(voltage_V.size)
    block["time_s"] = start_s + 1.0 + np.arange(voltage_V.size)
    block["voltage_V"], block["current_A"], block["step"] = voltage_V, current_A, 1
    return block


def fed(detector: Detector, block: NDArray[np.void], step: MadeStep | None = None, size: int = 5) -> list[Detection]:
    """What a detector finds in one step whose samples come in blocks."""
    detector.step_started(step or MadeStep())
    return [found for begin in range(0, block.size, size) for found in detector.samples(block[begin : begin + size])]
