"""A world with nothing in it but a beam and a chamber, for tests of one instrument at a time."""

import heapq
from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import Beam, Exposure
from operando.simulators.world.world import Box, CellTerminals

__all__ = ["BareChamber", "BareWorld"]


class BareChamber:
    """A chamber that is ready as long as nobody lets air in."""

    def __init__(self) -> None:
        self.air = False

    def pressure_Pa(self, now: float) -> float:
        return 1.0e5 if self.air else 0.04

    def argon_share(self, now: float) -> float:
        return 0.0

    def pump(self, now: float) -> None:
        self.air = False

    def vent(self, now: float) -> None:
        self.air = True

    def ready(self, now: float) -> bool:
        return not self.air


class BareWorld:
    """Implements `World`: keeps time, counts what it is asked for, and paints ramps instead of a specimen.

    Pixel (row, column) of an SE picture has the signal `(row + column / 1000) / 1000`; BSE has twice that.
    """

    def __init__(self) -> None:
        self.beam = Beam()
        self.chamber = BareChamber()
        self.exposures: list[tuple[Exposure, range]] = []
        self.beam_changes: list[float] = []
        self.present = 0.0
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._asked = 0

    @property
    def cell(self) -> CellTerminals:
        raise NotImplementedError("a bare world has no cell")

    @property
    def box(self) -> Box:
        raise NotImplementedError("a bare world has no box")

    def call_at(self, when: float, action: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (when, self._asked, action))
        self._asked += 1

    def advance(self, now: float) -> None:
        while self._events and self._events[0][0] <= now:
            when, _, action = heapq.heappop(self._events)
            self.present = max(self.present, when)
            action(when)
        self.present = max(self.present, now)

    def beam_changed(self, now: float) -> None:
        self.beam_changes.append(now)

    def expose(self, exposure: Exposure, lines: range) -> Sequence[NDArray[np.float32]]:
        last_begins = exposure.start_s + lines[-1] * exposure.line_time_s
        assert last_begins <= self.present + 1e-6, "a line was asked for that lies in the future"
        self.exposures.append((exposure, lines))
        rows = np.asarray(lines, np.float32)[:, None]
        columns = np.arange(exposure.pixels[0], dtype=np.float32)
        ramp = np.asarray((rows + columns / 1000.0) / 1000.0, np.float32)
        return [ramp if detector == "SE" else ramp + ramp for detector in exposure.detectors]

    def absorbed_current_A(self, now: float) -> float:
        return 80e-12

    def best_working_distance_m(self, now: float) -> float:
        return 10.5e-3

    def xray_counts(
        self, start: float, end: float, channels: int, channel_width_eV: float, offset_eV: float, peaking_time_s: float
    ) -> tuple[NDArray[np.uint32], int]:
        return np.zeros(channels, np.uint32), 0

    def noise(self, name: str) -> np.random.Generator:
        return np.random.default_rng(crc32(name.encode()))
