"""The world as instruments at the control cell see it: the same in all but the cell, which no beam reaches."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam, Exposure
from operando.simulators.world.world import Box, CellTerminals, Chamber

if TYPE_CHECKING:
    from operando.simulators.world.simulated_world import SimulatedWorld

__all__ = ["BesideTheBeam"]


class BesideTheBeam:
    """Implements `World` for a potentiostat whose wires lead to the control cell.

    Args:
        world: in which it stands; its noises stay as they are, whoever else draws some here.
    """

    def __init__(self, world: "SimulatedWorld") -> None:
        self._world = world

    @property
    def beam(self) -> Beam:
        return self._world.beam

    @beam.setter
    def beam(self, beam: Beam) -> None:
        self._world.beam = beam

    @property
    def cell(self) -> CellTerminals:
        return self._world.control_cell

    @property
    def box(self) -> Box:
        return self._world.box

    @property
    def chamber(self) -> Chamber:
        return self._world.chamber

    def call_at(self, when: float, action: Callable[[float], None]) -> None:
        self._world.call_at(when, action)

    def advance(self, now: float) -> None:
        self._world.advance(now)

    def beam_changed(self, now: float) -> None:
        self._world.beam_changed(now)

    def expose(self, exposure: Exposure, lines: range) -> Sequence[NDArray[np.float32]]:
        return self._world.expose(exposure, lines)

    def absorbed_current_A(self, now: float) -> float:
        return self._world.absorbed_current_A(now)

    def best_working_distance_m(self, now: float) -> float:
        return self._world.best_working_distance_m(now)

    def xray_counts(
        self, start: float, end: float, channels: int, channel_width_eV: float, offset_eV: float, peaking_time_s: float
    ) -> tuple[NDArray[np.uint32], int]:
        return self._world.xray_counts(start, end, channels, channel_width_eV, offset_eV, peaking_time_s)

    def noise(self, name: str) -> np.random.Generator:
        """A generator of its own for each name, apart from those of the instruments at the first cell."""
        return self._world.noise(f"{name} at the control cell")
