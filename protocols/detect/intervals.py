"""Confidence intervals of counts: of a share (Wilson), and of a rate (exact, Poisson)."""

from math import sqrt

__all__ = ["poisson_interval", "wilson_interval"]

_TWO_SIDED = 0.95
_NORMAL_QUANTILE = 1.959963984540054


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson, J. Am. Stat. Assoc. 1927, 22, 209); the whole range without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, square = successes / trials, _NORMAL_QUANTILE**2
    middle = share + square / (2 * trials)
    half = _NORMAL_QUANTILE * sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    below, above = (middle - half) / (1 + square / trials), (middle + half) / (1 + square / trials)
    return max(below, 0.0), min(above, 1.0)


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95 % interval of the mean of a Poisson count (Garwood, Biometrika 1936, 28, 437)."""
    from scipy.special import gammaincinv

    tail = (1.0 - _TWO_SIDED) / 2.0
    below = float(gammaincinv(count, tail)) if count else 0.0
    return below, float(gammaincinv(count + 1, 1.0 - tail))
