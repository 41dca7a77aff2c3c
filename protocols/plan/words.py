"""Times, sizes and conditions in words."""

from operando.protocols.program import (
    AfterEndOf,
    BeforeEndOf,
    ChargePassed,
    Condition,
    Every,
    VoltageChanges,
    VoltageCrosses,
)

__all__ = ["condition_in_words", "size_in_words", "time_in_words"]


def time_in_words(seconds: float) -> str:
    """`12 s`, `45 min`, `10 h 30 min`, `3 d 4 h`: two units at most."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    for big, small, big_word, small_word in ((86400, 3600, "d", "h"), (3600, 60, "h", "min"), (60, 1, "min", "s")):
        if whole >= big:
            rest = round((whole % big) / small)
            count = whole // big + (rest * small == big)
            rest = 0 if rest * small == big else rest
            return f"{count} {big_word}" + (f" {rest} {small_word}" if rest else "")
    return f"{whole} s"


def size_in_words(count: float) -> str:
    """Bytes: `1.6 MB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} B"


def condition_in_words(condition: Condition) -> str:
    """Why a capture is taken."""
    match condition:
        case Every(period_s):
            return f"every {time_in_words(period_s)}"
        case BeforeEndOf(step):
            return f"just before the end of {step}"
        case AfterEndOf(step):
            return f"after the end of {step}"
        case ChargePassed(every_C):
            return f"after each {every_C / 3.6:g} mAh"
        case VoltageCrosses(threshold_V, direction):
            return f"voltage {direction} through {threshold_V:g} V"
        case VoltageChanges(by_V, over_s, direction):
            return f"voltage {direction} by {by_V * 1e3:g} mV within {time_in_words(over_s)}"
