"""X-ray spectra at spots of the field: a point, or a map composed of scanner and spectrometer."""

import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import anyio
import numpy as np

from operando.drivers.bench import Bench
from operando.drivers.roles import Blanking, Spectrum
from operando.protocols.program import EdsChoice, Region
from operando.protocols.record import RunRecord, SpectrumState
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.waiting import until
from operando.protocols.spot import spot_area_m2

__all__ = ["XrayPoints"]

LIVE_TIME_PATIENCE = 4.0
POINT_PATIENCE_S = 10.0
SAMPLES_PATIENCE_S = 15.0
MIDDLE = (0.5, 0.5)


class XrayPoints:
    """Parks the beam, counts X-rays, records. The beam is unblanked for exactly that long."""

    def __init__(
        self,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        cell: CellTimeline,
        dose: DoseAccount,
        step_name: Callable[[], str],
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._record = record
        self._cell = cell
        self._dose = dose
        self._step_name = step_name

    def duration_s(self, choice: EdsChoice) -> float:
        """How long the spectra of one capture take at one region."""
        overhead = self._bench.eds.capabilities.overhead_s
        total = 2 * self._bench.column.capabilities.unblank_s
        if choice.point_live_time_s is not None:
            total += choice.point_live_time_s + overhead
        if choice.map_points is not None and choice.map_live_time_s is not None:
            columns, rows = choice.map_points
            total += columns * rows * (choice.map_live_time_s + overhead)
        return total

    def beyond_budget(self, asked: CaptureRequest, region: Region, choice: EdsChoice) -> str:
        """Why the dose budget of a spot forbids these spectra; empty if it does not."""
        beam = asked.capture.beam
        for spot, live_time_s in _spots(choice):
            dose = beam.current_A * live_time_s / spot_area_m2(beam.voltage_V)
            if not self._dose.room_for_spot(dose, (region.name, *spot)):
                return f"the dose budget of the spot at {spot[0]:.2f}, {spot[1]:.2f} of {region.name} is spent"
        return ""

    async def take(self, asked: CaptureRequest, region: Region, choice: EdsChoice) -> None:
        """Record a point spectrum, a map, or both."""
        unblanked_s = self._bench.clock.now()
        async with self._unblanked():
            if choice.point_live_time_s is not None:
                await self._point(asked, region, choice.point_live_time_s)
            if choice.map_points is not None and choice.map_live_time_s is not None:
                await self._map(asked, region, choice.map_points, choice.map_live_time_s)

        pixels = asked.capture.pixels
        unblanked_for_s = self._bench.clock.now() - unblanked_s
        cycle = self._cell.at(self._cell.latest_s).cycle
        self._dose.add_scan(region, asked.capture.beam.current_A, unblanked_for_s, pixels[1] / pixels[0], cycle)

    async def _point(self, asked: CaptureRequest, region: Region, live_time_s: float) -> None:
        spectrum, dose = await self._count(region, MIDDLE, live_time_s, asked)
        await self._cell.reached(spectrum.end_s, SAMPLES_PATIENCE_S)
        self._record.spectrum(spectrum, self._state(asked, region, MIDDLE, spectrum, spectrum, dose))

    @asynccontextmanager
    async def _unblanked(self) -> AsyncIterator[None]:
        column = self._bench.column
        await self._commands.effect(column, "unblank for X-rays", lambda: column.blank(Blanking.NEVER), sync=True)
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await self._commands.effect(
                    column, "blank outside scans", lambda: column.blank(Blanking.OUTSIDE_SCANS), sync=True
                )

    async def _map(self, asked: CaptureRequest, region: Region, points: tuple[int, int], live_time_s: float) -> None:
        columns, rows = points
        counted = [await self._count(region, spot, live_time_s, asked) for spot in _grid(points)]
        spectra = [spectrum for spectrum, _ in counted]
        counts = np.stack([spectrum.counts for spectrum in spectra]).reshape(rows, columns, -1)
        live = np.array([spectrum.live_time_s for spectrum in spectra]).reshape(rows, columns)
        real = np.array([spectrum.real_time_s for spectrum in spectra]).reshape(rows, columns)
        height_m = region.width_m * asked.capture.pixels[1] / asked.capture.pixels[0]
        distance_m = (height_m / rows, region.width_m / columns)
        dose = max(dose for _, dose in counted)
        first = (0.5 / columns, 0.5 / rows)
        await self._cell.reached(spectra[-1].end_s, SAMPLES_PATIENCE_S)
        state = self._state(asked, region, first, spectra[0], spectra[-1], dose, distance_m)
        self._record.spectrum_map(counts, live, real, state)

    async def _count(
        self, region: Region, spot: tuple[float, float], live_time_s: float, asked: CaptureRequest
    ) -> tuple[Spectrum, float]:
        scanner, eds = self._bench.scanner, self._bench.eds
        await self._commands.effect(scanner, "park beam", lambda: scanner.park(*spot), x=spot[0], y=spot[1])
        await self._commands.effect(eds, "count X-rays", lambda: eds.start(live_time_s), live_time_s=live_time_s)
        await until(
            self._commands,
            self._bench.clock,
            eds,
            lambda: not eds.acquiring(),
            what="the end of the X-ray acquisition",
            at_most_s=LIVE_TIME_PATIENCE * live_time_s + POINT_PATIENCE_S,
            first_after_s=live_time_s,
        )
        spectrum = await self._commands.ask(eds, eds.spectrum)
        beam = asked.capture.beam
        dose = beam.current_A * spectrum.real_time_s / spot_area_m2(beam.voltage_V)
        return spectrum, self._dose.add_spot((region.name, *spot), dose)

    def _state(
        self,
        asked: CaptureRequest,
        region: Region,
        position: tuple[float, float],
        first: Spectrum,
        last: Spectrum,
        dose: float,
        distance_m: tuple[float, float] = (math.nan, math.nan),
    ) -> SpectrumState:
        start, end = self._cell.at(first.start_s), self._cell.at(last.end_s)
        return SpectrumState(
            region=region.name,
            position=position,
            capture=asked.capture.name,
            trigger=asked.reason,
            line=asked.line,
            cycle=start.cycle,
            step=start.step,
            step_name=self._step_name(),
            beam_voltage_V=asked.capture.beam.voltage_V,
            beam_current_A=asked.capture.beam.current_A,
            point_distance_m=distance_m,
            start_s=first.start_s,
            end_s=last.end_s,
            channel_width_eV=first.channel_width_eV,
            offset_eV=first.offset_eV,
            voltage_at_start_V=start.voltage_V,
            voltage_at_end_V=end.voltage_V,
            current_at_start_A=start.current_A,
            current_at_end_A=end.current_A,
            charge_at_start_C=start.charge_C,
            charge_at_end_C=end.charge_C,
            dose_C_per_m2=dose,
        )


def _grid(points: tuple[int, int]) -> Iterator[tuple[float, float]]:
    """Middles of the points of a map, line by line, as fractions of the field from the top left."""
    columns, rows = points
    return (((column + 0.5) / columns, (row + 0.5) / rows) for row in range(rows) for column in range(columns))


def _spots(choice: EdsChoice) -> Iterator[tuple[tuple[float, float], float]]:
    """Each spot with its live time."""
    if choice.point_live_time_s is not None:
        yield MIDDLE, choice.point_live_time_s
    if choice.map_points is not None and choice.map_live_time_s is not None:
        for spot in _grid(choice.map_points):
            yield spot, choice.map_live_time_s
