"""The simulated cell: what a potentiostat finds at its terminals, and what the pictures need to know of it.

States are kept on a grid fixed in absolute time: each second for a minute after a change of drive, then each ten
seconds. What lies between is calculated from the grid point before it, so that asking changes nothing.
"""

from math import floor

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.cell_record import CellRecord
from operando.simulators.world.cell_state import CellState, Drive, Galvanostatic, Potentiostatic
from operando.simulators.world.cell_view import CellView
from operando.simulators.world.constants import FARADAY_C_PER_MOL, LITHIUM_MOLAR_VOLUME_M3
from operando.simulators.world.impedance import cell_impedance_ohm
from operando.simulators.world.presets import CellParameters

__all__ = ["SimulatedCell"]

FINE_STEP_S = 1.0
COARSE_STEP_S = 10.0
SETTLING_S = 60.0


class SimulatedCell:
    """One solid-state cell. Implements `CellTerminals` and `CellHistory`."""

    def __init__(self, parameters: CellParameters) -> None:
        self.parameters = parameters
        self._model = CellModel(parameters)
        self._record = CellRecord()
        self._drive: Drive = Galvanostatic(0.0)
        self._drive_since_s = 0.0
        self._state = self._model.beginning()
        self._record.add(self._state)
        self._record.add_drive(0.0, self._drive)
        self._next_s = FINE_STEP_S

    def open_circuit(self, now: float) -> None:
        """Disconnect the cell."""
        self._connect(Galvanostatic(0.0), now)

    def drive_current(self, current_A: float, now: float) -> None:
        """Impress a current; positive charges."""
        self._connect(Galvanostatic(current_A), now)

    def drive_voltage(self, voltage_V: float, now: float, compliance_A: float) -> None:
        """Impress a voltage; the current is limited to +-compliance."""
        self._connect(Potentiostatic(voltage_V, abs(compliance_A)), now)

    def measure(self, now: float) -> tuple[float, float]:
        """True voltage (V) and current (A) at a time."""
        state = self.state(now)
        return state.voltage_V, state.current_A

    def impedance(self, frequencies_Hz: NDArray[np.float64], now: float) -> NDArray[np.complex128]:
        """Small-signal impedance in ohm, shape of the frequencies."""
        return cell_impedance_ohm(self.parameters, self._model.resistances(self.state(now)), frequencies_Hz)

    def at(self, time_s: float) -> CellView:
        """What pictures need to know of the cell at a time that is not in the future."""
        state = self.state(time_s)
        growth_m_per_C = LITHIUM_MOLAR_VOLUME_M3 / (FARADAY_C_PER_MOL * self.parameters.area_m2)
        return CellView(
            time_s=time_s,
            voltage_V=state.voltage_V,
            current_A=state.current_A,
            charge_C=state.charge_C,
            lithium_growth_m=state.charge_C * growth_m_per_C,
            cathode_sei_m=state.cathode_sei_m,
            anode_sei_m=state.anode_sei_m,
            contact_loss=self._model.contact.lost(state.void_m),
        )

    def lithium_fraction(self, time_s: float) -> float:
        """Mean lithium fraction of the NMC."""
        return self.state(time_s).mean_mol_per_m3 / self.parameters.maximum_concentration_mol_per_m3

    def state(self, time_s: float) -> CellState:
        """The whole state at a time.

        Raises:
            ValueError: if the time lies before the beginning of the world.
        """
        while self._next_s <= time_s:
            self._keep(self._model.after(self._state, self._next_s, self._drive))
        state, drive = self._state, self._drive
        if time_s < state.time_s:
            state, drive = self._record.before(time_s)
        return state if time_s == state.time_s else self._model.after(state, time_s, drive)

    def _connect(self, drive: Drive, now: float) -> None:
        if drive == self._drive:
            return
        if now < self._drive_since_s:
            raise ValueError(f"the cell was changed at {self._drive_since_s:g} s; {now:g} s lies before that")
        reached = self.state(now)
        self._record.forget_after(now)
        self._record.add_drive(now, drive)
        self._drive, self._drive_since_s = drive, now
        self._keep(self._model.after(reached, now, drive))

    def _keep(self, state: CellState) -> None:
        self._state = state
        self._record.add(state)
        settled = state.time_s >= self._drive_since_s + SETTLING_S
        step_s = COARSE_STEP_S if settled else FINE_STEP_S
        self._next_s = (floor(state.time_s / step_s) + 1.0) * step_s
