"""What the specimen and the pictures need to know of the cell at one moment."""

from dataclasses import dataclass
from typing import Protocol

__all__ = ["CellHistory", "CellView"]


@dataclass(frozen=True, slots=True)
class CellView:
    """The true state of the cell at a time.

    Args:
        time_s: world time.
        voltage_V: at the terminals.
        current_A: through the electrodes; positive charges.
        charge_C: net charge since the beginning; positive: more lithium at the anode.
        lithium_growth_m: how far the lithium boundary has moved into the separator side since the beginning.
        cathode_sei_m: thickness of the interphase on the NMC, and `anode_sei_m` of the one at the lithium.
        contact_loss: fraction of the lithium interface that has lost contact, 0 to 1.
    """

    time_s: float
    voltage_V: float
    current_A: float
    charge_C: float
    lithium_growth_m: float
    cathode_sei_m: float = 0.0
    anode_sei_m: float = 0.0
    contact_loss: float = 0.0


class CellHistory(Protocol):
    """The cell's states, kept at least for the length of a scan, so that each line is exposed at its own moment."""

    def at(self, time_s: float) -> CellView:
        """The state at a time that is not in the future; interpolated between grid points."""
        ...
