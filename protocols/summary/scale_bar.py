"""How long a scale bar is."""

import math

__all__ = ["scale_bar_m"]


def scale_bar_m(width_m: float) -> float:
    """A round length of at most a quarter of the picture's width: 1, 2 or 5 times a power of ten."""
    target = width_m / 4.0 * (1.0 + 1e-9)  # 2 of 10 um are no less than 20 um
    power = 10.0 ** math.floor(math.log10(target))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= target)
