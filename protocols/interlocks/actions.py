"""What an interlock does when it trips."""

from enum import StrEnum

__all__ = ["KEEPS_BEAM_OFF", "PERMISSIONS", "Action"]


class Action(StrEnum):
    """One thing that is done at once, or that is not permitted any more."""

    WARN = "warn"
    """Say so, and nothing else."""
    BLANK_BEAM = "blank beam"
    """End the scan and blank the beam; no picture until the rule is clear. Cycling goes on."""
    HIGH_VOLTAGE_OFF = "high voltage off"
    """Blank the beam and switch the high voltage off."""
    HOLD_CYCLING = "hold cycling"
    """End the step on the potentiostat and let the cell rest at open circuit. Imaging goes on."""
    END_RUN = "end run"
    """Make everything safe and end."""
    FORBID_TRANSFER = "forbid transfer"
    """The box does not leave the glovebox."""
    FORBID_OPENING = "forbid opening"
    """The box is not opened."""
    FORBID_VENTING = "forbid venting"
    """The chamber is not vented, and no gas is let in for the low-vacuum mode."""


KEEPS_BEAM_OFF = (Action.BLANK_BEAM, Action.HIGH_VOLTAGE_OFF)
"""Actions of which each means that no beam may reach the specimen, also while their rule cannot be judged."""

PERMISSIONS = (Action.FORBID_TRANSFER, Action.FORBID_OPENING, Action.FORBID_VENTING)
"""Actions that keep people from something, and do nothing to any instrument."""
