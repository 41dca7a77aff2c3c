"""What a cell is at one moment, and what its terminals are connected to."""

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["CellState", "Drive", "Galvanostatic", "Potentiostatic"]


class CellState(NamedTuple):
    """Everything that changes in a cell. Positive current charges: lithium leaves the NMC and is plated.

    Args:
        time_s: world time.
        voltage_V: at the terminals.
        current_A: through the electrodes.
        charge_C: net charge since the beginning.
        mean_mol_per_m3: concentration in the NMC, averaged over a particle.
        slow_mol_per_m3: by how much the surface of the NMC lies below the mean, slow mode of diffusion.
        fast_mol_per_m3: the same of the fast mode.
        void_m: volume of voids per area of the lithium interface.
        anode_sei_m: thickness of the interphase at the lithium.
        cathode_sei_m: thickness of the interphase on the NMC.
    """

    time_s: float
    voltage_V: float
    current_A: float
    charge_C: float
    mean_mol_per_m3: float
    slow_mol_per_m3: float
    fast_mol_per_m3: float
    void_m: float
    anode_sei_m: float
    cathode_sei_m: float


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
