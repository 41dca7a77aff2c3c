"""The interphases that grow between the electrolyte and the electrodes: parabolic growth, resistance by thickness."""

from math import exp, sqrt

__all__ = ["grown_m", "oxidation_factor"]

_REFERENCE_V = 4.0
_SCALE_V = 0.12


def grown_m(thickness_m: float, rate_m_per_sqrt_s: float, seconds: float) -> float:
    """Thickness after a time of growth limited by diffusion: `d(delta)/dt = k^2 / (2 delta)`."""
    return sqrt(thickness_m * thickness_m + rate_m_per_sqrt_s * rate_m_per_sqrt_s * seconds)


def oxidation_factor(voltage_V: float, cap: float) -> float:
    """By how much a voltage speeds up the growth constant of the interphase on the NMC; 1 at 4.0 V.

    A free assumption: argyrodite is oxidised faster the higher the potential of the NMC.
    """
    above_V = voltage_V - _REFERENCE_V
    factor = exp((above_V if above_V < 1.0 else 1.0) / _SCALE_V)
    return factor if factor < cap else cap
