"""Notices when somebody changes a setting behind the runner's back, and does what the document says about it.

Each picture brings back what it was taken with; that is compared with what the runner had set. The samples of the cell
are compared with what the step is to do.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import anyio
import numpy as np
from numpy.typing import NDArray

from operando.drivers.bench import Bench
from operando.drivers.roles import (
    BeamConditions,
    DetectorSettings,
    Galvanostatic,
    Image,
    OpenCircuit,
    Potentiostatic,
    StagePosition,
    Technique,
)
from operando.protocols.plan.fields import FieldVisit
from operando.protocols.policies import IfChanged
from operando.protocols.program import Region
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.runner.watch import SafetyTrip

__all__ = [
    "CellSurveillance",
    "Deviation",
    "FrameSurveillance",
    "beam_deviations",
    "cell_deviation",
    "current_vanished",
    "detector_deviations",
    "frame_deviations",
    "stage_deviations",
]

SHARE = 0.02
"""Of a value: what read-back differs by although nobody has touched anything."""
WORKING_DISTANCE_M = 10e-6
SHIFT_M = 1e-6
ANGLE_RAD = math.radians(0.5)
PERCENT = 0.5
REST_A = 1e-6
REST_SHARE = 1e-3
"""Of the largest current that the cell may see: what the offset of a range looks like at rest."""
HELD_V = 0.02
SETTLED_S = 5.0
LOOK_BACK_S = 30.0
VANISHED_SHARE = 1e-3
"""The current of a held cell decays over minutes; what falls to this within `LOOK_BACK_S` is no cell any more."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A setting that is not what the runner has set it to, in SI units or percent."""

    setting: str
    expected: float
    found: float

    def __str__(self) -> str:
        return f"{self.setting} is {self.found:.6g} instead of {self.expected:.6g}"


def frame_deviations(
    image: Image,
    stage: StagePosition | None,
    conditions: BeamConditions | None,
    detector: DetectorSettings | None,
    tolerance_m: float,
) -> Iterator[Deviation]:
    """What a picture was taken with, compared with what was set; what was not set is not compared.

    Args:
        image: with everything read back.
        stage: where it was sent.
        conditions: of the beam, as they were set.
        detector: gain and black level as they were at the first picture.
        tolerance_m: how far from its target the stage may stand and still have arrived.
    """
    if stage is not None:
        yield from stage_deviations(stage, image.stage, tolerance_m)
    if conditions is not None:
        yield from beam_deviations(conditions, image.conditions)
    if detector is not None:
        yield from detector_deviations(image.detector, detector, image.detector_settings)


def stage_deviations(expected: StagePosition, found: StagePosition, tolerance_m: float) -> Iterator[Deviation]:
    """Where the stage stands, compared with where it was sent."""
    for name in ("x_m", "y_m", "z_m"):
        yield from _compared(f"stage {name}", getattr(expected, name), getattr(found, name), tolerance_m)
    for name in ("rotation_rad", "tilt_rad"):
        yield from _compared(f"stage {name}", getattr(expected, name), getattr(found, name), ANGLE_RAD)


def beam_deviations(expected: BeamConditions, found: BeamConditions) -> Iterator[Deviation]:
    """Conditions of the beam, compared with what was set."""
    for name in ("voltage_V", "current_A", "field_width_m"):
        value = getattr(expected, name)
        yield from _compared(f"beam {name}", value, getattr(found, name), SHARE * abs(value))
    distances = expected.working_distance_m, found.working_distance_m
    yield from _compared("beam working_distance_m", *distances, WORKING_DISTANCE_M)
    for axis, wanted_m, shift_m in zip("xy", expected.shift_m, found.shift_m, strict=True):
        yield from _compared(f"beam shift_{axis}_m", wanted_m, shift_m, SHIFT_M)
    rotations = expected.scan_rotation_rad, found.scan_rotation_rad
    yield from _compared("beam scan_rotation_rad", *rotations, ANGLE_RAD)


def detector_deviations(detector: str, expected: DetectorSettings, found: DetectorSettings) -> Iterator[Deviation]:
    """Gain and black level, compared with what they were."""
    yield from _compared(f"{detector} gain_percent", expected.gain_percent, found.gain_percent, PERCENT)
    yield from _compared(f"{detector} black_percent", expected.black_percent, found.black_percent, PERCENT)


def cell_deviation(sample: np.void, technique: Technique, rest_A: float = REST_A) -> Deviation | None:
    """A sample that cannot come from the step that runs; None if it can, or nothing is known about it.

    Args:
        sample: of dtype SAMPLE.
        technique: of the step.
        rest_A: a current up to this is none.
    """
    voltage_V, current_A = float(sample["voltage_V"]), float(sample["current_A"])
    match technique:
        case OpenCircuit():
            found = _compared("cell current_A at rest", 0.0, current_A, rest_A)
        case Galvanostatic():
            asked_A = technique.current_A
            found = _compared("cell current_A", asked_A, current_A, SHARE * abs(asked_A) + rest_A)
        case Potentiostatic():
            found = _compared("cell voltage_V", technique.voltage_V, voltage_V, HELD_V)
        case _:
            return None
    return next(found, None)


def current_vanished(samples: NDArray[np.void], technique: Technique) -> Deviation | None:
    """A current that breaks off while a voltage is held, as when the cell is disconnected; None if it goes on.

    Potentiostats report the voltage that they apply (EmStat4, `meas_loop_ca`): there the current alone tells.

    Args:
        samples: of the last `LOOK_BACK_S` of the step.
        technique: of the step.
    """
    settled = samples[samples["elapsed_s"] > SETTLED_S]
    if not isinstance(technique, Potentiostatic) or not settled.size:
        return None
    before_A = settled["current_A"][np.argmax(np.abs(settled["current_A"]))]
    now_A = settled["current_A"][-1]
    if abs(before_A) <= REST_A or not abs(now_A) < VANISHED_SHARE * abs(before_A):
        return None
    return Deviation("cell current_A", float(before_A), float(now_A))


class FrameSurveillance:
    """Sees each frame.

    Args:
        policy: what to do when something has changed.
        beam: knows what was set, and sets it again.
        steering: pauses the imaging.
    """

    def __init__(
        self, policy: IfChanged, bench: Bench, commands: Commands, record: RunRecord, beam: Beam, steering: Steering
    ) -> None:
        self._policy = policy
        self._bench = bench
        self._commands = commands
        self._record = record
        self._beam = beam
        self._steering = steering
        self._detectors: dict[str, DetectorSettings] = {}

    async def frame(self, region: Region, visit: FieldVisit, images: tuple[Image, ...]) -> None:
        """Compare one frame, by all its detectors; the next frame waits until this returns."""
        changed: dict[str, Deviation] = {}
        tolerance_m = self._bench.stage.capabilities.arrival_tolerance_m
        for image in images:
            known = self._detectors.setdefault(image.detector, image.detector_settings)
            for one in frame_deviations(image, self._beam.stage_set, self._beam.conditions_set, known, tolerance_m):
                changed.setdefault(one.setting, one)
        if not changed:
            return
        what = "; ".join(map(str, changed.values()))
        self._record.event(
            images[0].start_s,
            "surveillance",
            "setting changed",
            f"frame of {region.name} at {images[0].start_s:.3f} s: {what}",
            region=region.name,
            frame_start_s=images[0].start_s,
            settings=list(changed),
            policy=self._policy,
        )
        match self._policy:
            case "stop imaging":
                self._steering.pause_imaging("operando", f"a setting was changed: {what}")
            case "restore":
                await self._restore(region, visit, images)
            case "record":
                for image in images:
                    self._detectors[image.detector] = image.detector_settings

    async def _restore(self, region: Region, visit: FieldVisit, images: tuple[Image, ...]) -> None:
        detectors = self._bench.detectors
        for image in images:
            settings = self._detectors[image.detector]
            if settings != image.detector_settings:
                await self._commands.effect(
                    detectors,
                    "restore detector",
                    partial(detectors.apply, image.detector, settings),
                    detector=image.detector,
                    gain_percent=settings.gain_percent,
                    black_percent=settings.black_percent,
                )
        height, width = images[0].pixels.shape
        self._beam.forget()
        await self._beam.ensure_on()
        await self._beam.visit(visit, region, height / width)
        await self._beam.apply(visit.beam, region, images[0].detector, cycle=0, refocus=False)


class CellSurveillance:
    """Compares the newest samples with the step that runs, says so once for each step, and does what the policy says.

    What one sample shows is recorded; what the next one shows again is acted upon. A current that breaks off is no
    setting, and nothing that could be set again.

    Args:
        policy: what to do when the output is not what was set: `restore` sets it once more, `stop imaging` stops
            the flow that was disturbed, which is the cycling here.
        cell: the samples.
        running: the step that runs now.
        restore: ends a step, by its number, and goes on with what remains of it.
        steering: holds the cycling.
    """

    def __init__(
        self,
        policy: IfChanged,
        cell: CellTimeline,
        running: Callable[[], StepInProgress | None],
        record: RunRecord,
        restore: Callable[[int], None],
        steering: Steering,
    ) -> None:
        self._policy = policy
        self._restore = restore
        self._steering = steering
        self._restored: StepInProgress | None = None
        self._cell = cell
        self._running = running
        self._record = record
        self._told = self._done = 0

    async def follow(self) -> None:
        """Look at the newest sample of each block, until cancelled.

        Raises:
            SafetyTrip: if the output was set once more, and is changed again.
        """
        suspicious = looked_at = 0
        while True:
            await self._cell.reached(math.nextafter(self._cell.latest_s, math.inf), math.inf)
            await anyio.sleep(0)
            running = self._running()
            newest = self._cell.recent(self._cell.latest_s)[-1]
            if running is None or int(newest["step"]) != running.number or running.number == self._done:
                continue
            if running.number != looked_at:
                suspicious, looked_at = 0, running.number
            if float(newest["elapsed_s"]) - running.step.elapsed_before_s <= SETTLED_S:
                continue
            technique = running.step.technique
            recent = self._cell.recent(self._cell.latest_s - LOOK_BACK_S, running.number)
            rest_A = max(REST_A, REST_SHARE * max(map(abs, running.step.guard.current_A)))
            changed = cell_deviation(newest, technique, rest_A)
            found = changed or current_vanished(recent, technique)
            suspicious = suspicious + 1 if found else 0
            if found is not None and running.number != self._told:
                self._told = running.number
                self._tell(running, found, float(newest["time_s"]))
            if changed is not None and suspicious > 1:
                self._done = running.number
                self._act(running, changed)

    def _tell(self, running: StepInProgress, found: Deviation, time_s: float) -> None:
        self._record.event(
            time_s,
            "surveillance",
            "output changed",
            f"step {running.number} ({running.name}): {found}",
            step=running.number,
            policy=self._policy,
        )

    def _act(self, running: StepInProgress, changed: Deviation) -> None:
        what = f"{running.name}: {changed}"
        match self._policy:
            case "stop imaging":
                self._steering.hold_cycling("operando", f"the output was changed: {what}")
            case "restore":
                before, self._restored = self._restored, running
                if before is not None and (before.name, before.cycle) == (running.name, running.cycle):
                    raise SafetyTrip(
                        f"the output was set once more and is changed again: {what}",
                        remedy="Find out who else commands the potentiostat, and look at its leads.",
                    )
                self._restore(running.number)
            case "record":
                pass


def _compared(setting: str, expected: float, found: float, tolerance: float) -> Iterator[Deviation]:
    if not abs(found - expected) <= tolerance:
        yield Deviation(setting, expected, found)
