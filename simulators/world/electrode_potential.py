"""The equilibrium potential of NMC against lithium metal."""

from math import exp

__all__ = ["nmc_potential_V", "nmc_potential_fall_V"]

_FULL = 1.03
_EMPTY = -0.02
_MIDDLE = (0.15, 0.60)


def nmc_potential_V(lithium_fraction: float) -> float:
    """Potential of NMC against lithium at a lithium fraction of its surface.

    The polynomial of Xu et al., J. Electrochem. Soc. 2019, 166, A3456 (as in PyBaMM, `nmc_ocp_Xu2019`). Its last term
    lets the potential fall steeply above a fraction of 0.98, and is followed beyond 1 so that a slow discharge ends.
    Below 0.05 a term of our own lets the potential rise as steeply, so that a charge ends too; at 0.096 (4.2 V) it
    is below 1 pV.
    """
    x = lithium_fraction
    x = _EMPTY if x < _EMPTY else _FULL if x > _FULL else x
    polynomial = 4.3452 + x * (-1.6518 + x * (1.6225 + x * (-2.0843 + x * (3.5146 - 2.2166 * x))))
    # in the middle both ends are far below what a number holds
    if _MIDDLE[0] < x < _MIDDLE[1]:
        return polynomial
    return polynomial - 0.5623e-4 * exp(109.451 * x - 100.006) + 1e-4 * exp(300.0 * (0.02 - x))


def nmc_potential_fall_V(lithium_fraction: float) -> float:
    """By how much the potential falls per lithium fraction (V); positive."""
    step = 1e-5
    return (nmc_potential_V(lithium_fraction - step) - nmc_potential_V(lithium_fraction + step)) / (2.0 * step)
