"""Whether somebody else's program has something under way that a check would spoil."""

from operando.drivers.bench import Roles
from operando.drivers.errors import InstrumentError

__all__ = ["under_way"]


def under_way(roles: Roles) -> str:
    """What an instrument does that the suite has not begun; empty if nothing, or if it cannot be told.

    A spectrum is no sign of others: some spectrometers count from power-up on, so checks that count ask for `spectrum`.
    A potentiostat that is only watched is never asked: its steps are another program's, and no check can touch them.
    """
    try:
        potentiostat = roles.potentiostat
        if potentiostat is None or potentiostat.capabilities.observed:
            return ""
        return "a step runs that the suite has not begun, and would be ended" if potentiostat.running() else ""
    except InstrumentError:  # the check itself will find that it does not answer
        return ""
