"""A damage series without a runner: spots of a simulated specimen that get more and more dose between two looks."""

from collections.abc import Sequence

import numpy as np

from operando.protocols.analysis.damage import Look
from operando.simulators.world.beam import Beam, BeamSettings, StagePose
from operando.simulators.world.beam_effects import BeamEffects
from operando.simulators.world.specimen import Specimen
from support.specimens import ScriptedCell, picture, scan

__all__ = ["DamageLadder"]

CURRENT_A = 1e-9
WIDTH_M, HEIGHT_M = 20e-6, 15e-6


class DamageLadder:
    """Spots side by side in the separator.

    Args:
        preset: of the specimen, with its seed.
        damage_C_per_m2: absorbed dose from which on it truly blisters.
    """

    def __init__(self, preset: str, seed: int, damage_C_per_m2: float) -> None:
        self.specimen = Specimen(preset, seed, ScriptedCell(), BeamEffects(damage_C_per_m2=damage_C_per_m2))
        self._now_s = 100.0
        self._frame = 0
        self._random = np.random.default_rng(seed)

    def spot(self, x_m: float, doses_C_per_m2: Sequence[float], y_m: float = -0.65e-3) -> list[Look]:
        """Looks at one spot, each before the beam brings the next dose; the stage returns to it not quite exactly."""
        looks, given = [], 0.0
        for dose in doses_C_per_m2:
            self._expose(x_m, y_m, dose - given)
            given = dose
            at_m = (x_m, y_m) + 0.4e-6 * self._random.standard_normal(2)
            first, second = (self._picture(float(at_m[0]), float(at_m[1])) for _ in range(2))
            looks.append(Look(given, first, second))
        return looks

    def true_dose_C_per_m2(self, x_m: float, y_m: float, incident_C_per_m2: float) -> float:
        """What of the electrons that were sent there has been absorbed."""
        return self.specimen.dose.at(x_m, y_m) / incident_C_per_m2

    def _expose(self, x_m: float, y_m: float, dose_C_per_m2: float) -> None:
        settings = BeamSettings(5e3, CURRENT_A, 0.010, WIDTH_M)
        off = Beam(settings, StagePose(x_m, y_m), on_specimen=False, dwelling_at=None)
        on = Beam(settings, StagePose(x_m, y_m), on_specimen=True, dwelling_at=None)
        self.specimen.beam_changed(off, self._now_s)
        self._now_s += dose_C_per_m2 * WIDTH_M * HEIGHT_M / CURRENT_A
        self.specimen.beam_changed(on, self._now_s)
        self._now_s += 5.0
        self.specimen.beam_changed(off, self._now_s)

    def _picture(self, x_m: float, y_m: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
        self._frame += 1
        exposure = scan(
            y_m,
            x_m=x_m,
            width_m=WIDTH_M,
            pixels=(256, 192),
            detectors=("BSE",),
            current_A=2e-10,
            dwell_s=20e-6,
            start_s=self._now_s,
            frame=self._frame,
            focus_of=self.specimen,
        )
        return np.asarray(np.clip(8_000 * picture(self.specimen, exposure)[0], 0, 65_535), np.uint16)
