"""What the specimen and the pictures need to know of the cell at one moment."""

from dataclasses import dataclass
from math import inf
from typing import Protocol

from operando.simulators.world.cell_damage import CrackedInterface
from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.cell_state import CellState
from operando.simulators.world.constants import FARADAY_C_PER_MOL, LITHIUM_MOLAR_VOLUME_M3
from operando.simulators.world.filaments import plating_stress_MPa

__all__ = ["CellHistory", "CellView", "WornCell", "view_of"]


@dataclass(frozen=True, slots=True)
class CellView:
    """The true state of the cell at a time.

    Args:
        time_s: world time.
        voltage_V: at the terminals.
        current_A: at the terminals; positive charges.
        charge_C: net charge through the electrodes since the beginning; positive: more lithium at the anode.
        lithium_growth_m: how far the lithium boundary has moved into the separator side since the beginning.
        cathode_sei_m: thickness of the interphase on the NMC, and `anode_sei_m` of the one at the lithium.
        contact_loss: fraction of the lithium interface that has lost contact, 0 to 1.
        leaked_C: net charge that went through shorts, past the electrodes.
        short_ohm: of a short circuit; infinite without one.
        isolated: share of the NMC that has lost contact, and `delaminated` of the cathode off the separator.
        pressure_MPa: of the stack; `temperature_K` of the holder.
        plating_stress_MPa: in the lithium that is being plated, where the current crowds.
        crack_m: length of the longest crack anywhere, and `filament_m` of the longest filament.
        cycles: full cycles that the cathode has been through, counted by charge; 0 without an NMC that tires.
        interface: flaws, cracks and filaments of the lithium interface.
    """

    time_s: float
    voltage_V: float
    current_A: float
    charge_C: float
    lithium_growth_m: float
    cathode_sei_m: float = 0.0
    anode_sei_m: float = 0.0
    contact_loss: float = 0.0
    leaked_C: float = 0.0
    short_ohm: float = inf
    isolated: float = 0.0
    delaminated: float = 0.0
    pressure_MPa: float = 1.0
    temperature_K: float = 298.15
    plating_stress_MPa: float = 0.0
    crack_m: float = 0.0
    filament_m: float = 0.0
    cycles: float = 0.0
    interface: CrackedInterface | None = None

    @property
    def worn(self) -> "WornCell":
        """What pictures show of the cell's wear, in steps that hardly any picture resolves."""
        return WornCell(
            self.interface,
            round(20 * self.cycles) / 20,
            round(self.cathode_sei_m, 10),
            round(self.isolated, 4),
            round(self.delaminated, 4),
        )


@dataclass(frozen=True, slots=True, eq=False)
class WornCell:
    """What pictures show of a cell's wear; see `CellView` for what the fields mean."""

    interface: CrackedInterface | None
    cycles: float
    cathode_sei_m: float
    isolated: float
    delaminated: float

    def looks_like(self, other: "WornCell") -> bool:
        """Whether the two are of the same cracks, not only of equal ones, and equal in everything else."""
        mine, theirs = (worn.interface.cracks if worn.interface else None for worn in (self, other))
        return mine is theirs and self.rest == other.rest

    @property
    def rest(self) -> tuple[float, float, float, float]:
        """Everything but the cracks."""
        return self.cycles, self.cathode_sei_m, self.isolated, self.delaminated


class CellHistory(Protocol):
    """The cell's states, kept at least for the length of a scan, so that each line is exposed at its own moment."""

    def at(self, time_s: float) -> CellView:
        """The state at a time that is not in the future; interpolated between grid points."""
        ...


def view_of(state: CellState, model: CellModel, interfaces: tuple[CrackedInterface, ...]) -> CellView:
    """The view of a cell in a state, with its cracked interfaces at that time."""
    aged, parameters = state.aged, model.parameters
    charge_C = state.charge_C - state.leaked_C
    growth_m_per_C = LITHIUM_MOLAR_VOLUME_M3 / (FARADAY_C_PER_MOL * parameters.area_m2)
    interface_ohm_m2 = model.ageing.interface_ohm_m2(aged.pressure_MPa)
    density = max(state.electrode_A, 0.0) / parameters.area_m2
    return CellView(
        time_s=state.time_s,
        voltage_V=state.voltage_V,
        current_A=state.current_A,
        charge_C=charge_C,
        lithium_growth_m=charge_C * growth_m_per_C,
        cathode_sei_m=aged.cathode_sei_m,
        anode_sei_m=aged.anode_sei_m,
        contact_loss=1.0 - aged.contact,
        leaked_C=state.leaked_C,
        short_ohm=aged.short_ohm,
        isolated=1.0 - aged.connected,
        delaminated=aged.delaminated,
        pressure_MPa=aged.pressure_MPa,
        temperature_K=parameters.temperature_K,
        plating_stress_MPa=plating_stress_MPa(density, interface_ohm_m2, aged.contact, parameters.stress_concentration),
        crack_m=max(interface.cracks.longest_crack_m for interface in interfaces),
        filament_m=max(interface.cracks.longest_filament_m for interface in interfaces),
        cycles=model.ageing.cycles(aged),
        interface=interfaces[0],
    )
