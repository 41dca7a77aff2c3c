"""Reads the gauges all along, each at its own pace and none waiting for another, and judges what they say."""

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping

import anyio
import numpy as np

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError, TransportError
from operando.drivers.roles import Instrument, Quality, Reading, SampleQuality
from operando.protocols.interlocks import KEEPS_BEAM_OFF, Source
from operando.protocols.record import RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.interlocks import BeamForbidden, Interlocks

__all__ = ["PERIOD_S", "Sensors"]

PERIOD_S = 60.0
"""While no beam is in use."""
PERIOD_WITH_BEAM_S = 2.0
JUDGED_EVERY_S = 1.0
OLDEST_WITH_BEAM_S = 5.0
"""No beam is permitted by an older reading."""
STABLE_WITHIN_S = 15.0
UNITS: Mapping[str, str] = {"pressure": "Pa", "temperature": "K", "force": "N"}
CELL_UNITS: Mapping[str, str] = {"voltage": "V", "current": "A"}


class Sensors:
    """Follows box, chamber, stack and cell; a reading that is stale, failed or missing counts as unsafe.

    Args:
        bench: whose gauges are read.
        commands: through which they are asked.
        record: keeps each reading.
        interlocks: judge each reading.
        cell: the samples, which are judged like readings.
    """

    def __init__(
        self, bench: Bench, commands: Commands, record: RunRecord, interlocks: Interlocks, cell: CellTimeline
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._record = record
        self._interlocks = interlocks
        self._cell = cell
        self._asked: dict[Source, tuple[Instrument, Callable[[], Reading]]] = {}
        for name, gauge in bench.pressures.items():
            self._asked[Source(name, "pressure")] = gauge, gauge.pressure
        for name, thermometer in bench.thermometers.items():
            self._asked[Source(name, "temperature")] = thermometer, thermometer.temperature
        for name, sensor in bench.forces.items():
            self._asked[Source(name, "force")] = sensor, sensor.force
        self.told: Callable[[str, str, Reading], None] = lambda place, quantity, reading: None
        """Sees each reading once it is recorded."""
        self.lost: Callable[[Instrument, TransportError], None] = lambda instrument, error: None
        """Told of an instrument that could not be reached, each time."""
        self._period_s = PERIOD_S
        self._repaced = anyio.Event()
        self._pace(self._asked, PERIOD_S)
        for quantity in CELL_UNITS:
            # how long samples may fail to come is the host's watch, which knows how often the step records
            interlocks.judge.readings.expect(_cell(quantity), math.inf, bench.clock.now())

    async def follow(self) -> None:
        """Read all gauges, judge, and do what the interlocks say, until cancelled.

        Raises:
            InterlockTrip: if a rule ends the run.
        """
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._interlocks.act)
            tasks.start_soon(self._follow_cell)
            for place in dict.fromkeys(source.place for source in self._asked):
                tasks.start_soon(self._follow_place, place)

    async def follow_under_beam(self) -> None:
        """Read what the beam depends on more often while it is in use, until cancelled.

        Raises:
            BeamForbidden: as soon as no beam may be on, and be it for lack of a fresh reading.
            TransportError: if the microscope is gone.
        """
        sources = self._beam_sources()
        self._pace(sources, PERIOD_WITH_BEAM_S)
        try:
            async with anyio.create_task_group() as tasks:
                for source in sources:
                    tasks.start_soon(self._follow_source, source, PERIOD_WITH_BEAM_S)
                while True:
                    await anyio.sleep(JUDGED_EVERY_S)
                    self._interlocks.check()
                    if why := self._beam_forbidden():
                        raise BeamForbidden(why)
        finally:
            self._pace(sources, self._period_s)

    async def read_all(self) -> None:
        """Read each gauge once. One that fails is recorded as failed; the others do not wait for it."""
        async with anyio.create_task_group() as tasks:
            for source in self._asked:
                tasks.start_soon(self._read, source)
        self._interlocks.check()

    async def beam_forbidden(self) -> str:
        """Why the beam must stay off the specimen, by readings taken now if the last are old; empty if it may be on.

        Raises:
            TransportError: if the gauge hangs on the microscope and cannot be reached: the microscope is gone, too.
        """
        async with anyio.create_task_group() as tasks:
            for source in self._beam_sources():
                if self._age_s(source) > OLDEST_WITH_BEAM_S:
                    tasks.start_soon(self._read_for_beam, source)
        self._interlocks.check()
        return self._beam_forbidden()

    @property
    def not_judged(self) -> tuple[tuple[str, str], ...]:
        """Interlocks that were asked for and cannot be judged on this bench, each with why."""
        return self._interlocks.rules.not_judged

    async def guarding(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something with the beam while gauges are followed and interlocks act.

        Raises:
            BeamForbidden, InterlockTrip, TransportError: see `follow` and `follow_under_beam`.
        """
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.follow)
            tasks.start_soon(self.follow_under_beam)
            await work()
            tasks.cancel_scope.cancel()

    async def guarding_beam(self, work: Callable[[], Awaitable[None]]) -> None:
        """The same where somebody follows the gauges already.

        Raises:
            BeamForbidden, TransportError: see `follow_under_beam`.
        """
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.follow_under_beam)
            await work()
            tasks.cancel_scope.cancel()

    def read_every(self, period_s: float) -> None:
        """From now on, while no beam is in use; the next reading comes at once."""
        self._period_s = period_s
        self._pace(self._asked, period_s)
        repaced, self._repaced = self._repaced, anyio.Event()
        repaced.set()

    async def settled(self) -> str:
        """The same once the vacuum has been followed for as long as it must be stable."""
        deadline_s = self._bench.clock.now() + STABLE_WITHIN_S
        while (why := await self.beam_forbidden()) and self._bench.clock.now() < deadline_s:
            await anyio.sleep(PERIOD_WITH_BEAM_S)
            await self.read_all()
        return why

    def _beam_forbidden(self) -> str:
        why = self._interlocks.judge.beam_forbidden()
        if why:
            return why
        oldest = max(self._beam_sources(), key=self._age_s, default=None)
        if oldest is None:
            return "no gauge of the bench measures the chamber pressure"
        age_s = self._age_s(oldest)
        return f"the last reading of the {oldest} is {age_s:.0f} s old" if age_s > OLDEST_WITH_BEAM_S else ""

    def _beam_sources(self) -> list[Source]:
        """The chamber, on which every beam depends; gauges that only some rules need keep their pace."""
        needed = self._interlocks.judge.sources(KEEPS_BEAM_OFF)
        return [source for source in self._asked if source in needed and source.place == "chamber"]

    def _age_s(self, source: Source) -> float:
        return self._interlocks.judge.readings.age_s(source, self._bench.clock.now())

    def _pace(self, sources: Iterable[Source], every_s: float) -> None:
        for source in sources:
            self._interlocks.judge.readings.expect(source, every_s, self._bench.clock.now())

    async def _follow_place(self, place: str) -> None:
        """Temperature before pressure: a leak is judged by both together."""
        sources = sorted((s for s in self._asked if s.place == place), key=lambda s: s.quantity, reverse=True)
        while True:
            for source in sources:
                await self._read(source)
            self._interlocks.check()
            with anyio.move_on_after(self._period_s):
                await self._repaced.wait()

    async def _follow_source(self, source: Source, every_s: float) -> None:
        while True:
            await self._read_for_beam(source)
            await anyio.sleep(every_s)

    async def _follow_cell(self) -> None:
        """The newest sample of each block, which is what the cell does now; the host's watch looks at every sample."""
        while True:
            await self._cell.reached(math.nextafter(self._cell.latest_s, math.inf), math.inf)
            newest = self._cell.recent(self._cell.latest_s)[-1]
            for quantity, unit in CELL_UNITS.items():
                self._interlocks.take(_cell(quantity), _reading(newest, quantity, unit))
            self._interlocks.check()

    async def _read(self, source: Source) -> InstrumentError | None:
        instrument, question = self._asked[source]
        failure: InstrumentError | None = None
        try:
            reading = await self._commands.ask(instrument, question)
        except InstrumentError as error:
            failure = error
            now = self._bench.clock.now()
            quality = Quality.STALE if isinstance(error, TransportError) else Quality.FAULT
            if isinstance(error, TransportError):
                self.lost(instrument, error)
            reading = Reading(math.nan, UNITS[source.quantity], quality, now, now, str(error))
        before = self._interlocks.judge.readings.latest(source)
        self._record.sensor(source.place, source.quantity, reading)
        self.told(source.place, source.quantity, reading)
        self._interlocks.take(source, reading)
        if before is not None and before.quality is not reading.quality:
            what = f"{source}: {reading.quality} {reading.detail}".rstrip()
            self._record.event(reading.end_s, "sensors", "quality changed", what)
        return failure

    async def _read_for_beam(self, source: Source) -> None:
        """Read what the beam depends on; a gauge that hangs on a microscope which is gone says that it is gone."""
        failure = await self._read(source)
        self._interlocks.check()
        if isinstance(failure, TransportError) and self._asked[source][0].name == self._bench.column.name:
            raise failure


def _cell(quantity: str) -> Source:
    return Source("cell", "voltage" if quantity == "voltage" else "current")


def _reading(sample: np.void, quantity: str, unit: str) -> Reading:
    """A sample as a reading; one under overload lies beyond every limit, and one that is no number is outside, too."""
    overload = int(sample["quality"]) & int(SampleQuality.OVERLOAD)
    time_s = float(sample["time_s"])
    quality = Quality.OVER if overload else Quality.OK
    return Reading(float(sample[f"{quantity}_{unit}"]), unit, quality, time_s, time_s)
