"""The simulated world, put together: schedule, cell, specimen, box, chamber and beam."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.beam import Beam, Exposure
from operando.simulators.world.box import SimulatedBox
from operando.simulators.world.box_journey import BoxJourney
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.chamber import SimulatedChamber
from operando.simulators.world.presets import cell_preset
from operando.simulators.world.schedule import Schedule
from operando.simulators.world.truth import WorldTruth

if TYPE_CHECKING:
    from operando.simulators.world.specimen import Specimen

__all__ = ["SimulatedWorld"]


class SimulatedWorld:
    """Everything that simulated instruments share. Implements `World`.

    Questions about a time let the world reach it first, so that what was to happen before it has happened.

    Args:
        settings: which cell, and the seed of all chance.
    """

    def __init__(self, settings: WorldSettings) -> None:
        self.settings = settings
        self.cell = SimulatedCell(cell_preset(settings.preset, settings.cell), settings.seed)
        self.box = SimulatedBox()
        self.chamber = SimulatedChamber(self.box)
        self.journey = BoxJourney(self.box, self.chamber)
        if settings.box == "in the glovebox":
            self.journey.begin_in_glovebox(settings.box_pressure_Pa)
        self.beam: Beam = Beam()
        self.cell.stray = self._stray
        self.truth = WorldTruth(self.cell, self.box, self.chamber, self._in_view)
        self._schedule = Schedule()
        self._noises: dict[str, np.random.Generator] = {}

    @cached_property
    def specimen(self) -> "Specimen":
        """The cut surface under the beam, drawn when it is first looked at: that takes about a second."""
        from operando.simulators.world.specimen import Specimen

        return Specimen(self.settings.preset, self.settings.seed, self.cell, self.settings.beam_effects)

    @cached_property
    def control_cell(self) -> SimulatedCell:
        """A sister of the cell from the same batch, with flaws of its own; no beam reaches it."""
        return SimulatedCell(self.cell.parameters, crc32(f"control cell {self.settings.seed}".encode()))

    def _in_view(self, time_s: float) -> Mapping[str, float]:
        """What is true of the field that was being exposed; nothing before anybody has looked."""
        if "specimen" not in vars(self):
            from operando.simulators.world.field_truth import NOTHING_IN_VIEW

            return NOTHING_IN_VIEW
        return self.specimen.field_truth(time_s, self.beam)

    def _stray(self, time_s: float) -> tuple[float, float]:
        """What the beam adds to the cell's voltage and current; nothing before it has ever been on."""
        return self.specimen.stray(self.beam, time_s) if "specimen" in vars(self) else (0.0, 0.0)

    def call_at(self, when: float, action: Callable[[float], None]) -> None:
        """Have an action done at a world time."""
        self._schedule.call_at(when, action)

    def advance(self, now: float) -> None:
        """Let the world reach a time."""
        self._schedule.advance(now)

    def beam_changed(self, now: float) -> None:
        """Account for what the beam did until now."""
        self.advance(now)
        self.specimen.beam_changed(self.beam, now)

    def expose(self, exposure: Exposure, lines: range) -> Sequence[NDArray[np.float32]]:
        """The signal of some lines of a scan, for each detector."""
        if lines and (end_s := exposure.start_s + lines[-1] * exposure.line_time_s) > self._schedule.now:
            self.advance(end_s)  # what lies in the past is drawn while the world goes on
        return self.specimen.expose(exposure, lines)

    def absorbed_current_A(self, now: float) -> float:
        """The current that the specimen takes from the beam."""
        self.advance(now)
        return self.specimen.absorbed_current_A(self.beam, self.cell.at(now))

    def best_working_distance_m(self, now: float) -> float:
        """The working distance at which the spot under the beam is in focus."""
        self.advance(now)
        return self.specimen.best_working_distance_m(self.beam)

    def xray_counts(
        self, start: float, end: float, channels: int, channel_width_eV: float, offset_eV: float, peaking_time_s: float
    ) -> tuple[NDArray[np.uint32], int]:
        """What the X-ray detector counted between two times, and how many photons its fast channel saw."""
        self.advance(end)
        return self.specimen.xray_counts(self.beam, start, end, channels, channel_width_eV, offset_eV, peaking_time_s)

    def noise(self, name: str) -> np.random.Generator:
        """The generator of a name; asked again, it goes on where it was."""
        if name not in self._noises:
            own = np.random.SeedSequence(self.settings.seed, spawn_key=(crc32(name.encode()),))
            self._noises[name] = np.random.default_rng(own)
        return self._noises[name]
