"""From a scan as asked for to its lines, detector by detector."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Exposure
from operando.simulators.world.cell_view import CellHistory, CellView, WornCell
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
from operando.simulators.world.signal_charging import charged_lines
from operando.simulators.world.signal_lines import LinePlaces, exposed_lines
from operando.simulators.world.signal_marks import BeamMark
from operando.simulators.world.signal_noise import counted
from operando.simulators.world.signal_plates import Plates, SharpPlates
from operando.simulators.world.signal_wear import Wear, WornCanvas
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
    """Exposes the scene. Keeps the plates of recent fields, a row of a dozen among them: at most about 400 MB."""

    scene: Scene
    cell: CellHistory
    drift: Drift
    focus: FocusPlane
    seed: int
    _sharp: ByteCache[SharpPlates] = field(default_factory=lambda: ByteCache(300_000_000))
    _plates: ByteCache[Plates] = field(default_factory=lambda: ByteCache(120_000_000))
    _ranges_m: dict[tuple[Canvas, float], float] = field(default_factory=dict)

    def expose(
        self, exposure: Exposure, lines: range, marks: Callable[[Canvas], tuple[BeamMark, ...]] = lambda _: ()
    ) -> list[NDArray[np.float32]]:
        """See `World.expose`; `marks` are those that the beam had left on a canvas when the scan began."""
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
        views, which = self._views(exposure, numbers)
        places = LinePlaces.of(row, column, [views[int(moment)] for moment in which])
        worn = self._wear(canvas, views, which, marks(canvas))
        return [self._detected(exposure, detector, canvas, lines, places, worn) for detector in exposure.detectors]

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
        self,
        exposure: Exposure,
        detector: str,
        canvas: Canvas,
        lines: range,
        places: LinePlaces,
        worn: list[tuple[Wear, NDArray[np.bool_]]],
    ) -> NDArray[np.float32]:
        signal = np.empty((len(lines), exposure.pixels[0]), np.float32)
        for wear, here in worn:
            plates = self._plates_of(exposure, detector, canvas, wear)
            signal[here] = exposed_lines(plates, places.part(here), exposure.pixels[0], detector)
        seed = mixed_seed(self.seed, exposure.frame, crc32(detector.encode()))
        numbers = np.arange(lines.start, lines.stop)
        # the beam's current flickers a little from line to line
        signal *= (
            1 + np.float32(0.004) * hashed_normal(mixed_seed(self.seed, exposure.frame, 1), numbers, numbers)[:, None]
        )
        if detector == "SE":
            charged_lines(signal, exposure.beam, lines, mixed_seed(self.seed, exposure.frame, 2))
        return counted(signal, self.electrons(exposure, detector), _EXCESS[detector], lines, seed)

    def _sharp_of(self, canvas: Canvas) -> SharpPlates:
        return self._sharp.get(canvas, lambda: SharpPlates.of(self.scene, canvas, self._gain))

    def _wear(
        self, canvas: Canvas, views: list[CellView], which: NDArray[np.int64], marks: tuple[BeamMark, ...]
    ) -> list[tuple[Wear, NDArray[np.bool_]]]:
        """What to draw over the canvas, and on which lines: usually one picture of wear for all of them."""
        sharp, found = self._sharp_of(canvas), dict[Hashable, tuple[Wear, list[int]]]()
        last: tuple[WornCell, Wear] | None = None
        for number, cell in enumerate(view.worn for view in views):
            if last is None or not cell.looks_like(last[0]):
                last = (cell, self._worn.wear(canvas, sharp, cell, marks))
            found.setdefault(last[1].key, (last[1], []))[1].append(number)
        return [(wear, np.isin(which, numbers)) for wear, numbers in found.values()]

    def _plates_of(self, exposure: Exposure, detector: str, canvas: Canvas, wear: Wear) -> Plates:
        beam = exposure.beam
        sharp = self._sharp_of(canvas)
        best_m = self.focus.best_working_distance_m(exposure.stage, beam)
        defocus_m = round((beam.working_distance_m - best_m) / _FOCUS_STEP_M) * _FOCUS_STEP_M
        key = (canvas, detector, beam.voltage_V, beam.current_A, beam.stigmators, defocus_m)

        probe = probe_spread(beam, defocus_m)
        volume_m = _VOLUME_OVER_RANGE * self._range_m(canvas, beam.voltage_V)
        base = self._plates.get(key, lambda: Plates.of(sharp, detector, probe, volume_m, canvas.pixel_m))
        return self._worn.plates(base, sharp, wear, (key, canvas, probe, volume_m), detector)

    def _range_m(self, canvas: Canvas, voltage_V: float) -> float:
        """Mean range of the beam in the solid part of what is in view."""
        if (canvas, voltage_V) not in self._ranges_m:
            raster = canvas.upright() if canvas.rotation_rad else canvas.raster
            shares = self.scene.phase_shares(raster.coarser(max(raster.x_m.size // 32, 1)), -1.0).mean(axis=(1, 2))
            solid = [(float(shares[phase]), beam_range_m(MATERIALS[phase], voltage_V)) for phase in MATERIALS]
            mean = sum(share * reach for share, reach in solid) / max(sum(share for share, _ in solid), 1e-9)
            self._ranges_m[canvas, voltage_V] = mean
        return self._ranges_m[canvas, voltage_V]

    def _views(self, exposure: Exposure, lines: NDArray[np.int64]) -> tuple[list[CellView], NDArray[np.int64]]:
        """The states of the cell at the moments at which it is asked, and which of them each line is exposed in."""
        step = max(1, int(_CELL_EVERY_S / exposure.line_time_s)) if exposure.line_time_s > 0 else 1
        moments, which = np.unique(lines // step * step, return_inverse=True)
        views = [self.cell.at(max(exposure.start_s + int(line) * exposure.line_time_s, 0.0)) for line in moments]
        return views, which

    @cached_property
    def _worn(self) -> WornCanvas:
        return WornCanvas(self.scene)

    @cached_property
    def _gain(self) -> dict[str, float]:
        """Brings the mean of bulk argyrodite to 1."""
        raster = self.scene.electrolyte.reference
        backscattered, secondary = shaded(self.scene.electrolyte.relief(raster), raster.spacing_m)
        return {"BSE": 1 / float(backscattered.mean()), "SE": 1 / float(secondary.mean())}

    @staticmethod
    def _beam_is_on(exposure: Exposure) -> bool:
        return exposure.beam.voltage_V > 0 and exposure.beam.current_A > 0
