"""X-ray spectra at spots of the field: a point, or a map composed of scanner and spectrometer."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import numpy as np

from operando.drivers.bench import Bench
from operando.drivers.errors import DeviceFault, TransportError
from operando.drivers.roles import Blanking, Spectrum
from operando.protocols.plan.capture_cost import flux_A_per_m2
from operando.protocols.plan.fields import picture_shape
from operando.protocols.program import EdsChoice, Region
from operando.protocols.record import RunRecord, SpectrumState
from operando.protocols.runner.cell_during import CellStates
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount
from operando.protocols.runner.in_words import in_words
from operando.protocols.runner.recording import written
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.urgency import GiveWay, Urgency
from operando.protocols.runner.waiting import until
from operando.protocols.spot import spot_area_m2

__all__ = ["XrayPoints"]

LIVE_TIME_PATIENCE = 4.0
POINT_PATIENCE_S = 10.0
MIDDLE = (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class _Counted:
    """One spectrum, where it was counted, what dose its spot has had since, and during which step."""

    spot: tuple[float, float]
    spectrum: Spectrum
    dose_C_per_m2: float
    step_name: str


class XrayPoints:
    """Parks the beam, counts X-rays, records. The beam is unblanked for exactly that long."""

    def __init__(
        self,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        cell: CellStates,
        dose: DoseAccount,
        urgency: Urgency,
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._record = record
        self._cell = cell
        self._dose = dose
        self._urgency = urgency

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
        """Record a point spectrum, a map, or both. Nothing but counting is waited for under the beam.

        Raises:
            GiveWay: if something more urgent waits. The points of an unfinished map that were counted are recorded as
                single spectra.
        """
        counted: list[_Counted] = []
        try:
            await self._count_all(asked, region, choice, counted)
            await self._cell.known(counted[-1].spectrum.end_s)
        except BaseException as error:
            for one in counted:
                await self._write_point(asked, region, one)
            self._unfinished(asked, region, error)
            raise
        if choice.point_live_time_s is not None:
            await self._write_point(asked, region, counted.pop(0))
        if choice.map_points is not None:
            await self._write_map(asked, region, choice.map_points, counted)

    async def _count_all(
        self, asked: CaptureRequest, region: Region, choice: EdsChoice, counted: list[_Counted]
    ) -> None:
        spots = list(_spots(choice))
        await self._park(*spots[0][0])  # the beam stands there while it is let through
        unblanked_s = self._bench.clock.now()
        flux = flux_A_per_m2(asked.capture, region)
        self._dose.begins(region, flux * self.duration_s(choice), self._cell.cycle)
        spot_flux = asked.capture.beam.current_A / spot_area_m2(asked.capture.beam.voltage_V)
        self._dose.spots_begin(region.name, ((*spot, spot_flux * live_time_s) for spot, live_time_s in spots))
        try:
            async with self._unblanked():
                for spot, live_time_s in spots:
                    counted.append(await self._count(region, spot, live_time_s, asked))
        finally:
            unblanked_for_s = self._bench.clock.now() - unblanked_s
            shape = picture_shape(asked.capture)
            self._dose.add_scan(region, asked.capture.beam.current_A, unblanked_for_s, shape, self._cell.cycle)
            self._dose.spots_end(region.name)

    def _unfinished(self, asked: CaptureRequest, region: Region, error: BaseException) -> None:
        asked.lost_because = why = f"counting did not come to its end: {in_words(error)}"
        self._record.event(
            self._bench.clock.now(),
            "imaging",
            "spectra unfinished",
            f"{asked.capture.name} of {region.name}: {why}",
            capture=asked.capture.name,
            region=region.name,
            line=asked.line,
        )

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

    async def _write_point(self, asked: CaptureRequest, region: Region, one: _Counted) -> None:
        state = self._state(asked, region, one, one, one.dose_C_per_m2)
        self._record.recorded(await written(self._record.begin_spectrum(one.spectrum, state)))
        asked.spectra += 1

    async def _write_map(
        self, asked: CaptureRequest, region: Region, points: tuple[int, int], counted: list[_Counted]
    ) -> None:
        columns, rows = points
        spectra = [one.spectrum for one in counted]
        counts = np.stack([spectrum.counts for spectrum in spectra]).reshape(rows, columns, -1)
        live = np.array([spectrum.live_time_s for spectrum in spectra]).reshape(rows, columns)
        real = np.array([spectrum.real_time_s for spectrum in spectra]).reshape(rows, columns)
        height_m = region.width_m * picture_shape(asked.capture)
        distance_m = (height_m / rows, region.width_m / columns)
        dose = max(one.dose_C_per_m2 for one in counted)
        state = self._state(asked, region, counted[0], counted[-1], dose, distance_m)
        self._record.recorded(await written(self._record.begin_spectrum_map(counts, live, real, state)))
        asked.spectra += len(spectra)

    async def _count(
        self, region: Region, spot: tuple[float, float], live_time_s: float, asked: CaptureRequest
    ) -> _Counted:
        beam = asked.capture.beam
        step_name = self._cell.step_name()
        flux = beam.current_A / spot_area_m2(beam.voltage_V)
        self._urgency.heed()
        await self._park(*spot)
        began_s = self._bench.clock.now()
        try:
            spectrum = await self._counted(live_time_s, asked)
        except BaseException:
            self._dose.add_spot((region.name, *spot), flux * (self._bench.clock.now() - began_s))
            raise
        dose = self._dose.add_spot((region.name, *spot), flux * spectrum.real_time_s)
        return _Counted(spot, spectrum, dose, step_name)

    async def _park(self, x: float, y: float) -> None:
        scanner = self._bench.scanner
        await self._commands.effect(scanner, "park beam", lambda: scanner.park(x, y), x=x, y=y)

    async def _counted(self, live_time_s: float, asked: CaptureRequest) -> Spectrum:
        eds = self._bench.eds
        commanded: list[float] = []

        def start() -> None:
            commanded.append(self._bench.clock.now())
            eds.start(live_time_s)

        try:
            await self._commands.effect(eds, "count X-rays", start, live_time_s=live_time_s)
            await until(
                self._commands,
                self._bench.clock,
                eds,
                lambda: not eds.acquiring(),
                what="the end of the X-ray acquisition",
                at_most_s=LIVE_TIME_PATIENCE * live_time_s + POINT_PATIENCE_S,
                first_after_s=live_time_s,
                sleep=self._urgency.sleep,
            )
            spectrum = await self._commands.ask(eds, eds.spectrum)
        except GiveWay:
            await self._commands.effect(eds, "stop counting", eds.stop)
            raise
        except TransportError as error:
            # the microscope is still there: this capture fails, pictures go on
            raise DeviceFault(
                f"the spectrometer cannot be reached: {error.what}", where=error.where, remedy=error.remedy
            ) from error
        asked.times.began(commanded[0], spectrum.start_s)
        return spectrum

    def _state(
        self,
        asked: CaptureRequest,
        region: Region,
        begin: _Counted,
        end: _Counted,
        dose: float,
        distance_m: tuple[float, float] = (math.nan, math.nan),
    ) -> SpectrumState:
        return SpectrumState(
            region=region.name,
            position=begin.spot,
            capture=asked.capture.name,
            trigger=asked.reason,
            line=asked.line,
            beam_voltage_V=asked.capture.beam.voltage_V,
            beam_current_A=asked.capture.beam.current_A,
            point_distance_m=distance_m,
            start_s=begin.spectrum.start_s,
            end_s=end.spectrum.end_s,
            channel_width_eV=begin.spectrum.channel_width_eV,
            offset_eV=begin.spectrum.offset_eV,
            dose_C_per_m2=dose,
            **self._cell.during(begin.spectrum.start_s, end.spectrum.end_s, begin.step_name),
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
