"""The high-frequency resistance of an impedance spectrum."""

import math

import numpy as np

from operando.protocols.reading import RecordedImpedance

__all__ = ["high_frequency_resistance"]


def high_frequency_resistance(spectrum: RecordedImpedance) -> tuple[float, bool]:
    """Resistance in ohm at the high-frequency end, and whether the spectrum really crosses the real axis there.

    Where -Im(Z) goes through zero, interpolated linearly; a spectrum that stays above the axis gives the real part
    at its highest frequency, which is an upper estimate.
    """
    impedance = spectrum.impedance_ohm
    if not impedance.size:
        return math.nan, False
    height = -impedance.imag
    crossing = np.flatnonzero((height[:-1] < 0) & (height[1:] >= 0))
    if not crossing.size:
        return float(impedance.real[0]), False
    index = int(crossing[0])
    part = height[index] / (height[index] - height[index + 1])
    return float(impedance.real[index] + part * (impedance.real[index + 1] - impedance.real[index])), True
