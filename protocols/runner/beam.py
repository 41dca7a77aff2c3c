"""Brings beam and stage to where a capture wants them, and remembers what belongs to each beam energy."""

import math
from collections.abc import Callable
from dataclasses import replace

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import DeviceFault
from operando.drivers.roles import AutofocusRange, BeamConditions, Blanking, HighVoltage, StagePosition
from operando.protocols.focus import Lens
from operando.protocols.plan.capture_cost import FOCUS_S
from operando.protocols.plan.fields import FieldVisit, field_position
from operando.protocols.plan.route import Whereabouts
from operando.protocols.policies import Settling
from operando.protocols.program import BeamChoice, Capture, Region
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount
from operando.protocols.runner.stage_move import arrive
from operando.protocols.runner.waiting import until

__all__ = ["Beam"]

COLUMN_PATIENCE_S = 150.0
AUTOFOCUS_PATIENCE_S = 90.0
FOCUS_RANGE_M = 150e-6
CORNER = (0.0, 0.0)
"""Where the beam points while no one looks: should a blanker fail, the middle of the field is spared."""
HEIGHT_PER_WIDTH = 0.75
"""Of the field that the microscope itself scans while it focuses."""


class Beam:
    """Column and stage, as captures use them.

    Args:
        bench: with a microscope.
        commands: through which it is commanded.
        dose: told about every scan that focuses.
        settling: how long stage and beam are given to come to rest before a scan.
    """

    def __init__(self, bench: Bench, commands: Commands, dose: DoseAccount, settling: Settling | None = None) -> None:
        self._bench = bench
        self.dose = dose
        self._settling = settling or Settling()
        self._commands = commands
        self._clock = bench.clock
        self._remembered: dict[float, BeamConditions] = {}
        self._focused: set[float] = set()
        self._applied: BeamConditions | None = None
        self._stage: StagePosition | None = None
        self._found: StagePosition | None = None
        self._at: Whereabouts = Whereabouts()
        self._moved_s = self._changed_s = -math.inf
        self._shifts_m: dict[str, tuple[float, float]] = {}
        self._asides_m: dict[str, tuple[float, float]] = {}
        self._on = False
        self._at_rest = False
        self.by_rule = False
        """Whether the protocol says when and where to focus: then the microscope is not let loose on a region."""
        self.lens_of: Callable[[str, float], Lens | None] = lambda region, voltage_V: None
        """What focusing has found for a region and a beam energy."""
        self.placed: Callable[[Region, StagePosition], StagePosition] = lambda region, place: place
        """Where a place of a region is now that the sample was put back."""
        self.confirmed: Callable[[Blanking], None] = lambda blanking: None
        """Told what the blanker was read back to be."""

    @property
    def at(self) -> Whereabouts:
        """Where stage and beam are, as far as it is known."""
        return self._at

    @property
    def stage_set(self) -> StagePosition | None:
        """Where the stage was sent last and has arrived; None if that is not known."""
        return self._stage

    @property
    def conditions_set(self) -> BeamConditions | None:
        """What the beam was set to last; None if that is not known."""
        return self._applied

    def focus_dose_C_per_m2(self, capture: Capture, region: Region, *, looked_at: bool) -> float:
        """Dose of the focusing with which a visit would begin; 0 if it would not focus."""
        choice = capture.beam
        if self.by_rule:
            return 0.0
        new = choice.voltage_V not in self._focused and choice.working_distance_m is None
        if not new and (looked_at or not capture.refocus):
            return 0.0
        return FOCUS_S * choice.current_A / (region.width_m**2 * HEIGHT_PER_WIDTH)

    def look_aside(self, region: str, *, by_shift_m: tuple[float, float], by_stage_m: tuple[float, float]) -> None:
        """Look so far beside the place of a region, from the next visit on, because it has drifted there.

        Args:
            region: its name.
            by_shift_m: by image shift, at the specimen, on top of the shift that belongs to the beam energy.
            by_stage_m: by the stage.
        """
        self._shifts_m[region], self._asides_m[region] = by_shift_m, by_stage_m

    def aimed(self, region: Region) -> tuple[float, float]:
        """Stage coordinates of what the middle of a region shows now, with what it has drifted."""
        place = self.placed(region, region.stage)
        shift_x_m, shift_y_m = self._shifts_m.get(region.name, (0.0, 0.0))
        aside_x_m, aside_y_m = self._asides_m.get(region.name, (0.0, 0.0))
        return place.x_m + aside_x_m + shift_x_m, place.y_m + aside_y_m + shift_y_m

    async def found(self) -> StagePosition:
        """Where the operator left the stage, for the axes that the protocol leaves out."""
        if self._found is None:
            self._found = await self._commands.ask(self._bench.stage, self._bench.stage.position)
        return self._found

    async def ensure_on(self) -> None:
        """Switch on unless that was done since the microscope was last lost or made safe."""
        if not self._on:
            await self.switch_on()

    async def switch_on(self) -> None:
        """High voltage on, and the beam kept from the specimen outside scans by the microscope itself."""
        self._on = False
        await self._switch_on()
        self._on = True

    async def visit(self, visit: FieldVisit, region: Region, shape: float) -> None:
        """Bring the stage to a field.

        Args:
            visit: the field.
            region: to which it belongs.
            shape: height of a picture over its width.
        """
        self._at_rest = False
        await self.go_to(region, visit.tile, shape)

    async def settle(self) -> None:
        """Wait until stage and beam have come to rest."""
        await anyio.sleep(self._settling.wait_s(self._clock.now(), self._moved_s, self._changed_s))

    async def rest(self) -> None:
        """Nobody looks: the beam, blanked by the microscope outside scans, points at a corner of the field."""
        scanner = self._bench.scanner
        if self._at_rest or not self._on or not scanner.capabilities.parks_beam:
            return
        await self._commands.effect(scanner, "park beam", lambda: scanner.park(*CORNER), x=CORNER[0], y=CORNER[1])
        self._at_rest = True

    async def _switch_on(self) -> None:
        column = self._bench.column
        blanking = await self._commands.effect(
            column, "blank outside scans", lambda: column.blank(Blanking.OUTSIDE_SCANS), sync=True
        )
        if blanking is not Blanking.OUTSIDE_SCANS and column.capabilities.blanks:
            raise DeviceFault(
                f"the beam was to be blanked outside scans, and the blanker says: {blanking}",
                where=column.name,
                remedy="Look at the blanker in the microscope's own program.",
            )
        self.confirmed(blanking)
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

    async def go_to(self, region: Region, tile: tuple[int, int] | None, height_per_width: float) -> None:
        """Move the stage to a tile of a region (None: to its middle) and make sure that it has arrived."""
        stage = self._bench.stage
        place = self.placed(region, field_position(region, await self.found(), tile, height_per_width))
        aside_x_m, aside_y_m = self._asides_m.get(region.name, (0.0, 0.0))
        target = replace(place, x_m=place.x_m + aside_x_m, y_m=place.y_m + aside_y_m)
        if self._stage == target:
            return
        self._stage = None
        self._at = replace(self._at, stage=None)
        await arrive(self._commands, self._clock, stage, target)
        self._stage = target
        self._moved_s = self._clock.now()
        self._at = replace(self._at, stage=target)

    async def apply(self, choice: BeamChoice, region: Region, detector: str, *, cycle: int, refocus: bool) -> None:
        """Set the beam of a capture; focus when this energy is used for the first time, or when it is asked for."""
        column = self._bench.column
        known = self._remembered.get(choice.voltage_V)
        if known is None:
            known = await self._commands.ask(column, column.conditions)
        wanted = replace(known, voltage_V=choice.voltage_V, current_A=choice.current_A, field_width_m=region.width_m)
        if choice.working_distance_m is not None:
            wanted = replace(wanted, working_distance_m=choice.working_distance_m)
        elif (lens := self.lens_of(region.name, choice.voltage_V)) is not None:
            wanted = replace(wanted, working_distance_m=lens.working_distance_m, stigmators=lens.stigmators)
        own_shift_m = wanted.shift_m
        shift_x_m, shift_y_m = self._shifts_m.get(region.name, (0.0, 0.0))
        wanted = replace(wanted, shift_m=(own_shift_m[0] + shift_x_m, own_shift_m[1] + shift_y_m))
        if wanted != self._applied:
            await self._set(wanted)
        new = choice.voltage_V not in self._focused and choice.working_distance_m is None
        if not self.by_rule and (refocus or new):
            wanted = await self._focus(wanted, detector, region, cycle)
        self._applied = wanted
        self._remembered[choice.voltage_V] = replace(wanted, shift_m=own_shift_m)
        self._at = Whereabouts(self._stage, choice, region.width_m)

    def forget(self) -> None:
        """After something went wrong: nothing is known of stage and column any more, all is set from scratch."""
        self._applied = None
        self._stage = None
        self._at = Whereabouts()
        self._on = self._at_rest = False

    async def lens(self) -> Lens:
        """Working distance and stigmators as they were set last, or else as they are read back."""
        now = await self._as_it_is()
        return Lens(now.working_distance_m, now.stigmators)

    async def set_lens(self, lens: Lens) -> None:
        """Set working distance and stigmators for the time being; the next `apply` sets what belongs to its capture."""
        now = await self._as_it_is()
        wanted = replace(now, working_distance_m=lens.working_distance_m, stigmators=lens.stigmators)
        await self._set(wanted)
        self._applied = wanted

    async def autofocus(self, detector: str, region: Region, range_m: float, cycle: int) -> Lens:
        """Let the microscope focus where it stands, within a range of the present working distance."""
        self._applied = await self._focus(await self._as_it_is(), detector, region, cycle, range_m)
        return await self.lens()

    async def _as_it_is(self) -> BeamConditions:
        if self._applied is not None:
            return self._applied
        return await self._commands.ask(self._bench.column, self._bench.column.conditions)

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
        self._changed_s = self._clock.now()

    async def _focus(
        self,
        wanted: BeamConditions,
        detector: str,
        region: Region,
        cycle: int,
        range_m: float = FOCUS_RANGE_M,
    ) -> BeamConditions:
        column = self._bench.column
        started_s = self._clock.now()
        flux = wanted.current_A / (region.width_m**2 * HEIGHT_PER_WIDTH)
        self.dose.begins(region, flux * FOCUS_S, cycle)
        near = AutofocusRange(wanted.working_distance_m - range_m, wanted.working_distance_m + range_m)
        try:
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
        finally:
            scanned_s = self._clock.now() - started_s
            self.dose.add_scan(region, wanted.current_A, scanned_s, HEIGHT_PER_WIDTH, cycle, kind="focus")
        self._focused.add(wanted.voltage_V)
        self._changed_s = self._clock.now()
        found = await self._commands.ask(column, column.conditions)
        return replace(wanted, working_distance_m=found.working_distance_m)
