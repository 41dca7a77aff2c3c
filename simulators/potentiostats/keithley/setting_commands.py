"""Handlers for settings that are one value: told when asked, checked and stored when given."""

from collections.abc import Callable, Mapping, MutableMapping

from operando.simulators.potentiostats.keithley.command_table import Call, Handler
from operando.simulators.potentiostats.keithley.values import choice, number, scientific, switch

__all__ = ["number_setting", "switch_setting", "word_setting"]

Effect = Callable[[float], None]
SPECIAL = ("MIN", "MAX", "DEF", "MINIMUM", "MAXIMUM", "DEFAULT")


def number_setting(
    get: Callable[[str], float],
    put: Callable[[str, float], None],
    window: Callable[[str], tuple[float, float, float]],
    effect: Effect | None = None,
) -> Handler:
    """A number.

    Args:
        get: tells the value; it is given the first word that the pattern leaves open, cut to four letters.
        put: stores it.
        window: lowest, highest and default value.
        effect: what the change does, at a world time.
    """

    def handler(call: Call) -> str | None:
        key = call.words[0][:4] if call.words else ""
        lowest, highest, default = window(key)
        if call.query:
            asked = call.or_else(0, "").upper()
            return scientific(number(asked, lowest, highest, default) if asked in SPECIAL else get(key))
        put(key, number(call.argument(), lowest, highest, default))
        if effect is not None:
            effect(call.now)
        return None

    return handler


def switch_setting(values: Callable[[], MutableMapping[str, bool]], effect: Effect | None = None) -> Handler:
    """A switch for each function; answers are 0 and 1 whatever words were used to set it."""

    def handler(call: Call) -> str | None:
        key = call.words[0][:4]
        if call.query:
            return str(int(values()[key]))
        values()[key] = switch(call.argument())
        if effect is not None:
            effect(call.now)
        return None

    return handler


def word_setting(
    get: Callable[[], str], put: Callable[[str], None], words: Mapping[str, str], effect: Effect | None = None
) -> Handler:
    """One word out of several, told in its short form."""

    def handler(call: Call) -> str | None:
        if call.query:
            return get()
        put(choice(call.argument(), words))
        if effect is not None:
            effect(call.now)
        return None

    return handler
