"""How a step ends, in words: `until 4.2 V`, `for 2 hours`, joined by `or`; the first that happens ends it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from operando.drivers.units import has_dimension, si
from operando.protocols.document.amounts import CellCharge, CellCurrent, parse_charge, parse_current

__all__ = ["Ends", "parse_ends", "spoken_time_s"]

END = re.compile(r"(?P<word>for|until)\s+(?P<value>.+)", re.IGNORECASE)
TIME = re.compile(r"(?P<number>\d+\.?\d*|\.\d+)\s*(?P<unit>[A-Za-z]+)")
SECONDS = {
    **dict.fromkeys(("second", "seconds", "s", "sec"), 1.0),
    **dict.fromkeys(("minute", "minutes", "m", "min"), 60.0),
    **dict.fromkeys(("hour", "hours", "h", "hr"), 3600.0),
}
"""PyBaMM's words for units of time; here, and only here, `m` is a minute."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of a step, None where there is none of that kind."""

    duration_s: float | None = None
    voltage_V: float | None = None
    current: CellCurrent | None = None
    charge: CellCharge | None = None
    relaxation_V_per_s: float | None = None

    def given(self) -> tuple[str, ...]:
        """The kinds of ends that are there."""
        ends = {
            "time": self.duration_s,
            "voltage": self.voltage_V,
            "current": self.current,
            "charge": self.charge,
            "relaxation rate": self.relaxation_V_per_s,
        }
        return tuple(kind for kind, end in ends.items() if end is not None)


def parse_ends(text: str) -> Ends:
    """Understand `for 2 hours or until 4.2 V`; empty text has no ends.

    Raises:
        ValueError: for what is not understood, and for two ends of one kind.
    """
    ends = Ends()
    for part in re.split(r"\s+or\s+", text, flags=re.IGNORECASE) if text else []:
        found = END.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{part!r} is not understood as an end; write 'for 2 hours' or 'until 4.2 V'")
        kind, one = (_for if found["word"].lower() == "for" else _until)(found["value"])
        if kind in ends.given():
            raise ValueError(f"{text!r} has two ends by {kind}; give one of them")
        ends = one(ends)
    return ends


def spoken_time_s(text: str) -> float:
    """A time in PyBaMM's words, or in any unit of time.

    Raises:
        ValueError: if it is none, or not more than 0.
    """
    found = TIME.fullmatch(text.strip())
    known = SECONDS.get(found["unit"].lower()) if found else None
    seconds = float(found["number"]) * known if found and known else si(text, "s")
    if seconds <= 0:
        raise ValueError(f"{text!r} must be more than 0")
    return seconds


Found = tuple[str, Callable[[Ends], Ends]]


def _for(value: str) -> Found:
    seconds = spoken_time_s(value)
    return "time", lambda ends: replace(ends, duration_s=seconds)


def _until(value: str) -> Found:
    if has_dimension(value, "V"):
        return "voltage", lambda ends: replace(ends, voltage_V=si(value, "V"))
    if has_dimension(value, "V/s"):
        return "relaxation rate", lambda ends: replace(ends, relaxation_V_per_s=_positive(value))
    try:
        current = parse_current(value)
    except ValueError:
        charge = _charge(value)
        return "charge", lambda ends: replace(ends, charge=charge)
    return "current", lambda ends: replace(ends, current=current)


def _charge(value: str) -> CellCharge:
    try:
        return parse_charge(value)
    except ValueError as error:
        raise ValueError(
            f"'until {value}' is not understood; a step ends at a voltage, a current, a charge "
            "or a rate of relaxation, for instance 'until 4.2 V', 'until C/50', 'until 0.5 mAh', 'until 1 mV/h'"
        ) from error


def _positive(value: str) -> float:
    rate = si(value, "V/s")
    if rate <= 0:
        raise ValueError(f"{value!r} must be more than 0")
    return rate
