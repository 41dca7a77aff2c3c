"""A stage: it arrives where it says, refuses what it must not reach, and stops."""

import math
from dataclasses import replace
from functools import partial
from typing import Literal

from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import Measurement, between, held
from operando.drivers.conformance.safety import confirmed_safe, unknown_when_cut
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import LimitRefused
from operando.drivers.roles import Stage, StagePosition

__all__ = ["CHECKS", "distance_m", "moved_to", "room_along_m", "room_along_x_m"]

MOVE = Permission.MOVE
AT_ONCE_S = 3.0
MOVE_S = 60.0
STOP_S = 3.0
LARGEST_M = 1.0
"""A stage whose axes are longer than this does not speak in metres."""
TURN_rad = 0.01
"""How far beyond its limit a turn is asked for: what does not refuse it must not go far."""
LONG = 20
"""How many times the travel of the suite a move is that is to be stopped on its way."""


def distance_m(here: StagePosition, there: StagePosition) -> float:
    """How far two positions are apart, without rotation and tilt."""
    return math.dist((here.x_m, here.y_m, here.z_m), (there.x_m, there.y_m, there.z_m))


def room_along_x_m(stage: Stage, wanted_m: float) -> StagePosition:
    """A position beside the present one along x; see `room_along_m`."""
    return room_along_m(stage, "x_m", wanted_m)


def room_along_m(stage: Stage, axis: Literal["x_m", "y_m"], wanted_m: float) -> StagePosition:
    """A position beside the present one along an axis, away from its nearer end.

    Raises:
        NotOffered: if the axis has no motor or no room.
    """
    here, limits = stage.position(), stage.capabilities
    low_m, now_m, high_m = (getattr(place, axis) for place in (limits.lowest, here, limits.highest))
    target_m = now_m + (wanted_m if high_m - now_m >= now_m - low_m else -wanted_m)
    if not low_m <= target_m <= high_m:
        raise NotOffered(f"{wanted_m:g} m of room along {axis[0]}")
    return replace(here, x_m=target_m) if axis == "x_m" else replace(here, y_m=target_m)


def moved_to(trial: Trial, target: StagePosition) -> Proven:
    """Move, wait, and compare."""
    stage = trial.stage
    _, called_s = trial.timed(lambda: stage.move_to(target))
    yield between("move_to took", called_s, "s", highest=AT_ONCE_S, because="it starts the move and returns at once")
    took_s = trial.until(lambda: not stage.moving(), MOVE_S)
    yield between("the move took", took_s, "s", highest=MOVE_S, because="it is short")
    yield _at(stage, target)


def _at(stage: Stage, target: StagePosition) -> Measurement:
    near_m = stage.capabilities.arrival_tolerance_m
    return between(
        "distance from the target",
        distance_m(stage.position(), target),
        "m",
        highest=near_m * math.sqrt(3),
        because="each axis within the arrival tolerance that the stage states",
    )


@check(Role.STAGE, "Positions and limits are in metres and radians, and the position lies within the limits.")
def speaks_metres(trial: Trial) -> Proven:
    stage = trial.stage
    here, limits = stage.position(), stage.capabilities
    for axis in ("x_m", "y_m", "z_m"):
        low_m, now_m, high_m = (getattr(place, axis) for place in (limits.lowest, here, limits.highest))
        because = "no stage of a microscope is longer than a metre"
        yield between(f"length of the axis {axis[0]}", high_m - low_m, "m", 0.0, LARGEST_M, because=because)
        near_m = limits.arrival_tolerance_m
        yield between(
            f"position {axis[0]}", now_m, "m", low_m - near_m, high_m + near_m, because="it is within its limits"
        )
    for axis in ("rotation_rad", "tilt_rad"):
        widest = max(abs(getattr(limits.lowest, axis)), abs(getattr(limits.highest, axis)))
        yield between(f"largest {axis[:-4]}", widest, "rad", 0.0, 4 * math.pi, because="two turns, in radians")
    because = "a stage of a microscope finds a grain again"
    yield between("arrival tolerance", limits.arrival_tolerance_m, "m", 0.0, 1e-3, because=because)


@check(
    Role.STAGE,
    "A target beyond a limit or a keep-out is refused by LimitRefused; nothing is sent.",
    MOVE,
    obedience=True,
)
def refuses_limits(trial: Trial) -> Proven:
    stage = trial.stage
    here, limits = stage.position(), stage.capabilities
    targets = {
        "x above its limit": replace(here, x_m=limits.highest.x_m + 1e-3),
        "x below its limit": replace(here, x_m=limits.lowest.x_m - 1e-3),
        "y above its limit": replace(here, y_m=limits.highest.y_m + 1e-3),
        "y below its limit": replace(here, y_m=limits.lowest.y_m - 1e-3),
        "z above its limit": replace(here, z_m=limits.highest.z_m + 1e-3),
        "z below its limit": replace(here, z_m=limits.lowest.z_m - 1e-3),
        "rotation above its limit": replace(here, rotation_rad=limits.highest.rotation_rad + TURN_rad),
        "rotation below its limit": replace(here, rotation_rad=limits.lowest.rotation_rad - TURN_rad),
        "tilt above its limit": replace(here, tilt_rad=limits.highest.tilt_rad + TURN_rad),
        "tilt below its limit": replace(here, tilt_rad=limits.lowest.tilt_rad - TURN_rad),
        "x that is no number": replace(here, x_m=math.nan),
        "tilt that is no number": replace(here, tilt_rad=math.nan),
    }
    for number, box in enumerate(limits.keep_out, 1):
        x_m, y_m, z_m = (sum(faces) / 2 for faces in (box.x_m, box.y_m, box.z_m))
        targets[f"keep-out {number}"] = replace(here, x_m=x_m, y_m=y_m, z_m=z_m)
    for what, target in targets.items():
        refused, said = trial.refused(partial(stage.move_to, target), LimitRefused)
        if not refused:
            stage.stop()
        yield held(f"{what} is refused", refused, because="limits are checked before anything is sent", found=said)
    still = not stage.moving() and distance_m(stage.position(), here) <= 2 * limits.arrival_tolerance_m
    yield held("the stage stands where it stood", still, because="nothing was sent", found=stage.position())


@check(Role.STAGE, "move_to returns at once, and the stage arrives where it says.", MOVE, obedience=True)
def arrives(trial: Trial) -> Proven:
    before = trial.stage.position()
    target = room_along_x_m(trial.stage, trial.file.conformance.travel)
    yield from moved_to(trial, target)
    travelled_m = distance_m(trial.stage.position(), before)
    wanted_m = trial.file.conformance.travel
    near_m = 2 * trial.stage.capabilities.arrival_tolerance_m
    because = "it went as far as it was told, at both ends within the tolerance"
    yield between("distance travelled", travelled_m, "m", wanted_m - near_m, wanted_m + near_m, because=because)
    yield from moved_to(trial, before)


@check(Role.STAGE, "moving() is not over before the stage has arrived, on a long way too.", MOVE, obedience=True)
def moves_until_it_arrives(trial: Trial) -> Proven:
    before = trial.stage.position()
    target = room_along_x_m(trial.stage, LONG * trial.file.conformance.travel)
    for way, end in (("there", target), ("back", before)):
        yield held(f"it goes {way}", not trial.stage.moving(), because="it stands before it is told to go")
        yield from moved_to(trial, end)


@check(Role.STAGE, "stop ends a move, and the stage then stands.", MOVE, obedience=True)
def stops(trial: Trial) -> Proven:
    stage, before = trial.stage, trial.stage.position()
    stage.move_to(room_along_x_m(stage, LONG * trial.file.conformance.travel))
    _, told_s = trial.timed(stage.stop)
    took_s = trial.until(lambda: not stage.moving(), STOP_S)
    yield between(
        "from the order until it stands", told_s + took_s, "s", highest=STOP_S, because="something may be in its way"
    )
    yield from _stands(trial, stage)
    yield from moved_to(trial, before)


@check(Role.STAGE, "make_safe stops the stage while it moves, and confirms it by read-back.", MOVE, obedience=True)
def becomes_safe(trial: Trial) -> Proven:
    stage, before = trial.stage, trial.stage.position()
    stage.move_to(room_along_x_m(stage, LONG * trial.file.conformance.travel))
    yield from confirmed_safe(trial)
    yield from _stands(trial, stage)
    trial.until(lambda: not stage.moving(), STOP_S)
    yield from moved_to(trial, before)


@check(Role.STAGE, "Connecting changes nothing: a move that is under way arrives.", MOVE, obedience=True)
def connecting_disturbs_nothing(trial: Trial) -> Proven:
    stage, before = trial.stage, trial.stage.position()
    target = room_along_x_m(stage, LONG * trial.file.conformance.travel)
    stage.move_to(target)
    with trial.another_client() as roles:
        seen = roles.stage.position() if roles.stage else None
        yield held("the second client sees the stage", seen is not None, because="reading is allowed", found=seen)
        trial.until(lambda: not stage.moving(), MOVE_S)
    yield _at(stage, target)
    yield from moved_to(trial, before)


def _stands(trial: Trial, stage: Stage) -> Proven:
    trial.wait(1.0)  # positions are refreshed about every half second
    first = stage.position()
    trial.wait(1.0)
    apart_m = distance_m(first, stage.position())
    because = "it stands"
    yield between(
        "movement within a second", apart_m, "m", highest=stage.capabilities.arrival_tolerance_m, because=because
    )


CHECKS = (
    speaks_metres,
    refuses_limits,
    arrives,
    moves_until_it_arrives,
    stops,
    becomes_safe,
    unknown_when_cut(Role.STAGE),
    connecting_disturbs_nothing,
)
