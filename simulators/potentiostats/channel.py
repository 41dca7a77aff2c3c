"""The channel that drives the cell: mode, setpoints, cell switch and ranges."""

import math

from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.ranges import CurrentRanging
from operando.simulators.potentiostats.script_clock import ScriptClock
from operando.simulators.potentiostats.settings import EmStat4Settings, Mode
from operando.simulators.world.world import CellTerminals

__all__ = ["GALVANOSTAT", "POTENTIOSTAT_MODES", "Channel"]

OFF, LOW_SPEED, HIGH_SPEED, MAXIMUM_RANGE, GALVANOSTAT = 0, 2, 3, 4, 6
POTENTIOSTAT_MODES = (LOW_SPEED, HIGH_SPEED, MAXIMUM_RANGE)
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
        self.window_V = settings.voltage_range_V
        """Between which voltages the front end follows, as it is set."""
        self.measured_current = CurrentRanging(settings.modes[HIGH_SPEED].current_ranges)
        self.applied_current = CurrentRanging(
            settings.modes.get(GALVANOSTAT, settings.modes[HIGH_SPEED]).current_ranges
        )
        self.ranging = self.measured_current
        """The ranging that the present mode measures current with."""

    def set_mode(self, mode: int) -> None:
        """Choose the mode of the potentiostat.

        Raises:
            RuntimeFault: 0021 for a mode that the instrument does not have.
        """
        if mode != OFF and mode not in self._settings.modes:
            raise RuntimeFault(ErrorCode.PGSTAT_MODE_NOT_SUPPORTED)
        if mode != self.mode:
            self.cell_off()
            self.mode = mode
            self.ranging = self.applied_current if mode == GALVANOSTAT else self.measured_current
            if mode != OFF:
                self._enter(self._settings.modes[mode])

    def _enter(self, mode: Mode) -> None:
        self.ranging.use(mode.current_ranges)
        lowest_V, highest_V = mode.voltage_range_V
        half_V = 0.5 * mode.window_V
        self.window_V = max(lowest_V, -half_V), min(highest_V, half_V)

    def set_window(self, *limits_V: float) -> None:
        """Choose between which voltages the front end follows, where an instrument asks for that.

        Raises:
            RuntimeFault: 4205 if they lie too far apart, 000F if one is out of reach.
        """
        mode = self._settings.modes.get(self.mode)
        if mode is None or math.isinf(mode.window_V):
            return
        lowest_V, highest_V = min(limits_V), max(limits_V)
        if highest_V - lowest_V > mode.window_V * (1.0 + 1.0e-9):
            raise RuntimeFault(ErrorCode.OUT_OF_BOUNDS)
        if not mode.voltage_range_V[0] <= lowest_V <= highest_V <= mode.voltage_range_V[1]:
            raise RuntimeFault(ErrorCode.POTENTIAL_NOT_VALID)
        self.window_V = lowest_V, highest_V

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
        if not self.window_V[0] <= potential_V <= self.window_V[1]:
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
