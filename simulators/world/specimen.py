"""The specimen under the beam: pictures, absorbed current, focus and X-rays of one cross-section."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam, Exposure
from operando.simulators.world.beam_history import BeamHistory
from operando.simulators.world.cell_view import CellHistory, CellView
from operando.simulators.world.dose import DoseLedger
from operando.simulators.world.optics_drift import Drift
from operando.simulators.world.optics_field import ScanField
from operando.simulators.world.optics_focus import FocusPlane
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_texture import mixed_seed
from operando.simulators.world.signal_picture import Camera
from operando.simulators.world.signal_yields import absorbed_fraction
from operando.simulators.world.xray_source import XraySource

__all__ = ["Specimen"]


class Specimen:
    """What the beam sees.

    Args:
        preset: "fine" or "coarse": the batch of argyrodite (`scene_layout.BATCHES`).
        seed: two specimens of one preset and seed are the same in every grain and every electron.
        cell: the states of the cell whose section this is.

    Raises:
        ValueError: no such preset.
    """

    def __init__(self, preset: str, seed: int, cell: CellHistory) -> None:
        self._cell = cell
        self._scene = Scene.of(preset, mixed_seed(seed, 1))
        self._drift = Drift(mixed_seed(seed, 2))
        self._focus = FocusPlane.of(mixed_seed(seed, 3))
        self._camera = Camera(self._scene, cell, self._drift, self._focus, mixed_seed(seed, 4))
        self._xrays = XraySource(self._scene, cell, self._drift, mixed_seed(seed, 5))
        self._history = BeamHistory()
        self._accounted_until_s: float | None = None
        self.dose = DoseLedger()

    def let_creep(self, velocity_m_per_s: tuple[float, float], now: float) -> None:
        """From now on the holder creeps: the field moves over the specimen along x and y."""
        self._drift.creep = (now, *velocity_m_per_s)

    def expose(self, exposure: Exposure, lines: range) -> Sequence[NDArray[np.float32]]:
        """The signal of some lines of a scan for each detector; see `World.expose`.

        Raises:
            ValueError: a detector that is neither "SE" nor "BSE".
        """
        return self._camera.expose(exposure, lines)

    def absorbed_current_A(self, beam: Beam, cell: CellView) -> float:
        """I * (1 - eta - delta) where the beam stands, or over its field; negative if more leaves than comes."""
        if not beam.on_specimen or beam.settings.voltage_V <= 0:
            return 0.0
        shares = self._xrays.shares(beam, cell.lithium_growth_m, cell.time_s)
        return beam.settings.current_A * absorbed_fraction(shares, beam.settings.voltage_V)

    def best_working_distance_m(self, beam: Beam) -> float:
        """At which the specimen is in focus with the stage and the voltage as they are."""
        return self._focus.best_working_distance_m(beam.stage, beam.settings)

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
        for then, since, until in self._history.stretches(beam, start, end):
            more, seen = self._xrays.counts(then, (since, until), scale, peaking_time_s)
            counts += more
            photons += seen
        return counts, photons

    def beam_changed(self, beam: Beam, now: float) -> None:
        """Book the charge that the beam, as it was until now, has left on the specimen."""
        self._history.book(beam, now)
        since, self._accounted_until_s = self._accounted_until_s, now
        if since is None or now <= since or not beam.on_specimen:
            return
        charge_C = self.absorbed_current_A(beam, self._cell.at(now)) * (now - since)
        field = ScanField.of(beam.stage, beam.settings, (4, 3))
        if beam.dwelling_at is None:
            self.dose.book_field(*field.centre_m, field.width_m, field.width_m * 3 / 4, charge_C)
        else:
            self.dose.book_spot(*field.point_m(beam.dwelling_at), charge_C)
