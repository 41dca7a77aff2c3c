"""From a scan as asked for to its lines, detector by detector."""

from dataclasses import dataclass, field
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Exposure
from operando.simulators.world.cell_view import CellHistory
from operando.simulators.world.constants import ELEMENTARY_CHARGE_C
from operando.simulators.world.optics_blur import probe_spread
from operando.simulators.world.optics_drift import Drift, line_jitter_px
from operando.simulators.world.optics_field import Canvas, ScanField
from operando.simulators.world.optics_focus import FocusPlane
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_cache import ByteCache
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_relief import shaded
from operando.simulators.world.scene_texture import hashed_normal, mixed_seed
from operando.simulators.world.signal_lines import LinePlaces, exposed_lines
from operando.simulators.world.signal_noise import counted
from operando.simulators.world.signal_plates import Plates, SharpPlates
from operando.simulators.world.signal_yields import backscatter_yield, beam_range_m, secondary_yield_factor

__all__ = ["Camera"]

#: electrons collected of those that leave, and variance over Poisson's: secondaries multiply in the scintillator
_COLLECTED = {"SE": 0.40, "BSE": 0.35}
_EXCESS = {"SE": 1.6, "BSE": 1.1}
#: standard deviation of the skirt of electrons over Kanaya and Okayama's range
_VOLUME_OVER_RANGE = 0.2
#: the cell is asked for its state at least this often during a scan
_CELL_EVERY_S = 0.05
#: focus is blurred anew when it has changed by this much
_FOCUS_STEP_M = 0.5e-6


@dataclass(eq=False)
class Camera:
    """Exposes the scene. Keeps the plates of recent fields, at most about 200 MB."""

    scene: Scene
    cell: CellHistory
    drift: Drift
    focus: FocusPlane
    seed: int
    _sharp: ByteCache[SharpPlates] = field(default_factory=lambda: ByteCache(80_000_000))
    _plates: ByteCache[Plates] = field(default_factory=lambda: ByteCache(120_000_000))

    def expose(self, exposure: Exposure, lines: range) -> list[NDArray[np.float32]]:
        """See `World.expose`."""
        if not self._beam_is_on(exposure):
            return [np.zeros((len(lines), exposure.pixels[0]), np.float32) for _ in exposure.detectors]
        numbers = np.arange(lines.start, lines.stop)
        times_s = exposure.start_s + numbers.astype(np.float64) * exposure.line_time_s
        scan = ScanField.of(exposure.stage, exposure.beam, exposure.pixels)
        at_start = self.drift.at(np.array([exposure.start_s]))[0]
        canvas = scan.canvas((float(at_start[0]), float(at_start[1])))
        column, row = scan.first_pixel(self.drift.at(times_s))
        column = column - canvas.column + line_jitter_px(self.seed, exposure.frame, numbers, times_s)
        row = row - canvas.row + numbers
        places = LinePlaces(row, column, *self._lithium_at(exposure, numbers))
        return [self._detected(exposure, detector, canvas, lines, places) for detector in exposure.detectors]

    def electrons(self, exposure: Exposure, detector: str) -> float:
        """Electrons that a pixel of bulk argyrodite yields at a detector."""
        arriving = exposure.beam.current_A * exposure.dwell_s / ELEMENTARY_CHARGE_C
        argyrodite = MATERIALS[Phase.ARGYRODITE]
        if detector == "BSE":
            leaving = backscatter_yield(argyrodite.mass_fractions)
        else:
            leaving = argyrodite.secondary_yield * secondary_yield_factor(exposure.beam.voltage_V)
        return arriving * leaving * _COLLECTED[detector]

    def _detected(
        self, exposure: Exposure, detector: str, canvas: Canvas, lines: range, places: LinePlaces
    ) -> NDArray[np.float32]:
        plates = self._plates_of(exposure, detector, canvas)
        signal = exposed_lines(plates, places, exposure.pixels[0], rim=detector == "SE")
        seed = mixed_seed(self.seed, exposure.frame, crc32(detector.encode()))
        numbers = np.arange(lines.start, lines.stop)
        # the beam's current flickers a little from line to line
        signal *= (
            1 + np.float32(0.004) * hashed_normal(mixed_seed(self.seed, exposure.frame, 1), numbers, numbers)[:, None]
        )
        return counted(signal, self.electrons(exposure, detector), _EXCESS[detector], lines, seed)

    def _plates_of(self, exposure: Exposure, detector: str, canvas: Canvas) -> Plates:
        beam = exposure.beam
        sharp = self._sharp.get(canvas, lambda: SharpPlates.of(self.scene, canvas, self._gain))
        best_m = self.focus.best_working_distance_m(exposure.stage, beam)
        defocus_m = round((beam.working_distance_m - best_m) / _FOCUS_STEP_M) * _FOCUS_STEP_M
        key = (canvas, detector, beam.voltage_V, beam.current_A, beam.stigmators, defocus_m)

        def through_beam() -> Plates:
            probe = probe_spread(beam, defocus_m)
            volume_m = _VOLUME_OVER_RANGE * self._range_m(canvas, beam.voltage_V)
            return Plates.of(sharp, detector, probe, volume_m, canvas.pixel_m)

        return self._plates.get(key, through_beam)

    def _range_m(self, canvas: Canvas, voltage_V: float) -> float:
        """Mean range of the beam in the solid part of what is in view."""
        raster = canvas.upright() if canvas.rotation_rad else canvas.raster
        shares = self.scene.phase_shares(raster.coarser(max(raster.x_m.size // 32, 1)), -1.0).mean(axis=(1, 2))
        solid = [(float(shares[phase]), beam_range_m(MATERIALS[phase], voltage_V)) for phase in MATERIALS]
        return sum(share * reach for share, reach in solid) / max(sum(share for share, _ in solid), 1e-9)

    def _lithium_at(
        self, exposure: Exposure, lines: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Growth and lost contact of the lithium at each line, held between the moments at which the cell is asked."""
        step = max(1, int(_CELL_EVERY_S / exposure.line_time_s)) if exposure.line_time_s > 0 else 1
        moments, which = np.unique(lines // step * step, return_inverse=True)
        views = [self.cell.at(max(exposure.start_s + int(line) * exposure.line_time_s, 0.0)) for line in moments]
        growth_m = np.array([view.lithium_growth_m for view in views])
        return growth_m[which], np.array([view.contact_loss for view in views])[which]

    @cached_property
    def _gain(self) -> dict[str, float]:
        """Brings the mean of bulk argyrodite to 1."""
        raster = self.scene.electrolyte.reference
        backscattered, secondary = shaded(self.scene.electrolyte.relief(raster), raster.spacing_m)
        return {"BSE": 1 / float(backscattered.mean()), "SE": 1 / float(secondary.mean())}

    @staticmethod
    def _beam_is_on(exposure: Exposure) -> bool:
        return exposure.beam.voltage_V > 0 and exposure.beam.current_A > 0
