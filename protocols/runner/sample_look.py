"""Looks at places of the sample for which there is no capture: fiducials, and regions that are to be found again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from operando.drivers.bench import Bench
from operando.drivers.roles import AutofocusRange, FrameRequest
from operando.protocols.fiducials import Search, Sight
from operando.protocols.program import Region
from operando.protocols.runner.away_dose import places_of
from operando.protocols.runner.beam import (
    AUTOFOCUS_PATIENCE_S,
    COLUMN_PATIENCE_S,
    FOCUS_RANGE_M,
    Beam,
)
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.comparing import compared
from operando.protocols.runner.stage_move import arrive
from operando.protocols.runner.waiting import until

__all__ = ["SampleLook", "ViewedWith"]

Result = TypeVar("Result")

DWELL_S = 10e-6
PREFERRED = "BSE"
"""Backscattered electrons show grains whatever charges."""
KIND = "fiducial"
SCAN_FACTOR, SCAN_EXTRA_S = 1.5, 15.0
FOCUS_S = 20.0
"""Of autofocus, for the announcement of its dose."""


@dataclass(frozen=True, slots=True)
class ViewedWith:
    """The beam with which a sample is looked at before and after it was away."""

    voltage_V: float
    current_A: float


class SampleLook:
    """Moves, sets and scans; books the dose of every region that is in the field.

    Args:
        bench: with a microscope.
        commands: through which it is reached.
        beam: that the captures use; it has to set everything anew afterwards.
        regions: of the program.
        cycle: of the cell.
    """

    def __init__(
        self, bench: Bench, commands: Commands, beam: Beam, regions: Iterable[Region], cycle: Callable[[], int]
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._beam = beam
        self._regions = tuple(regions)
        self.cycle = cycle

    async def sight(
        self, stage_m: tuple[float, float], width_m: float, pixels: tuple[int, int], beam: ViewedWith
    ) -> Sight:
        """A picture of a place.

        Raises:
            InstrumentError: if it cannot be had.
        """
        await self._prepare(stage_m, width_m, beam)
        detectors, scanner = self._bench.detectors, self._bench.scanner
        available = await self._commands.ask(detectors, detectors.available)
        detector = PREFERRED if PREFERRED in available else available[0]
        request = FrameRequest((detector,), pixels, DWELL_S)
        lasts_s = scanner.duration_s(request)
        exposed = self._announce(stage_m, width_m, pixels[1] / pixels[0], beam.current_A * lasts_s)
        await self._commands.effect(scanner, "scan of the sample", lambda: scanner.start(request))
        try:
            await until(
                self._commands,
                self._bench.clock,
                scanner,
                lambda: scanner.progress().complete,
                what="a scan of the sample",
                at_most_s=SCAN_FACTOR * lasts_s + SCAN_EXTRA_S,
            )
        finally:
            for region, dose_C_per_m2 in exposed:
                self._beam.dose.add(region, dose_C_per_m2, self.cycle(), KIND)
        (image,) = await self._commands.ask(scanner, scanner.images)
        return Sight.of(image)

    async def carried_out(self, search: Search[Result], beam: ViewedWith) -> Result:
        """Answer each comparison that a search asks for, until it has its result.

        Raises:
            NotThisSample: if the search gives up.
            InstrumentError: if a picture cannot be had.
        """
        wanted = next(search)
        while True:
            height, width = wanted.reference.pixels.shape
            sight = await self.sight(wanted.stage_m, wanted.reference.width_m, (width, height), beam)
            turned = await compared(self._bench.clock, wanted.reference, sight, wanted.angles_rad)
            try:
                wanted = search.send(turned)
            except StopIteration as end:
                result: Result = end.value
                return result

    async def focus(self, stage_m: tuple[float, float], width_m: float, beam: ViewedWith) -> None:
        """Focus at a place, within a range around the working distance that the column has now.

        Raises:
            InstrumentError: if it cannot.
        """
        await self._prepare(stage_m, width_m, beam)
        column, detectors = self._bench.column, self._bench.detectors
        available = await self._commands.ask(detectors, detectors.available)
        found_m = (await self._commands.ask(column, column.conditions)).working_distance_m
        near = AutofocusRange(found_m - FOCUS_RANGE_M, found_m + FOCUS_RANGE_M)
        exposed = self._announce(stage_m, width_m, 0.75, beam.current_A * FOCUS_S)
        began_s = self._bench.clock.now()
        try:
            await self._commands.effect(column, "autofocus", lambda: column.autofocus(available[0], near))
            await self._column_ready(AUTOFOCUS_PATIENCE_S, "autofocus")
        finally:
            share = (self._bench.clock.now() - began_s) / FOCUS_S
            for region, dose_C_per_m2 in exposed:
                self._beam.dose.add(region, share * dose_C_per_m2, self.cycle(), KIND)

    async def _prepare(self, stage_m: tuple[float, float], width_m: float, beam: ViewedWith) -> None:
        await self._beam.ensure_on()
        await self._go_to(stage_m)
        column = self._bench.column
        found = await self._commands.ask(column, column.conditions)
        wanted = replace(
            found,
            voltage_V=beam.voltage_V,
            current_A=beam.current_A,
            field_width_m=width_m,
            shift_m=(0.0, 0.0),
            scan_rotation_rad=0.0,
        )
        if wanted != found:
            await self._commands.effect(
                column, "apply beam conditions", lambda: column.apply(wanted), field_width_m=width_m
            )
            await self._column_ready(COLUMN_PATIENCE_S, "the change of beam conditions")
        await self._beam.settle()

    async def _go_to(self, stage_m: tuple[float, float]) -> None:
        stage = self._bench.stage
        target = replace(await self._commands.ask(stage, stage.position), x_m=stage_m[0], y_m=stage_m[1])
        await arrive(self._commands, self._bench.clock, stage, target)

    async def _column_ready(self, at_most_s: float, what: str) -> None:
        column = self._bench.column
        await until(
            self._commands, self._bench.clock, column, lambda: not column.busy(), what=what, at_most_s=at_most_s
        )

    def _announce(
        self, stage_m: tuple[float, float], width_m: float, shape: float, charge_C: float
    ) -> list[tuple[Region, float]]:
        """The regions in the field, each with what it will be given, announced before the beam is there."""
        dose_C_per_m2 = charge_C / (width_m**2 * shape)
        exposed = []
        for region, place in zip(self._regions, places_of(self._regions, self._beam.placed), strict=True):
            apart_x_m, apart_y_m = abs(place.middle_m[0] - stage_m[0]), abs(place.middle_m[1] - stage_m[1])
            if apart_x_m < 0.5 * (width_m + place.width_m) and apart_y_m < 0.5 * (width_m * shape + place.height_m):
                self._beam.dose.begins(region, dose_C_per_m2, self.cycle())
                exposed.append((region, dose_C_per_m2))
        return exposed
