"""A cell that does what a test says, and scans of its cross-section."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam, BeamSettings, Exposure, StagePose
from operando.simulators.world.cell_view import CellView
from operando.simulators.world.specimen import Specimen

__all__ = ["ANODE_Y_M", "CATHODE_Y_M", "SEPARATOR_Y_M", "ScriptedCell", "picture", "scan", "standing_beam"]

ANODE_Y_M, SEPARATOR_Y_M, CATHODE_Y_M = -0.350e-3, -0.650e-3, -0.980e-3


class ScriptedCell:
    """A cell whose lithium follows functions of time; it refuses to be asked for the future."""

    def __init__(
        self,
        growth_m: Callable[[float], float] = lambda time_s: 0.0,
        contact_loss: float = 0.0,
        now_s: float = float("inf"),
    ) -> None:
        self._growth_m = growth_m
        self._contact_loss = contact_loss
        self._now_s = now_s

    def at(self, time_s: float) -> CellView:
        """The state at a time."""
        assert 0.0 <= time_s <= self._now_s
        growth_m = self._growth_m(time_s)
        return CellView(time_s, 3.8, 0.0, 0.0, growth_m, contact_loss=self._contact_loss)


def scan(
    y_m: float = SEPARATOR_Y_M,
    *,
    x_m: float = 1.2e-3,
    width_m: float = 60e-6,
    pixels: tuple[int, int] = (192, 144),
    detectors: tuple[str, ...] = ("SE", "BSE"),
    voltage_V: float = 5e3,
    current_A: float = 1e-10,
    dwell_s: float = 100e-6,
    start_s: float = 100.0,
    frame: int = 1,
    focus_of: Specimen | None = None,
    defocus_m: float = 0.0,
    rotation_rad: float = 0.0,
) -> Exposure:
    """A scan at a place, in focus if the specimen is given."""
    stage = StagePose(x_m, y_m)
    beam = BeamSettings(voltage_V, current_A, 0.010, width_m, scan_rotation_rad=rotation_rad)
    if focus_of is not None:
        best_m = focus_of.best_working_distance_m(Beam(beam, stage))
        beam = BeamSettings(voltage_V, current_A, best_m + defocus_m, width_m, scan_rotation_rad=rotation_rad)
    return Exposure(stage, beam, detectors, pixels, dwell_s, start_s, dwell_s * pixels[0], frame)


def picture(specimen: Specimen, exposure: Exposure) -> list[NDArray[np.float32]]:
    """All lines of a scan."""
    return list(specimen.expose(exposure, range(exposure.pixels[1])))


def standing_beam(
    y_m: float, *, x_m: float = 1.2e-3, voltage_V: float = 10e3, current_A: float = 1e-9, scanning: bool = False
) -> Beam:
    """A beam that stands in the middle of a field of 20 um, or scans it."""
    settings = BeamSettings(voltage_V, current_A, 0.010, 20e-6)
    return Beam(settings, StagePose(x_m, y_m), on_specimen=True, dwelling_at=None if scanning else (0.5, 0.5))
