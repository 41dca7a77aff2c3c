"""Where a rising function crosses zero, within bounds."""

from collections.abc import Callable

__all__ = ["bracketed_root"]

_TOLERANCE = 1e-10
_MOST_STEPS = 100


def bracketed_root(function: Callable[[float], float], guess: float, slope: float, bound: float) -> float:
    """The argument in [-bound, bound] at which a rising function is zero; a bound if it is not zero between them.

    Secant steps from a guess, inside a bracket that shrinks with each of them. A step that leaves the bracket tries
    its end if that is still unknown, and else becomes a bisection. Done when the function is below 1e-10.

    Args:
        function: rises with its argument.
        guess: first argument.
        slope: of the function there, roughly; any positive number will do.
        bound: at least zero.
    """
    low, high = -bound, bound
    low_known = high_known = False
    argument = min(max(guess, low), high)
    value = function(argument)
    for _ in range(_MOST_STEPS):
        if abs(value) < _TOLERANCE or (argument == high if value < 0.0 else argument == low):
            break
        if value < 0.0:
            low, low_known = argument, True
        else:
            high, high_known = argument, True
        proposed = argument - value / slope
        if proposed >= high:
            proposed = 0.5 * (low + high) if high_known else high
        elif proposed <= low:
            proposed = 0.5 * (low + high) if low_known else low
        if proposed in (low, high) and low_known and high_known:
            break
        following = function(proposed)
        slope = max((following - value) / (proposed - argument), 0.0) or slope
        argument, value = proposed, following
    return argument
