"""The column's lenses and coils: what is displayed, and what the beam truly does."""

import math
from dataclasses import dataclass

import numpy as np

from operando.simulators.microscopes.high_voltage import HighVoltage
from operando.simulators.microscopes.settings import TescanSettings
from operando.simulators.microscopes.settling import Settling
from operando.simulators.world.beam import BeamSettings

__all__ = ["CENTERINGS", "GEOMETRIES", "STIGMATOR", "Adjustment", "Column"]

CALIBRATED_AT_KV = 5.0


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A pair of values that can be enumerated (EnumCenterings, EnumGeometries)."""

    name: str
    count: int
    unit: str
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]


STIGMATOR = 4
CENTERINGS = {
    0: Adjustment("Gun Tilt", 2, "%", (-100.0, 100.0), (-100.0, 100.0)),
    1: Adjustment("Gun Shift", 2, "%", (-100.0, 100.0), (-100.0, 100.0)),
    2: Adjustment("OBJ Centering", 2, "%", (-100.0, 100.0), (-100.0, 100.0)),
    STIGMATOR: Adjustment("Stigmator", 2, "%", (-100.0, 100.0), (-100.0, 100.0)),
}
"""By index; the indexes need not be consecutive."""

SHIFT, ROTATION, TILT_CORRECTION = 0, 1, 2
GEOMETRIES = {
    # the limits are those of TESCAN's own server, from the captured reply to GetGeomLimits
    SHIFT: Adjustment("Image Shift", 2, "mm", (-0.1952243562, 0.1889160852), (-0.1952243562, 0.1889160852)),
    ROTATION: Adjustment("Image Rotation", 1, "deg", (-360.0, 360.0), (0.0, 0.0)),
    TILT_CORRECTION: Adjustment("Tilt Correction", 1, "deg", (-90.0, 90.0), (0.0, 0.0)),
}


class Column:
    """Displayed values in the units of the wire (mm, pA, percent); limits are kept silently.

    Centerings belong to an energy: each has a set of its own, kept in volts. Away from the energy at which the
    instrument was calibrated, true focus and true field depart from the display.
    """

    def __init__(
        self, settings: TescanSettings, high_voltage: HighVoltage, optics: Settling, noise: np.random.Generator
    ) -> None:
        self.working_distance_mm = settings.working_distance_mm
        self.view_field_mm = settings.view_field_mm
        self.beam_current_pA = settings.beam_current_pA
        self.scan_mode = 0
        self._settings = settings
        self._high_voltage = high_voltage
        self._optics = optics
        self._noise = noise
        self._current_factor = 1.0
        self._geometries = dict.fromkeys(GEOMETRIES, (0.0, 0.0))
        self._centerings: dict[tuple[int, int], tuple[float, float]] = {}
        self._unstored: dict[int, tuple[float, float]] = {}

    def set_working_distance(self, distance_mm: float, now: float) -> None:
        """Focus; the view field shifts a little with it."""
        wanted_mm = _within(distance_mm, self._settings.working_distance_limits_mm)
        change_mm = wanted_mm - self.working_distance_mm
        self.working_distance_mm = wanted_mm
        self.view_field_mm *= 1.0 + self._settings.field_change_per_mm * change_mm
        self._optics.occupy(now, self._settings.working_distance_settle_s)

    def set_view_field(self, width_mm: float, now: float) -> None:
        """Width of the scanned window."""
        self.view_field_mm = _within(width_mm, self._settings.view_field_limits_mm)
        self._optics.occupy(now, self._settings.view_field_settle_s)

    def set_beam_current(self, current_pA: float, now: float) -> None:
        """The displayed current; the true one is a little different each time."""
        self.beam_current_pA = _within(current_pA, self._settings.beam_current_limits_pA)
        self._current_factor = max(0.5, 1.0 + self._settings.current_error * float(self._noise.standard_normal()))
        self._optics.occupy(now, self._settings.beam_current_settle_s)

    def geometry(self, index: int) -> tuple[float, float]:
        """Image shift, rotation and the like."""
        return self._geometries[index]

    def set_geometry(self, index: int, x: float, y: float, now: float) -> None:
        """Change one of the image's transformations."""
        adjustment = GEOMETRIES[index]
        self._geometries[index] = (_within(x, adjustment.x_limits), _within(y, adjustment.y_limits))
        self._optics.occupy(now, self._settings.view_field_settle_s)

    def centering(self, index: int, now: float) -> tuple[float, float]:
        """A centering of the energy that is set."""
        if index in self._unstored:
            return self._unstored[index]
        return self._centerings.get(self._key(index, now), self._aligned(index, now))

    def set_centering(self, index: int, x: float, y: float, now: float, *, store: bool) -> None:
        """Change a centering; one that is not stored is lost when the energy changes."""
        adjustment = CENTERINGS[index]
        pair = (_within(x, adjustment.x_limits), _within(y, adjustment.y_limits))
        self._unstored.pop(index, None)
        if store:
            self._centerings[self._key(index, now)] = pair
        else:
            self._unstored[index] = pair
        self._optics.occupy(now, self._settings.view_field_settle_s)

    def align_stigmator(self, now: float) -> None:
        """What an automatic procedure finds."""
        x, y = self._aligned(STIGMATOR, now)
        self.set_centering(STIGMATOR, x, y, now, store=True)

    def energy_changes(self) -> None:
        """Centerings that were not stored are lost."""
        self._unstored.clear()

    def focus_shift_mm(self, now: float) -> float:
        """How much farther the beam truly focuses than the display says."""
        return self._settings.focus_shift_um_per_kV * 1e-3 * self._kV_off_calibration(now)

    def spot_size_nm(self) -> float:
        """Estimated diameter of the beam: 2 nm and a part that grows with the current."""
        return 2.0 + 0.2 * math.sqrt(self.beam_current_pA)

    def true_settings(self, now: float) -> BeamSettings:
        """What the beam truly does."""
        off_kV = self._kV_off_calibration(now)
        shift_x_mm, shift_y_mm = self._geometries[SHIFT]
        wander_x_um, wander_y_um = self._settings.shift_um_per_kV
        x, y = self.centering(STIGMATOR, now)
        aligned_x, aligned_y = self._aligned(STIGMATOR, now)
        return BeamSettings(
            voltage_V=self._high_voltage.voltage_V(now) if self._high_voltage.on else 0.0,
            current_A=self.beam_current_pA * 1e-12 * self._current_factor if self._high_voltage.on else 0.0,
            working_distance_m=(self.working_distance_mm + self.focus_shift_mm(now)) * 1e-3,
            field_width_m=self.view_field_mm * 1e-3 * (1.0 + self._settings.field_error_per_kV * off_kV),
            shift_m=(shift_x_mm * 1e-3 + wander_x_um * 1e-6 * off_kV, shift_y_mm * 1e-3 + wander_y_um * 1e-6 * off_kV),
            stigmators=(x - aligned_x, y - aligned_y),
            scan_rotation_rad=math.radians(self._geometries[ROTATION][0]),
        )

    def _kV_off_calibration(self, now: float) -> float:
        return self._high_voltage.voltage_V(now) * 1e-3 - CALIBRATED_AT_KV

    def _key(self, index: int, now: float) -> tuple[int, int]:
        return index, round(self._high_voltage.voltage_V(now))

    def _aligned(self, index: int, now: float) -> tuple[float, float]:
        """The values at which the column is aligned at this energy."""
        kV = self._high_voltage.voltage_V(now) * 1e-3
        return (round(0.2 * kV - 0.5, 3), round(0.8 - 0.1 * kV, 3)) if index == STIGMATOR else (0.0, 0.0)


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
