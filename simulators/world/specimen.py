"""The specimen under the beam: pictures, absorbed current, focus and X-rays of one cross-section."""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam, Exposure
from operando.simulators.world.beam_effects import BeamCharging, BeamEffects
from operando.simulators.world.beam_history import BeamHistory
from operando.simulators.world.cell_view import CellHistory, CellView
from operando.simulators.world.dose import DoseLedger
from operando.simulators.world.field_truth import NOTHING_IN_VIEW, field_truth, named_shares
from operando.simulators.world.mounting import Mounting
from operando.simulators.world.optics_drift import Drift
from operando.simulators.world.optics_field import Canvas, ScanField
from operando.simulators.world.optics_focus import FocusPlane
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_texture import mixed_seed
from operando.simulators.world.signal_marks import BeamMark, beam_marks
from operando.simulators.world.signal_picture import Camera
from operando.simulators.world.signal_yields import absorbed_fraction
from operando.simulators.world.spectrum_response import Channels
from operando.simulators.world.xray_map import XrayMap
from operando.simulators.world.xray_source import XraySource, field_under

__all__ = ["Specimen"]

#: a picture's start and end are known to its reader only so well
_NEARLY_S = 0.1
#: a spectrum may begin while the blanker still opens
_UNBLANKING_S = 2.0
#: stands for the number of a frame, which no map has
_A_MAP = -1


class Specimen:
    """What the beam sees.

    Args:
        preset: "fine" or "coarse": the batch of argyrodite (the `grains` of its data file).
        seed: two specimens of one preset and seed are the same in every grain and every electron.
        cell: the states of the cell whose section this is.
        effects: how strongly the beam acts on it.

    Raises:
        ValueError: no such preset.
    """

    def __init__(self, preset: str, seed: int, cell: CellHistory, effects: BeamEffects = BeamEffects()) -> None:  # noqa: B008
        self._effects = effects
        self._cell = cell
        self.scene = Scene.of(preset, mixed_seed(seed, 1))
        self.drift = Drift(mixed_seed(seed, 2))
        self._focus = FocusPlane.of(mixed_seed(seed, 3))
        self._camera = Camera(self.scene, cell, self.drift, self._focus, mixed_seed(seed, 4))
        self._xrays = XraySource(self.scene, cell, self.drift, mixed_seed(seed, 5))
        self._history = BeamHistory()
        self._accounted_until_s: float | None = None
        self._mounting = Mounting()
        self._asked: tuple[object, ...] | None = None
        self._exposures: list[Exposure] = []
        self._field_truth = lru_cache(16)(self._uncached_field_truth)
        self.dose = DoseLedger()
        self.charging = BeamCharging(effects)

    def let_creep(self, velocity_m_per_s: tuple[float, float], now: float) -> None:
        """From now on the holder creeps: the field moves over the specimen along x and y."""
        self.drift.creep = (now, *velocity_m_per_s)

    def put_back(self, rotation_rad: float, shift_m: tuple[float, float]) -> None:
        """The specimen was taken out and put back: turned about the stage's origin, then shifted, against the first."""
        self._mounting = Mounting(rotation_rad, shift_m)

    def mounted(self, beam: Beam) -> Beam:
        """The beam with the stage where it would have to stand had the specimen never been taken out."""
        return replace(beam, stage=self._mounting.pose(beam.stage))

    def expose(self, exposure: Exposure, lines: range) -> Sequence[NDArray[np.float32]]:
        """The signal of some lines of a scan for each detector; see `World.expose`.

        Raises:
            ValueError: a detector that is neither "SE" nor "BSE".
        """
        exposure = replace(exposure, stage=self._mounting.pose(exposure.stage))
        if not self._exposures or self._exposures[-1].frame != exposure.frame:
            self._exposures.append(exposure)
        return self._camera.expose(exposure, lines, lambda canvas: self._marks(canvas, exposure.start_s))

    def _marks(self, canvas: Canvas, time_s: float) -> tuple[BeamMark, ...]:
        return beam_marks(self.dose.within(canvas.bounds_m, time_s), self._effects)

    def field_truth(self, time_s: float, beam: Beam | None = None) -> Mapping[str, float]:
        """What is true of the field that was being exposed at a time; see `field_truth`.

        It is that of a picture, else of a map or of the spot on which the beam stood, else of a picture nearby.

        Args:
            time_s: not in the future.
            beam: its present state, if nobody has told of it yet.
        """
        exposure = self._scanned_at(time_s)
        if exposure is None or not exposure.start_s <= time_s <= exposure.end_s:
            then = self._history.at(time_s, self.mounted(beam or Beam()), _UNBLANKING_S if exposure is None else 0.0)
            if then.on_specimen and then.settings.voltage_V > 0 and (exposure is None or then.dwelling_at is not None):
                return self._spectrum_truth(then, field_under(then), time_s)
        if exposure is None:
            return NOTHING_IN_VIEW
        field = ScanField.of(exposure.stage, exposure.beam, exposure.pixels)
        if exposure.detectors:
            return self._field_truth(field, time_s)
        return self._spectrum_truth(Beam(exposure.beam, exposure.stage, True, None), field, time_s)

    def _spectrum_truth(self, beam: Beam, field: ScanField, time_s: float) -> Mapping[str, float]:
        shares = self._xrays.shares(beam, self._cell.at(time_s))
        return {**self._field_truth(field, time_s), **named_shares(shares)}

    def _scanned_at(self, time_s: float) -> Exposure | None:
        """The exposure during which a time lies, or nearly."""
        number = bisect_right(self._exposures, time_s, key=lambda exposure: exposure.start_s)
        near = self._exposures[max(number - 1, 0) : number + 1]
        late_s = [max(exposure.start_s - time_s, time_s - exposure.end_s, 0.0) for exposure in near]
        nearest = min(range(len(near)), key=late_s.__getitem__, default=None)
        return None if nearest is None or late_s[nearest] > _NEARLY_S else near[nearest]

    def _uncached_field_truth(self, field: ScanField, time_s: float) -> Mapping[str, float]:
        x_m, y_m = self.drift.at(np.array([time_s]))[0]
        return field_truth(self.scene, field, (float(x_m), float(y_m)), self._cell.at(time_s))

    def absorbed_current_A(self, beam: Beam, cell: CellView) -> float:
        """I * (1 - eta - delta) where the beam stands, or over its field; negative if more leaves than comes."""
        return self._absorbed_A(self.mounted(beam), cell)

    def _absorbed_A(self, beam: Beam, cell: CellView) -> float:
        if not beam.on_specimen or beam.settings.voltage_V <= 0:
            return 0.0
        shares = self._xrays.shares(beam, cell)
        return beam.settings.current_A * absorbed_fraction(shares, beam.settings.voltage_V)

    def best_working_distance_m(self, beam: Beam) -> float:
        """At which the specimen is in focus with the stage and the voltage as they are."""
        return self._focus.best_working_distance_m(self._mounting.pose(beam.stage), beam.settings)

    def xray_counts(
        self,
        beam: Beam,
        start: float,
        end: float,
        channels: int,
        channel_width_eV: float,
        offset_eV: float,
        peaking_time_s: float,
    ) -> tuple[NDArray[np.uint32], int]:
        """Counts of the X-ray detector between two times, and photons seen by its fast channel."""
        counts, photons = np.zeros(channels, np.uint32), 0
        scale = (channels, channel_width_eV, offset_eV)
        for then, since, until in self._history.stretches(self.mounted(beam), start, end):
            more, seen = self._xrays.counts(then, (since, until), scale, peaking_time_s)
            counts += more
            photons += seen
        return counts, photons

    def xray_map(
        self,
        beam: Beam,
        time_s: float,
        points: tuple[int, int],
        real_time_s: float,
        channels: Channels,
        peaking_time_s: float,
    ) -> XrayMap:
        """A whole map of (columns, rows) points at one moment, as a mapping system would record it."""
        beam = self.mounted(beam)
        line_time_s = points[0] * real_time_s
        mapped = Exposure(beam.stage, beam.settings, (), points, real_time_s, time_s, line_time_s, frame=_A_MAP)
        insort(self._exposures, mapped, key=lambda exposure: exposure.start_s)
        return self._xrays.map(beam, time_s, points, real_time_s, channels, peaking_time_s)

    def beam_changed(self, beam: Beam, now: float) -> None:
        """Book the charge that the beam, as it was until now, has left on the specimen."""
        beam = self.mounted(beam)
        self._history.book(beam, now)
        since, self._accounted_until_s = self._accounted_until_s, now
        if since is None or now <= since:
            return
        if charge_C := self._absorbing(beam, since) * (now - since):
            self._book_dose(beam, charge_C, since, now)

    def stray(self, beam: Beam, time_s: float) -> tuple[float, float]:
        """Volts and amperes by which a potentiostat reads wrong because of the beam, as it is and was."""
        since = self._accounted_until_s
        if since is not None and time_s >= since:
            # asked at each sample, while the beam hardly ever changes
            asked = (since, self._mounting, beam.settings, beam.stage, beam.on_specimen, beam.dwelling_at)
            if asked != self._asked:
                self._absorbing(self.mounted(beam), since)
                self._asked = asked
        return self.charging.offsets(time_s)

    def _absorbing(self, beam: Beam, since_s: float) -> float:
        """The current that the specimen absorbs from the beam, which has been as it is since a time."""
        absorbed_A = self._absorbed_A(beam, self._cell.at(since_s))
        self.charging.absorbs(absorbed_A, since_s)
        return absorbed_A

    def _book_dose(self, beam: Beam, charge_C: float, since: float, now: float) -> None:
        """Where the drift had brought the beam when it began to stay."""
        drift_x, drift_y = (float(part) for part in self.drift.at(np.array([since]))[0])
        field = ScanField.of(beam.stage, beam.settings, (4, 3))
        if beam.dwelling_at is None:
            (x_m, y_m), width_m = field.centre_m, field.width_m
            self.dose.book_field(x_m + drift_x, y_m + drift_y, width_m, width_m * 3 / 4, charge_C, now)
        else:
            x_m, y_m = field.point_m(beam.dwelling_at)
            self.dose.book_spot(x_m + drift_x, y_m + drift_y, charge_C, now)
