"""Where the box is on its way from the glovebox through the microscope and back."""

from enum import StrEnum

__all__ = ["Phase"]


class Phase(StrEnum):
    """One part of that way; each interlock says in which of them it means something.

    A run that only cycles and takes pictures is in `OBSERVE` from its start to its end.
    """

    GLOVEBOX = "glovebox"
    TRANSFER = "transfer"
    PUMP_DOWN = "pump down"
    OPEN = "open"
    OBSERVE = "observe"
    CLOSE = "close"
    VENT = "vent"
    BACK = "back"
