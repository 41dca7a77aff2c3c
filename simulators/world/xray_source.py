"""What the X-ray detector counts while the beam stands or scans somewhere."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam
from operando.simulators.world.cell_view import CellHistory
from operando.simulators.world.constants import ELEMENTARY_CHARGE_C
from operando.simulators.world.optics_drift import Drift
from operando.simulators.world.optics_field import ScanField
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_materials import MATERIALS, Phase, mixed_mass_fractions
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.signal_yields import beam_range_m
from operando.simulators.world.spectrum_emission import emission
from operando.simulators.world.spectrum_response import Channels, channel_rates, dead_time_s
from operando.simulators.world.xray_events import counted_events

__all__ = ["XraySource"]

#: lithium's growth and drift are rounded to this before the composition is looked up, so that it is looked up rarely
_STEP_M = 20e-9
#: standard deviation of the X-ray volume over Kanaya and Okayama's range
_VOLUME_OVER_RANGE = 0.25
_SPOT_POINTS, _FIELD_POINTS = 9, (24, 18)


class XraySource:
    """X-rays of a scene under a beam. Any polling pattern counts the same photons."""

    def __init__(self, scene: Scene, cell: CellHistory, drift: Drift, seed: int) -> None:
        self._scene = scene
        self._cell = cell
        self._drift = drift
        self._seed = seed
        self._spot_shares = lru_cache(4096)(self._uncached_spot_shares)
        self._field_shares = lru_cache(256)(self._uncached_field_shares)
        self._rates = lru_cache(256)(self._uncached_rates)

    def counts(
        self,
        beam: Beam,
        between_s: tuple[float, float],
        scale: tuple[int, float, float],
        peaking_time_s: float,
    ) -> tuple[NDArray[np.uint32], int]:
        """Counts in (channels, channel width in eV, offset in eV), and incoming photons; see `World.xray_counts`.

        The composition is that of the beginning of the interval.
        """
        start_s, end_s = between_s
        channels = Channels(*scale)
        if not beam.on_specimen or beam.settings.voltage_V <= 0 or beam.settings.current_A <= 0 or end_s <= start_s:
            return np.zeros(channels.count, np.uint32), 0
        shares = self.shares(beam, self._cell.at(start_s).lithium_growth_m, start_s)
        rates, whole = self._rates(shares, beam.settings.voltage_V, beam.settings.current_A, channels, peaking_time_s)
        return counted_events(rates, whole, dead_time_s(peaking_time_s), between_s, self._seed)

    def shares(self, beam: Beam, growth_m: float, time_s: float) -> tuple[float, ...]:
        """Area share of each phase (in the order of `Phase`) under the standing or scanning beam."""
        drift_x, drift_y = (_rounded(float(part)) for part in self._drift.at(np.array([time_s]))[0])
        growth_m = _rounded(growth_m)
        field = ScanField.of(beam.stage, beam.settings, _FIELD_POINTS)
        if beam.dwelling_at is None:
            x_m, y_m = field.centre_m
            return self._field_shares(x_m + drift_x, y_m + drift_y, field.width_m, field.rotation_rad, growth_m)
        x_m, y_m = field.point_m(beam.dwelling_at)
        sigma_m = _VOLUME_OVER_RANGE * beam_range_m(MATERIALS[Phase.ARGYRODITE], beam.settings.voltage_V)
        return self._spot_shares(x_m + drift_x, y_m + drift_y, max(sigma_m, 5e-9), growth_m)

    def _uncached_spot_shares(self, x_m: float, y_m: float, sigma_m: float, growth_m: float) -> tuple[float, ...]:
        raster = Raster.around(x_m, y_m, 2 * sigma_m, _SPOT_POINTS)
        across = np.exp(-0.5 * np.linspace(-2, 2, _SPOT_POINTS) ** 2)
        weights = np.outer(across, across) / across.sum() ** 2
        shares = self._scene.phase_shares(raster, growth_m)
        return tuple(float(share) for share in np.tensordot(shares, weights, axes=2))

    def _uncached_field_shares(
        self, x_m: float, y_m: float, width_m: float, rotation_rad: float, growth_m: float
    ) -> tuple[float, ...]:
        """Mean over the points of an upright raster that lie inside the turned field."""
        columns, rows = _FIELD_POINTS
        height_m = width_m * rows / columns
        half_m, points = 0.5 * float(np.hypot(width_m, height_m)), 2 * columns
        raster = Raster.around(x_m, y_m, half_m, points)
        right, up = np.meshgrid(raster.x_m - x_m, raster.y_m - y_m)
        along = right * np.cos(rotation_rad) + up * np.sin(rotation_rad)
        across = up * np.cos(rotation_rad) - right * np.sin(rotation_rad)
        inside = (np.abs(along) <= width_m / 2) & (np.abs(across) <= height_m / 2)
        shares = self._scene.phase_shares(raster, growth_m)[:, inside].mean(axis=1)
        return tuple(float(share) for share in shares)

    def _uncached_rates(
        self, shares: tuple[float, ...], voltage_V: float, current_A: float, channels: Channels, peaking_time_s: float
    ) -> tuple[NDArray[np.float64], float]:
        solid = sum(shares[phase] for phase in MATERIALS)
        if solid < 1e-6:
            return np.zeros(channels.count), 0.0
        photons = emission(mixed_mass_fractions(shares), voltage_V)
        return channel_rates(photons, solid * current_A / ELEMENTARY_CHARGE_C, channels, peaking_time_s)


def _rounded(length_m: float) -> float:
    return round(length_m / _STEP_M) * _STEP_M
