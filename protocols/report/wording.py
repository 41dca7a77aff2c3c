"""Numbers as scientists write them: 1.2 mAh, 3.1 × 10⁻⁵ mbar, 2 d 15 h; what is not known is called unknown."""

import math

__all__ = ["UNKNOWN", "fixed", "in_hours", "known", "percent", "power_of_ten", "setting", "with_prefix"]

UNKNOWN = "unknown"
_THIN = "\u202f"
_NO_BREAK = "\u00a0"
_MINUS = "\u2212"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}


def known(text: str) -> str:
    """A text, or that it is not known."""
    return text.strip() or UNKNOWN


def with_prefix(value: float | None, unit: str, digits: int = 3) -> str:
    """A value with so many significant digits and the SI prefix that makes it readable."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value == 0:
        return f"0{_THIN}{unit}"
    rounded = float(f"{value:.{digits - 1}e}")
    power = 3 * math.floor(math.log10(abs(rounded)) / 3 + 1e-12)
    power = min(max(power, -12), 9)
    return f"{_plain(rounded / 10.0**power, digits)}{_THIN}{_PREFIXES[power]}{unit}"


def setting(value: float | None, unit: str) -> str:
    """What somebody has set: 15 kV, 200 kHz, without zeros that say nothing."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    number, _, prefixed = with_prefix(value, unit, 4).partition(_THIN)
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number}{_THIN}{prefixed}"


def power_of_ten(value: float | None, unit: str, digits: int = 2) -> str:
    """A value as 3.1 × 10⁻⁵ mbar; from 0.01 to 10,000 it is written out."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value == 0 or 0.01 <= abs(value) < 1e4:
        return f"{_plain(value, max(digits, 3))}{_THIN}{unit.replace(' ', _NO_BREAK)}"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    raised = str(int(power)).translate(_RAISED)
    return f"{mantissa.replace('-', _MINUS)}{_THIN}×{_THIN}10{raised}{_THIN}{unit.replace(' ', _NO_BREAK)}"


def fixed(value: float | None, unit: str, decimals: int) -> str:
    """A value with so many decimals: what stands in a column, or is a setting."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{value:.{decimals}f}{_THIN}{unit.replace(' ', _NO_BREAK)}".rstrip(_THIN).replace("-", _MINUS)


def percent(part: float | None, decimals: int = 1) -> str:
    """A ratio in percent."""
    return fixed(None if part is None else 100.0 * part, "%", decimals)


def in_hours(time_s: float) -> str:
    """A moment of the run: hours to the second decimal, seconds in the first minutes."""
    return fixed(time_s, "s", 1) if abs(time_s) < 600 else fixed(time_s / 3600.0, "h", 2)


def _plain(value: float, digits: int) -> str:
    """So many significant digits, never with an exponent."""
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value)) + 1e-12)) if value else 0
    return f"{value:.{decimals}f}".replace("-", _MINUS)
