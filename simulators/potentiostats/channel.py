"""The channel that drives the cell: mode, setpoints, cell switch and ranges."""

from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.ranges import CurrentRanging
from operando.simulators.potentiostats.script_clock import ScriptClock
from operando.simulators.potentiostats.settings import EmStat4Settings
from operando.simulators.world.world import CellTerminals

__all__ = ["GALVANOSTAT", "POTENTIOSTAT_MODES", "Channel"]

OFF, LOW_SPEED, HIGH_SPEED, MAXIMUM_RANGE, GALVANOSTAT = 0, 2, 3, 4, 6
POTENTIOSTAT_MODES = (LOW_SPEED, HIGH_SPEED, MAXIMUM_RANGE)
_MODES = (OFF, *POTENTIOSTAT_MODES, GALVANOSTAT)
_COMPLIANCE = 1.05  # of the current limit: beyond the limit is beyond what the instrument bears


class Channel:
    """State of the channel; it outlives a script, so that a cell left on stays on.

    A setpoint given while the cell is off takes effect at `cell_on`. A change of mode opens the cell; the vendor's
    cycling script sends `cell_on` again after each.
    """

    def __init__(self, cell: CellTerminals, settings: EmStat4Settings) -> None:
        self._cell = cell
        self._settings = settings
        self.clock = ScriptClock(0.0)
        self.mode = OFF
        self.cell_is_on = False
        self.potential_V = 0.0
        self.current_A = 0.0
        self.measured_current = CurrentRanging()
        self.applied_current = CurrentRanging()
        self.ranging = self.measured_current
        """The ranging that the present mode measures current with."""

    def set_mode(self, mode: int) -> None:
        """Choose the mode of the potentiostat.

        Raises:
            RuntimeFault: 0021 for a mode that the instrument does not have.
        """
        if mode not in _MODES:
            raise RuntimeFault(ErrorCode.PGSTAT_MODE_NOT_SUPPORTED)
        if mode != self.mode:
            self.cell_off()
            self.mode = mode
            self.ranging = self.applied_current if mode == GALVANOSTAT else self.measured_current

    def require_potentiostat(self) -> None:
        """Raises RuntimeFault 0023 in another mode, 4027 while the cell is off."""
        self._require(self.mode in POTENTIOSTAT_MODES)

    def require_galvanostat(self) -> None:
        """Raises RuntimeFault 0023 in another mode, 4027 while the cell is off."""
        self._require(self.mode == GALVANOSTAT)

    def require_open(self) -> None:
        """Raises RuntimeFault 0023 if the channel is off, 0014 while the cell is on."""
        if self.mode == OFF:
            raise RuntimeFault(ErrorCode.INVALID_FOR_PGSTAT_MODE)
        if self.cell_is_on:
            raise RuntimeFault(ErrorCode.OCP_WITH_CELL_ON)

    def set_potential(self, potential_V: float) -> None:
        """Set the potential that is applied in a potentiostatic mode.

        Raises:
            RuntimeFault: 000F outside the window of the instrument.
        """
        if abs(potential_V) > self._settings.voltage_window_V:
            raise RuntimeFault(ErrorCode.POTENTIAL_NOT_VALID)
        self.potential_V = potential_V
        if self.cell_is_on and self.mode in POTENTIOSTAT_MODES:
            self._drive()

    def set_current(self, current_A: float) -> None:
        """Set the current that is applied in the galvanostatic mode.

        Raises:
            RuntimeFault: 4205 beyond the instrument or the range of the applied current.
        """
        if abs(current_A) > min(self._settings.current_limit_A, self.applied_current.full_scale_A):
            raise RuntimeFault(ErrorCode.OUT_OF_BOUNDS)
        self.current_A = current_A
        if self.cell_is_on and self.mode == GALVANOSTAT:
            self._drive()

    def cell_on(self) -> None:
        """Connect the cell and apply the setpoint.

        Raises:
            RuntimeFault: 0023 while the channel is off.
        """
        if self.mode == OFF:
            raise RuntimeFault(ErrorCode.INVALID_FOR_PGSTAT_MODE)
        self.cell_is_on = True
        self._drive()

    def cell_off(self) -> None:
        """Disconnect the cell."""
        if self.cell_is_on:
            self.cell_is_on = False
            self._cell.open_circuit(self.clock.world_s)

    def _require(self, mode_fits: bool) -> None:
        if not mode_fits:
            raise RuntimeFault(ErrorCode.INVALID_FOR_PGSTAT_MODE)
        if not self.cell_is_on:
            raise RuntimeFault(ErrorCode.NEEDS_CELL_ON)

    def _drive(self) -> None:
        now = self.clock.world_s
        if self.mode == GALVANOSTAT:
            self._cell.drive_current(self.current_A, now)
        else:
            self._cell.drive_voltage(self.potential_V, now, _COMPLIANCE * self._settings.current_limit_A)
