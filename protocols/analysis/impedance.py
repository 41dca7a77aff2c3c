"""Features of an impedance spectrum that follow the state of a cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.measured import Measured, not_detectable

__all__ = ["ImpedanceFeatures", "impedance_features"]

_NOISE_SHARE = 0.005
"""Of a potentiostat's impedance, of what it measures."""
_BETWEEN_ARCS_Hz = (1e3, 10.0)
_INTERFACE_Hz = 1e3
"""Arcs of the solid electrolyte and its interfaces lie above this (Vadhva et al. 2021)."""


@dataclass(frozen=True, slots=True)
class ImpedanceFeatures:
    """Of one spectrum, in ohm.

    Args:
        high_frequency_ohm: where it crosses the real axis, or its real part at the highest frequency.
        interface_ohm: by how much the real part grows from there to 1 kHz: lithium and its interphase.
        series_ohm: real part between the arcs of the interfaces and that of the NMC, where the spectrum is nearest to
            the real axis: electrolyte and all interphases together.
        total_ohm: real part at the lowest frequency.
    """

    high_frequency_ohm: Measured
    interface_ohm: Measured
    series_ohm: Measured
    total_ohm: Measured


def impedance_features(frequency_Hz: NDArray[np.float64], impedance_ohm: NDArray[np.complex128]) -> ImpedanceFeatures:
    """The features of a spectrum from high to low frequency, both arrays of shape (points,)."""
    if not frequency_Hz.size:
        return ImpedanceFeatures(not_detectable(), not_detectable(), not_detectable(), not_detectable())
    order = np.argsort(-frequency_Hz)
    frequency_Hz, real, height = frequency_Hz[order], impedance_ohm.real[order], -impedance_ohm.imag[order]
    first = _measured(_crossing(real, height))
    total = _measured(float(real[-1]))
    between = (frequency_Hz <= _BETWEEN_ARCS_Hz[0]) & (frequency_Hz >= _BETWEEN_ARCS_Hz[1])
    series = _measured(float(real[between][height[between].argmin()])) if between.any() else not_detectable()
    if frequency_Hz[-1] > _INTERFACE_Hz:
        return ImpedanceFeatures(first, not_detectable(), series, total)
    at_kHz = float(np.interp(-np.log(_INTERFACE_Hz), -np.log(frequency_Hz), real))
    error = _NOISE_SHARE * float(np.hypot(at_kHz, first.value))
    interface = Measured(at_kHz - first.value, error, 2 * error).above_least()
    return ImpedanceFeatures(first, interface, series, total)


def _crossing(real: NDArray[np.float64], height: NDArray[np.float64]) -> float:
    crossing = np.flatnonzero((height[:-1] < 0) & (height[1:] >= 0))
    if not crossing.size:
        return float(real[0])
    index = int(crossing[0])
    part = height[index] / (height[index] - height[index + 1])
    return float(real[index] + part * (real[index + 1] - real[index]))


def _measured(value_ohm: float) -> Measured:
    return Measured(value_ohm, _NOISE_SHARE * abs(value_ohm))
