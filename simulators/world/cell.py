"""The simulated cell: what a potentiostat finds at its terminals, and what the pictures need to know of it.

States are kept on a grid fixed in absolute time: each second for a minute after a change and while there is a short,
else each ten seconds. What lies between is calculated from the grid point before it, so that asking changes nothing.
"""

from collections.abc import Callable
from math import floor, inf

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell_damage import CellDamage, CrackedInterface
from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.cell_record import CellRecord, Regime
from operando.simulators.world.cell_state import CellState, Drive, Galvanostatic, Potentiostatic
from operando.simulators.world.cell_view import CellView, view_of
from operando.simulators.world.impedance import cell_impedance_ohm
from operando.simulators.world.presets import CellParameters
from operando.simulators.world.short_circuit import InjectedShort

__all__ = ["SimulatedCell"]

FINE_STEP_S = 1.0
COARSE_STEP_S = 10.0
SETTLING_S = 60.0


class SimulatedCell:
    """One solid-state cell. Implements `CellTerminals` and `CellHistory`.

    Args:
        parameters: of the cell as assembled.
        seed: of its flaws, and of how restless its shorts are.
    """

    def __init__(self, parameters: CellParameters, seed: int = 0) -> None:
        self.parameters = parameters
        self.stray: Callable[[float], tuple[float, float]] = _nothing
        """Volts and amperes that the electron beam adds between the wires at a time."""
        self._regime = Regime(Galvanostatic(0.0), CellModel(parameters))
        self._regime_since_s = 0.0
        self._record = CellRecord()
        self._record.add_regime(0.0, self._regime)
        self._damage = CellDamage(parameters, seed)
        self._state = self._regime.model.beginning()
        self._record.add(self._state)
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
        """Voltage (V) and current (A) between the wires at a time, with what the beam adds to them."""
        state = self.state(now)
        stray_V, stray_A = self.stray(now)
        return state.voltage_V + stray_V, state.current_A + stray_A

    def impedance(self, frequencies_Hz: NDArray[np.float64], now: float) -> NDArray[np.complex128]:
        """Small-signal impedance in ohm, shape of the frequencies."""
        state, regime = self._reached(now)
        return cell_impedance_ohm(regime.model.parameters, regime.model.resistances(state), frequencies_Hz)

    def at(self, time_s: float) -> CellView:
        """What pictures need to know of the cell at a time that is not in the future."""
        state, regime = self._reached(time_s)
        return view_of(state, regime.model, self._damage.at(time_s))

    def interfaces(self, time_s: float) -> tuple[CrackedInterface, ...]:
        """Flaws, cracks and filaments of the lithium interface, and of the second one of a symmetric cell."""
        self.state(time_s)
        return self._damage.at(time_s)

    def lithium_fraction(self, time_s: float) -> float:
        """Mean lithium fraction of the NMC, in contact or not."""
        state, regime = self._reached(time_s)
        return regime.model.lithium_fraction(state)

    def state(self, time_s: float) -> CellState:
        """The whole state at a time.

        Raises:
            ValueError: if the time lies before the beginning of the world.
        """
        return self._reached(time_s)[0]

    def set_holder(self, now: float, *, temperature_K: float | None = None, pressure_MPa: float | None = None) -> None:
        """Bring the holder to another temperature, or to another stack pressure as assembled."""
        changes = {"temperature_K": temperature_K, "pressure_MPa": pressure_MPa}
        parameters = self._regime.model.parameters.model_copy(
            update={k: v for k, v in changes.items() if v is not None}
        )
        model = CellModel(parameters)
        reached = self._arrive(now)
        self._begin(Regime(self._regime.drive, model), reached._replace(aged=model.ageing.refreshed(reached)), now)

    def inject_soft_short(self, now: float, median_ohm: float = 5.0e3) -> None:
        """A fault: a restless short across the cell from now on, beside what its filaments do."""
        self._inject(InjectedShort(median_ohm, restless=True), now)

    def inject_hard_short(self, now: float, ohm: float = 3.0) -> None:
        """A fault: a steady short across the cell from now on."""
        self._inject(InjectedShort(ohm, restless=False), now)

    def end_injected_short(self, now: float) -> None:
        """The injected short is gone."""
        self._inject(None, now)

    def inject_contact_loss(self, lost: float, now: float) -> None:
        """A fault: at least this fraction of the lithium interface is out of contact from now on."""
        reached = self._arrive(now)
        aged = self._regime.model.ageing.with_contact_lost(reached, lost)
        self._begin(self._regime, reached._replace(aged=aged), now)

    def _connect(self, drive: Drive, now: float) -> None:
        if drive != self._regime.drive:
            reached = self._arrive(now)
            self._begin(Regime(drive, self._regime.model), reached, now)

    def _inject(self, short: InjectedShort | None, now: float) -> None:
        reached = self._arrive(now)
        self._damage.inject(short, now)
        self._begin(self._regime, reached, now)

    def _arrive(self, now: float) -> CellState:
        """The state at which something changes; what was looked at beyond it has not happened."""
        if now < self._regime_since_s:
            raise ValueError(f"the cell was changed at {self._regime_since_s:g} s; {now:g} s lies before that")
        reached = self.state(now)
        self._record.forget_after(now)
        self._damage.forget_after(now)
        self._damage.grow(reached, self._regime.model.ageing)
        return reached

    def _begin(self, regime: Regime, reached: CellState, now: float) -> None:
        self._record.add_regime(now, regime)
        self._regime, self._regime_since_s = regime, now
        self._keep(regime.model.between(reached, now, regime.drive))

    def _reached(self, time_s: float) -> tuple[CellState, Regime]:
        while self._next_s <= time_s:
            self._keep(self._regime.model.after(self._state, self._next_s, self._regime.drive))
        state, regime = self._state, self._regime
        if time_s < state.time_s:
            state, regime = self._record.before(time_s)
        if time_s > state.time_s:
            state = regime.model.between(state, time_s, regime.drive)
        return state, regime

    def _keep(self, state: CellState) -> None:
        damage, (drive, model) = self._damage, self._regime
        if state.time_s >= damage.due_s:
            damage.grow(state, model.ageing)
        short_ohm = damage.short_ohm(state.time_s)
        if short_ohm != state.aged.short_ohm:
            changed = state._replace(aged=state.aged._replace(short_ohm=short_ohm))
            state = model.between(changed, state.time_s, drive)
        self._state = state
        self._record.add(state)
        steady = short_ohm == inf and state.time_s >= self._regime_since_s + SETTLING_S
        step_s = COARSE_STEP_S if steady else FINE_STEP_S
        self._next_s = (floor(state.time_s / step_s) + 1.0) * step_s


def _nothing(_: float) -> tuple[float, float]:
    return 0.0, 0.0
