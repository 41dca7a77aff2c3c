"""Times, sizes and conditions in words."""

from operando.protocols.trigger_conditions import (
    AfterEndOf,
    AllOf,
    AnyOf,
    At,
    BeforeEndOf,
    Changes,
    ChargePassed,
    Condition,
    Crosses,
    Detected,
    Every,
    Not,
    Rate,
    Source,
    StartOf,
)

__all__ = ["condition_in_words", "size_in_words", "source_in_words", "time_in_words", "value_in_words"]

UNITS = {
    "voltage": (1.0, "V"),
    "current": (1e6, "uA"),
    "charge": (1 / 3.6, "mAh"),
    "impedance": (1.0, "ohm"),
    "pressure": (1.0, "Pa"),
    "temperature": (1.0, "K"),
    "force": (1.0, "N"),
    "dose": (1.0, "C/m^2"),
}
"""How people write each quantity: how many of the unit an SI unit is, and the unit."""

SMALL_UNITS = {**UNITS, "voltage": (1e3, "mV")}
"""For differences and rates."""

PER_HOUR_BELOW = 0.01
"""Rates below so many units a second are easier to read per hour."""


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
        case At(time_s):
            return f"{time_in_words(time_s)} after the start of the run"
        case StartOf(step):
            return f"at the start of {step}"
        case BeforeEndOf(step):
            return f"just before the end of {step}"
        case AfterEndOf(step):
            return f"after the end of {step}"
        case ChargePassed(every_C):
            return f"after each {every_C / 3.6:g} mAh"
        case Detected(detector):
            return f"a {detector} is detected"
        case AllOf(parts):
            return " and ".join(map(_part_in_words, parts))
        case AnyOf(parts):
            return " or ".join(map(condition_in_words, parts))
        case Not(part):
            return f"not ({_part_in_words(part)})"
        case Crosses():
            return _crossing_in_words(condition, f"{condition.direction} through")
        case Changes(source, by, over_s, direction):
            change = value_in_words(source, by, SMALL_UNITS)
            return f"{source_in_words(source)} {direction} by {change} within {time_in_words(over_s)}"
        case Rate():
            return _rate_in_words(condition)


def source_in_words(source: Source) -> str:
    """What is looked at: `voltage`, `box pressure`, `dose of anode`."""
    if source.quantity == "dose":
        return f"dose of {source.name}"
    return f"{source.name} {source.quantity}".strip()


def value_in_words(source: Source, value: float, units: dict[str, tuple[float, str]] = UNITS) -> str:
    """A value of a source in the unit that people use for it."""
    scale, unit = units[source.quantity]
    return f"{value * scale:.6g} {unit}"


def _part_in_words(condition: Condition) -> str:
    """Inside a combination a threshold is a state and no event."""
    if isinstance(condition, Crosses):
        return _crossing_in_words(condition, "above" if condition.direction == "rises" else "below")
    words = condition_in_words(condition)
    return f"({words})" if isinstance(condition, AllOf | AnyOf) else words


def _crossing_in_words(condition: Crosses, how: str) -> str:
    source = condition.source
    words = f"{source_in_words(source)} {how} {value_in_words(source, condition.threshold)}"
    return words + (f" for {time_in_words(condition.for_s)}" if condition.for_s else "")


def _rate_in_words(condition: Rate) -> str:
    scale, unit = SMALL_UNITS[condition.source.quantity]
    rate = condition.rate_per_s * scale
    told = f"{rate * 3600:g} {unit}/h" if rate < PER_HOUR_BELOW else f"{rate:g} {unit}/s"
    how = "changes slower" if condition.direction == "slower" else f"{condition.direction} faster"
    return f"{source_in_words(condition.source)} {how} than {told} over {time_in_words(condition.over_s)}"
