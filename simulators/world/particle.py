"""Diffusion of lithium in one spherical particle, by its mean concentration and two modes of its profile."""

from math import exp

__all__ = ["Particle"]

_FAST = (0.093912941195, 168.427329182)
_SLOW = (0.106087058805, 20.572670818)
"""Amplitude and rate of each mode for unit radius and diffusivity.

Chosen so that the surface has the exact response of a sphere in its first four moments: the sums of `a`, `a/r`,
`a/r^2` and `a/r^3` are 1/5, 1/175, 2/7875 and 74/6063750, twice the sums of the even inverse powers of the roots of
`tan x = x`. The polynomial profile of Subramanian, Diwakar, Tapriyal, J. Electrochem. Soc. 2005, 152, A2002, has two of
these moments and a jump at each change of current, which a sphere has not.
"""


class Particle:
    """A sphere with its mean concentration and two modes, by which the surface lies below the mean (all mol/m3).

    Fluxes (mol/m2/s) leave the particle when positive.

    Args:
        radius_m: of the sphere.
        diffusivity_m2_per_s: of lithium in it.
    """

    __slots__ = ("_decays", "_fast_gain", "_fast_rate", "_mean_share", "_seconds", "_slow_gain", "_slow_rate")

    def __init__(self, radius_m: float, diffusivity_m2_per_s: float) -> None:
        per_flux = radius_m / diffusivity_m2_per_s
        per_time = diffusivity_m2_per_s / radius_m**2
        self._mean_share = 3.0 / radius_m
        self._slow_gain, self._slow_rate = _SLOW[0] * per_flux, _SLOW[1] * per_time
        self._fast_gain, self._fast_rate = _FAST[0] * per_flux, _FAST[1] * per_time
        # most steps are as long as the one before
        self._seconds, self._decays = 0.0, (1.0, 1.0)

    def after(
        self, mean: float, slow: float, fast: float, start_flux: float, end_flux: float, seconds: float
    ) -> tuple[float, float, float]:
        """Mean and modes after a time in which the flux changes linearly; exact for any length."""
        mean -= self._mean_share * seconds * 0.5 * (start_flux + end_flux)
        if seconds != self._seconds:
            self._seconds, self._decays = seconds, (exp(-self._slow_rate * seconds), exp(-self._fast_rate * seconds))
        slow_decay, fast_decay = self._decays
        if start_flux == end_flux or seconds <= 0.0:
            slow_goal, fast_goal = self._slow_gain * start_flux, self._fast_gain * start_flux
            return mean, slow_goal + (slow - slow_goal) * slow_decay, fast_goal + (fast - fast_goal) * fast_decay
        change = end_flux - start_flux
        slow_late = 1.0 - (1.0 - slow_decay) / (self._slow_rate * seconds)
        fast_late = 1.0 - (1.0 - fast_decay) / (self._fast_rate * seconds)
        return (
            mean,
            slow * slow_decay + self._slow_gain * (start_flux * (1.0 - slow_decay) + change * slow_late),
            fast * fast_decay + self._fast_gain * (start_flux * (1.0 - fast_decay) + change * fast_late),
        )
