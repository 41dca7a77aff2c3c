"""Brings beam and stage to where a capture wants them, and remembers what belongs to each beam energy."""

import math
from dataclasses import replace

from operando.drivers.bench import Bench
from operando.drivers.errors import DeviceFault
from operando.drivers.roles import AutofocusRange, BeamConditions, Blanking, HighVoltage, StagePosition
from operando.protocols.program import BeamChoice, Region
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount
from operando.protocols.runner.waiting import until

__all__ = ["Beam"]

STAGE_PATIENCE_S = 120.0
COLUMN_PATIENCE_S = 150.0
AUTOFOCUS_PATIENCE_S = 90.0
FOCUS_RANGE_M = 150e-6
TILE_OVERLAP = 0.1
HEIGHT_PER_WIDTH = 0.75
"""Of the field that the microscope itself scans while it focuses."""


class Beam:
    """Column and stage, as captures use them."""

    def __init__(self, bench: Bench, commands: Commands, dose: DoseAccount) -> None:
        self._bench = bench
        self.dose = dose
        self._commands = commands
        self._clock = bench.clock
        self._remembered: dict[float, BeamConditions] = {}
        self._focused: set[float] = set()
        self._applied: BeamConditions | None = None
        self._stage: StagePosition | None = None
        self._found: StagePosition | None = None

    async def switch_on(self) -> None:
        """High voltage on, and the beam kept from the specimen outside scans by the microscope itself."""
        column = self._bench.column
        await self._commands.effect(
            column, "blank outside scans", lambda: column.blank(Blanking.OUTSIDE_SCANS), sync=True
        )
        if await self._commands.ask(column, column.high_voltage) is HighVoltage.ON:
            return
        await self._commands.effect(column, "high voltage on", lambda: column.switch_high_voltage(True), sync=True)
        await until(
            self._commands,
            self._clock,
            column,
            lambda: column.high_voltage() is HighVoltage.ON,
            what="high voltage on",
            at_most_s=COLUMN_PATIENCE_S,
        )

    async def go_to(self, region: Region, tile: tuple[int, int], height_per_width: float) -> None:
        """Move the stage to a tile of a region and make sure that it has arrived."""
        stage = self._bench.stage
        if self._found is None:
            self._found = await self._commands.ask(stage, stage.position)
        target = tile_position(region, self._found, tile, height_per_width)
        if self._stage == target:
            return
        self._stage = None
        await self._commands.effect(
            stage, "move stage", lambda: stage.move_to(target), x_m=target.x_m, y_m=target.y_m, z_m=target.z_m
        )
        await until(
            self._commands,
            self._clock,
            stage,
            lambda: not stage.moving(),
            what="the stage move",
            at_most_s=STAGE_PATIENCE_S,
            every_s=0.2,
        )
        position = await self._commands.ask(stage, stage.position)
        distance = math.dist((position.x_m, position.y_m, position.z_m), (target.x_m, target.y_m, target.z_m))
        if distance > stage.capabilities.arrival_tolerance_m:
            raise DeviceFault(
                f"the stage stopped {distance * 1e6:.1f} um from its target",
                where=stage.name,
                remedy="Check its limits, its calibration and that nobody else moves it.",
            )
        self._stage = target

    async def apply(self, choice: BeamChoice, region: Region, detector: str, *, cycle: int, refocus: bool) -> None:
        """Set the beam of a capture; focus when this energy is used for the first time, or when it is asked for."""
        column = self._bench.column
        known = self._remembered.get(choice.voltage_V)
        if known is None:
            known = await self._commands.ask(column, column.conditions)
        wanted = replace(known, voltage_V=choice.voltage_V, current_A=choice.current_A, field_width_m=region.width_m)
        if choice.working_distance_m is not None:
            wanted = replace(wanted, working_distance_m=choice.working_distance_m)
        if wanted != self._applied:
            await self._set(wanted)
        if refocus or (choice.voltage_V not in self._focused and choice.working_distance_m is None):
            wanted = await self._focus(wanted, detector, region, cycle)
        self._remembered[choice.voltage_V] = self._applied = wanted

    def forget(self) -> None:
        """After something went wrong: nothing is known of stage and column any more."""
        self._applied = None
        self._stage = None

    async def _set(self, wanted: BeamConditions) -> None:
        column = self._bench.column
        self._applied = None
        await self._commands.effect(
            column,
            "apply beam conditions",
            lambda: column.apply(wanted),
            voltage_V=wanted.voltage_V,
            current_A=wanted.current_A,
            working_distance_m=wanted.working_distance_m,
            field_width_m=wanted.field_width_m,
        )
        await until(
            self._commands,
            self._clock,
            column,
            lambda: not column.busy(),
            what="the change of beam conditions",
            at_most_s=COLUMN_PATIENCE_S,
        )

    async def _focus(self, wanted: BeamConditions, detector: str, region: Region, cycle: int) -> BeamConditions:
        column = self._bench.column
        started_s = self._clock.now()
        near = AutofocusRange(wanted.working_distance_m - FOCUS_RANGE_M, wanted.working_distance_m + FOCUS_RANGE_M)
        await self._commands.effect(
            column,
            "autofocus",
            lambda: column.autofocus(detector, near),
            nearest_m=near.nearest_m,
            farthest_m=near.farthest_m,
        )
        await until(
            self._commands,
            self._clock,
            column,
            lambda: not column.busy(),
            what="autofocus",
            at_most_s=AUTOFOCUS_PATIENCE_S,
            every_s=1.0,
        )
        self._focused.add(wanted.voltage_V)
        scanned_s = self._clock.now() - started_s
        self.dose.add_scan(region, wanted.current_A, scanned_s, HEIGHT_PER_WIDTH, cycle)
        found = await self._commands.ask(column, column.conditions)
        return replace(wanted, working_distance_m=found.working_distance_m)


def tile_position(
    region: Region, found: StagePosition, tile: tuple[int, int], height_per_width: float
) -> StagePosition:
    """Stage position of a tile; tiles are laid out around the region's middle, with a little overlap.

    Args:
        region: with `tiles` (columns, rows).
        found: where the operator left the stage, for the axes that the protocol leaves out.
        tile: (column, row), from the top left.
        height_per_width: of one picture.
    """
    middle = region.target(found)
    columns, rows = region.tiles
    step_x = region.width_m * (1.0 - TILE_OVERLAP)
    step_y = step_x * height_per_width
    column, row = tile
    return replace(
        middle,
        x_m=middle.x_m + (column - (columns - 1) / 2) * step_x,
        y_m=middle.y_m - (row - (rows - 1) / 2) * step_y,
    )
