"""Arguments of SCPI commands: numbers with their special words, switches, names, strings."""

from collections.abc import Mapping

from operando.simulators.potentiostats.keithley.scpi_error import ScpiError

__all__ = ["choice", "number", "quoted", "scientific", "switch", "whole_number"]

DIGITS = 7


def number(text: str, lowest: float, highest: float, default: float) -> float:
    """A number in a window, or one of the words MIN, MAX and DEF.

    Raises:
        ScpiError: -104 if it is no number, -222 outside the window.
    """
    word = text.upper()
    for written, value in (("MINIMUM", lowest), ("MAXIMUM", highest), ("DEFAULT", default)):
        if word in (written, written[:3]):
            return value
    try:
        value = float(text)
    except ValueError:
        raise ScpiError(-104) from None
    if not lowest <= value <= highest:
        raise ScpiError(-222)
    return value


def whole_number(text: str, lowest: int, highest: int) -> int:
    """A whole number in a window; raises ScpiError as `number`."""
    return round(number(text, lowest, highest, lowest))


def switch(text: str) -> bool:
    """ON, OFF, 1 or 0.

    Raises:
        ScpiError: -224 otherwise.
    """
    words = {"ON": True, "1": True, "OFF": False, "0": False}
    if text.upper() not in words:
        raise ScpiError(-224)
    return words[text.upper()]


def choice(text: str, words: Mapping[str, str]) -> str:
    """The short form of a word that may be written short or long.

    Args:
        text: as written.
        words: long forms by short ones.

    Raises:
        ScpiError: -224 if it is none of them.
    """
    word = text.upper()
    for short, long in words.items():
        if word in (short, long):
            return short
    raise ScpiError(-224)


def quoted(text: str) -> str:
    """What stands between quotes.

    Raises:
        ScpiError: -104 if it does not.
    """
    if len(text) < 2 or text[0] not in "\"'" or text[-1] != text[0]:
        raise ScpiError(-104)
    return text[1:-1]


def scientific(value: float, digits: int = DIGITS) -> str:
    """A number as the instrument writes it, such as `-1.375422E-11`."""
    return f"{value:.{digits - 1}E}"
