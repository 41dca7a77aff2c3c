"""What a cell is at one moment, and what its terminals are connected to."""

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["AgedState", "CellState", "Drive", "Galvanostatic", "Potentiostatic"]


class AgedState(NamedTuple):
    """What changes slowly, and what follows from it alone.

    Args:
        void_m: volume of voids per area of the lithium interface, and `counter_void_m` of the second lithium
            electrode of a symmetric cell.
        anode_sei_m: thickness of the interphase at the lithium; `counter_sei_m` at the second lithium electrode.
        cathode_sei_m: thickness of the interphase on the NMC.
        shrinkage_loss: share of the NMC that lost contact because the cathode shrank further than ever before.
        fatigue_loss: share of the rest that lost contact by cycling.
        isolated_mol_per_m3: lithium in NMC without contact, per volume of all NMC.
        delaminated: share of the cathode that has come off the separator.
        pressure_MPa: of the stack.
        contact, counter_contact: share of a lithium interface that is in contact, above zero.
        connected: share of the NMC that is in contact.
        resistance_ohm_m2: everything ohmic between the terminals.
        short_ohm: resistance of a short circuit across the cell; infinite without one.
    """

    void_m: float
    counter_void_m: float
    anode_sei_m: float
    counter_sei_m: float
    cathode_sei_m: float
    shrinkage_loss: float
    fatigue_loss: float
    isolated_mol_per_m3: float
    delaminated: float
    pressure_MPa: float
    contact: float
    counter_contact: float
    connected: float
    resistance_ohm_m2: float
    short_ohm: float


class CellState(NamedTuple):
    """Everything that changes in a cell. Positive current charges: lithium leaves the NMC and is plated.

    Args:
        time_s: world time.
        voltage_V: at the terminals.
        current_A: at the terminals.
        electrode_A: through the electrodes; what is missing to `current_A` goes through a short.
        charge_C: net charge through the terminals since the beginning.
        leaked_C: net charge through shorts since the beginning; `charge_C - leaked_C` went through the electrodes.
        mean_mol_per_m3: concentration in the connected NMC, averaged over a particle.
        slow_mol_per_m3: slow part by which its surface lies below that.
        fast_mol_per_m3: fast part.
        aged: what changes slowly.
    """

    time_s: float
    voltage_V: float
    current_A: float
    electrode_A: float
    charge_C: float
    leaked_C: float
    mean_mol_per_m3: float
    slow_mol_per_m3: float
    fast_mol_per_m3: float
    aged: AgedState


@dataclass(frozen=True, slots=True)
class Galvanostatic:
    """A current is impressed; zero is the open circuit."""

    current_A: float


@dataclass(frozen=True, slots=True)
class Potentiostatic:
    """A voltage is impressed, with a current of at most +-compliance."""

    voltage_V: float
    compliance_A: float


Drive = Galvanostatic | Potentiostatic
"""What a potentiostat does to the cell."""
