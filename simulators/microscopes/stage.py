"""The motorised stage: moves that take time, with the manners of TESCAN's server."""

import math
from collections.abc import Sequence
from typing import cast

import numpy as np

from operando.simulators.microscopes.agenda import Agenda, Appointment
from operando.simulators.microscopes.faults import MicroscopeFaults
from operando.simulators.microscopes.motion import Motion
from operando.simulators.microscopes.settings import AxisValues, TescanSettings
from operando.simulators.world.beam import StagePose

__all__ = ["MoveResult", "Stage"]

POSE_STEP_S = 0.1
"""How often the world learns where a moving stage is."""


class MoveResult:
    """Answers of StgMoveToEx and StgMoveEx (SharkSEM 3.2.20)."""

    OK = 0
    NOT_CALIBRATED = -2
    FAILED = -4
    ALREADY_MOVING = -6


class Stage:
    """Where the stage is and where it goes. Axes x, y, z in mm, rotation and tilt in degrees.

    Each move ends a little beside its target, as the mechanics have it; the stage itself does not know that.
    """

    def __init__(
        self, settings: TescanSettings, faults: MicroscopeFaults, agenda: Agenda, scatter: np.random.Generator
    ) -> None:
        self.calibrated = settings.stage_calibrated
        self._settings = settings
        self._faults = faults
        self._agenda = agenda
        self._scatter = scatter
        self._motion = Motion.at_rest(settings.stage_start)
        self._aside_mm = (0.0, 0.0)
        self._calibrated_at: float | None = None
        self._watchdog_s = 0.0
        self._watchdog: Appointment | None = None

    def busy(self, now: float) -> bool:
        """Whether the stage says that it moves."""
        return self._faults.stage_stuck or self._motion.moving(now) or self._calibrated_at is not None

    def displayed(self, now: float) -> AxisValues:
        """The position that the stage reports; while it moves, an old one."""
        since = now - self._motion.started_s
        if self._motion.moving(now):
            since = math.floor(since / self._settings.stage_refresh_s) * self._settings.stage_refresh_s
        return self._motion.position(self._motion.started_s + since)

    def pose(self, now: float) -> StagePose:
        """Where the stage truly is. The displayed z points down in the chamber, the world's up."""
        x, y, z, rotation, tilt = self._motion.position(now)
        return StagePose(
            x_m=(x + self._aside_mm[0]) * 1e-3,
            y_m=(y + self._aside_mm[1]) * 1e-3,
            z_m=(self._settings.stage_height_datum_mm - z) * 1e-3,
            rotation_rad=math.radians(rotation),
            tilt_rad=math.radians(tilt),
        )

    def move_to(self, target: Sequence[float], now: float) -> int:
        """Start a move; axes that are not given stay. Nothing happens if the stage is busy or not calibrated."""
        if not self.calibrated:
            return MoveResult.NOT_CALIBRATED
        if self.busy(now):
            return MoveResult.ALREADY_MOVING
        here = self._motion.position(now)
        wanted = _axes([*target[:5], *here[len(target) :]])
        reachable = self.limited(wanted)
        if reachable != wanted and self._settings.version_numbers >= (3,):
            return MoveResult.FAILED
        missed = self._faults.stage_misses_mm
        self._faults.stage_misses_mm = 0.0
        self._begin(Motion.to(here, _axes([reachable[0] + missed, *reachable[1:]]), self._settings, now), now)
        self._aside_mm = self._draw_scatter_mm()
        return MoveResult.OK

    def drive(self, speeds: Sequence[float], now: float) -> int:
        """Move at given speeds (mm/s, degrees/s) until stopped or at a limit."""
        if not self.calibrated:
            return MoveResult.NOT_CALIBRATED
        if self.busy(now):
            return MoveResult.ALREADY_MOVING
        rates = _axes([*speeds[:5], *[0.0] * (5 - len(speeds))])
        limits = (self._settings.stage_lowest, self._settings.stage_highest)
        self._begin(Motion.driven(self._motion.position(now), rates, limits, now), now)
        return MoveResult.OK

    def stop(self, now: float) -> None:
        """Stop where the stage is."""
        self._motion = Motion.at_rest(self._motion.position(now), now)
        self._calibrated_at = None
        self._forget_watchdog()

    def calibrate(self, now: float) -> None:
        """Find the end switches; the stage ends where it was."""
        if self.busy(now):
            return
        self._calibrated_at = now + self._settings.stage_calibration_s
        self._agenda.at(self._calibrated_at, self._end_calibration)

    def watch(self, timeout_s: float, now: float) -> None:
        """Stop the stage unless somebody asks for its state again and again (StgWatchdog, 2.0.22)."""
        self._forget_watchdog()
        self._watchdog_s = timeout_s
        self._watchdog = self._agenda.at(now + timeout_s, self.stop)

    def poll(self, now: float) -> bool:
        """StgIsBusy: whether the stage moves; feeds the watchdog."""
        busy = self.busy(now)
        if self._watchdog is not None:
            if busy:
                self.watch(self._watchdog_s, now)
            else:
                self._forget_watchdog()
        return busy

    def limited(self, position: AxisValues) -> AxisValues:
        """The nearest position within the limits."""
        bounds = zip(position, self._settings.stage_lowest, self._settings.stage_highest, strict=True)
        return _axes([min(max(value, lowest), highest) for value, lowest, highest in bounds])

    def _begin(self, motion: Motion, now: float) -> None:
        self._motion = motion
        self._step(now)

    def _step(self, now: float) -> None:
        if self._motion.moving(now):
            self._agenda.at(min(now + POSE_STEP_S, self._motion.ends_s), self._step)

    def _end_calibration(self, now: float) -> None:
        if self._calibrated_at is not None and now >= self._calibrated_at:
            self._calibrated_at = None
            self.calibrated = True

    def _forget_watchdog(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancelled = True
            self._watchdog = None

    def _draw_scatter_mm(self) -> tuple[float, float]:
        least, greatest = self._settings.stage_scatter_um
        distance_mm = float(self._scatter.uniform(least, greatest)) * 1e-3
        direction = float(self._scatter.uniform(0.0, 2.0 * math.pi))
        return distance_mm * math.cos(direction), distance_mm * math.sin(direction)


def _axes(values: Sequence[float]) -> AxisValues:
    return cast(AxisValues, tuple(values))
