"""The outcome of making one role safe: confirmed, denied by the instrument, or unknown."""

from collections.abc import Callable

from operando.drivers.errors import InstrumentError, TransportClosed
from operando.drivers.roles import SafeState, Safety

__all__ = ["made_safe"]


def made_safe(name: str, detail: str, confirm: Callable[[], bool]) -> SafeState:
    """Make safe and confirm, on a link that may have broken unnoticed.

    Args:
        name: of the instrument.
        detail: what is true once it is confirmed.
        confirm: sends the orders and says whether the instrument reports that they took effect. Called a second
            time if the first finds the link closed, because the link is then opened anew.
    """
    try:
        try:
            confirmed = confirm()
        except TransportClosed:
            confirmed = confirm()
    except InstrumentError as error:
        return SafeState(name, Safety.UNKNOWN, f"not confirmed that {detail}: {error}")
    if confirmed:
        return SafeState(name, Safety.CONFIRMED, detail)
    return SafeState(name, Safety.UNSAFE, f"the instrument does not confirm: {detail}")
