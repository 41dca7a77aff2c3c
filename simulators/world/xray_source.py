"""What the X-ray detector counts while the beam stands or scans somewhere."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam
from operando.simulators.world.cell_view import CellHistory, CellView
from operando.simulators.world.constants import ELEMENTARY_CHARGE_C
from operando.simulators.world.optics_drift import Drift
from operando.simulators.world.optics_field import ScanField
from operando.simulators.world.scene import Coats, Scene
from operando.simulators.world.scene_materials import MATERIALS, Phase, mixed_mass_fractions
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_texture import mixed_seed
from operando.simulators.world.signal_yields import beam_range_m
from operando.simulators.world.spectrum_emission import emission
from operando.simulators.world.spectrum_response import Channels, channel_rates, dead_time_s
from operando.simulators.world.xray_events import counted_events
from operando.simulators.world.xray_map import XrayMap, drawn_map

__all__ = ["XraySource", "field_under"]

#: lithium's growth and drift are rounded to this before the composition is looked up, so that it is looked up rarely
_STEP_M = 20e-9
#: standard deviation of the X-ray volume over Kanaya and Okayama's range
_VOLUME_OVER_RANGE = 0.25
_SPOT_POINTS, _FIELD_POINTS = 9, (24, 18)
#: side of the square that a spot is, over that deviation
_SPOT_SIGMAS = 4.0

Surface = tuple[float, Coats]
"""How far the lithium has grown, and what has grown on the surfaces."""


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
        shares = self.shares(beam, self._cell.at(start_s))
        rates, whole = self._rates(shares, beam.settings.voltage_V, beam.settings.current_A, channels, peaking_time_s)
        return counted_events(rates, whole, dead_time_s(peaking_time_s), between_s, self._seed)

    def map(
        self,
        beam: Beam,
        time_s: float,
        points: tuple[int, int],
        real_time_s: float,
        channels: Channels,
        peaking_time_s: float,
    ) -> XrayMap:
        """A map over the beam's field, (columns, rows) points, all of them at one moment of cell and drift."""
        cell, (columns, rows) = self._cell.at(time_s), points
        drift_x, drift_y = self._drift.at(np.array([time_s]))[0]
        field, pixel_m = ScanField.of(beam.stage, beam.settings, points), beam.settings.field_width_m / columns
        x_m = field.centre_m[0] + drift_x + (np.arange(columns) - (columns - 1) / 2) * pixel_m
        y_m = field.centre_m[1] + drift_y - (np.arange(rows) - (rows - 1) / 2) * pixel_m
        shares = self._scene.phase_shares(Raster(x_m, y_m, pixel_m), *_surface(cell))
        sigma_m = _VOLUME_OVER_RANGE * beam_range_m(MATERIALS[Phase.ARGYRODITE], beam.settings.voltage_V)
        seed = mixed_seed(self._seed, round(1e3 * time_s))
        settings = (beam.settings.voltage_V, beam.settings.current_A)
        return drawn_map(shares, pixel_m, sigma_m, settings, real_time_s, channels, peaking_time_s, seed)

    def shares(self, beam: Beam, cell: CellView) -> tuple[float, ...]:
        """Area share of each phase (in the order of `Phase`) under the standing or scanning beam."""
        drift_x, drift_y = (_rounded(float(part)) for part in self._drift.at(np.array([cell.time_s]))[0])
        surface = _surface(cell)
        field = ScanField.of(beam.stage, beam.settings, _FIELD_POINTS)
        if beam.dwelling_at is None:
            x_m, y_m = field.centre_m
            return self._field_shares(x_m + drift_x, y_m + drift_y, field.width_m, field.rotation_rad, surface)
        x_m, y_m = field.point_m(beam.dwelling_at)
        return self._spot_shares(x_m + drift_x, y_m + drift_y, _spot_sigma_m(beam), surface)

    def _uncached_spot_shares(self, x_m: float, y_m: float, sigma_m: float, surface: Surface) -> tuple[float, ...]:
        raster = Raster.around(x_m, y_m, _SPOT_SIGMAS / 2 * sigma_m, _SPOT_POINTS)
        across = np.exp(-0.5 * np.linspace(-_SPOT_SIGMAS / 2, _SPOT_SIGMAS / 2, _SPOT_POINTS) ** 2)
        weights = np.outer(across, across) / across.sum() ** 2
        shares = self._scene.phase_shares(raster, *surface)
        return tuple(float(share) for share in np.tensordot(shares, weights, axes=2))

    def _uncached_field_shares(
        self, x_m: float, y_m: float, width_m: float, rotation_rad: float, surface: Surface
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
        shares = self._scene.phase_shares(raster, *surface)[:, inside].mean(axis=1)
        return tuple(float(share) for share in shares)

    def _uncached_rates(
        self, shares: tuple[float, ...], voltage_V: float, current_A: float, channels: Channels, peaking_time_s: float
    ) -> tuple[NDArray[np.float64], float]:
        solid = sum(shares[phase] for phase in MATERIALS)
        if solid < 1e-6:
            return np.zeros(channels.count), 0.0
        photons = emission(mixed_mass_fractions(shares), voltage_V)
        return channel_rates(photons, solid * current_A / ELEMENTARY_CHARGE_C, channels, peaking_time_s)


def field_under(beam: Beam) -> ScanField:
    """The field from which X-rays come: that of the scan, or the square about the spot on which the beam stands."""
    scanned = ScanField.of(beam.stage, beam.settings, _FIELD_POINTS)
    if beam.dwelling_at is None:
        return scanned
    width_m = _SPOT_SIGMAS * _spot_sigma_m(beam)
    return ScanField(scanned.point_m(beam.dwelling_at), width_m, (_SPOT_POINTS, _SPOT_POINTS), scanned.rotation_rad)


def _spot_sigma_m(beam: Beam) -> float:
    """Standard deviation of the X-ray volume."""
    return max(_VOLUME_OVER_RANGE * beam_range_m(MATERIALS[Phase.ARGYRODITE], beam.settings.voltage_V), 5e-9)


def _surface(cell: CellView) -> Surface:
    """In steps, so that a composition is looked up rarely."""
    coats = Coats(round(cell.anode_sei_m, 8), round(cell.cathode_sei_m, 9), round(cell.contact_loss, 2))
    return _rounded(cell.lithium_growth_m), coats


def _rounded(length_m: float) -> float:
    return round(length_m / _STEP_M) * _STEP_M
