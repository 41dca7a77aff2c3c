"""Moves the stage, waits until it rests, and makes sure that it has arrived."""

import math

from operando.drivers.clock import Clock
from operando.drivers.errors import DeviceFault
from operando.drivers.roles import Stage, StagePosition
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.waiting import until

__all__ = ["arrive", "move_stage"]

STAGE_PATIENCE_S = 120.0
LOOK_EVERY_S = 0.2


async def move_stage(commands: Commands, clock: Clock, stage: Stage, target: StagePosition) -> StagePosition:
    """Move the stage; returns where it says that it stands now.

    Raises:
        DeviceFault: if it does not come to rest.
    """
    await commands.effect(
        stage, "move stage", lambda: stage.move_to(target), x_m=target.x_m, y_m=target.y_m, z_m=target.z_m
    )
    await until(
        commands,
        clock,
        stage,
        lambda: not stage.moving(),
        what="the stage move",
        at_most_s=STAGE_PATIENCE_S,
        every_s=LOOK_EVERY_S,
    )
    return await commands.ask(stage, stage.position)


async def arrive(commands: Commands, clock: Clock, stage: Stage, target: StagePosition) -> None:
    """Move the stage to where a picture needs it.

    Raises:
        DeviceFault: if it does not come to rest, or rests farther from the target than its tolerance.
    """
    missed_m = _distance_m(await move_stage(commands, clock, stage, target), target)
    if missed_m > stage.capabilities.arrival_tolerance_m:
        raise DeviceFault(
            f"the stage stopped {missed_m * 1e6:.1f} um from its target",
            where=stage.name,
            remedy="Check its limits, its calibration and that nobody else moves it.",
        )


def _distance_m(a: StagePosition, b: StagePosition) -> float:
    """Between two places, whatever their tilt and rotation."""
    return math.dist((a.x_m, a.y_m, a.z_m), (b.x_m, b.y_m, b.z_m))
