"""Reads the gauges all along, and says whether the vacuum permits a beam."""

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError
from operando.drivers.roles import PressureSensor, Quality, Reading
from operando.protocols.record import RunRecord
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.interlocks import Interlocks

__all__ = ["Sensors"]

PERIOD_S = 60.0
PERIOD_WITH_BEAM_S = 5.0
STALE_S = 3 * PERIOD_WITH_BEAM_S


class Sensors:
    """Follows box and chamber; a reading that is stale, failed or missing counts as unsafe."""

    def __init__(self, bench: Bench, commands: Commands, record: RunRecord, interlocks: Interlocks) -> None:
        self._bench = bench
        self._interlocks = interlocks
        self._commands = commands
        self._record = record
        self._latest: dict[str, Reading] = {}

    async def follow(self) -> None:
        """Read all gauges until cancelled.

        Raises:
            InterlockTrip: if a reading, or the lack of one, trips an interlock.
        """
        while True:
            await self.read_all()
            self._interlocks.silence()
            await anyio.sleep(PERIOD_S)

    async def follow_under_beam(self) -> None:
        """Read all gauges more often while the beam is in use, until cancelled.

        Raises:
            InterlockTrip: if a reading trips an interlock.
        """
        while True:
            await anyio.sleep(PERIOD_WITH_BEAM_S)
            await self.read_all()

    async def read_all(self) -> None:
        """Read each gauge once. A gauge that fails is recorded as failed; the others go on."""
        for name, gauge in self._bench.pressures.items():
            self._keep(name, "pressure", await self._read(gauge))
        for name, thermometer in self._bench.thermometers.items():
            try:
                reading = await self._commands.ask(thermometer, thermometer.temperature)
            except InstrumentError as error:
                reading = self._failed("K", error)
            self._keep(name, "temperature", reading)

    async def beam_forbidden(self) -> str:
        """Why the beam must stay off the specimen, by a reading taken now if the last is old; empty if it may be on.

        Raises:
            TransportError: if the chamber's gauge cannot be reached: it hangs on the microscope, which is gone too.
        """
        chamber = self._bench.pressures.get("chamber")
        latest = self._latest.get("chamber")
        if chamber is not None and not self._fresh(latest):
            self._keep("chamber", "pressure", await self._commands.ask(chamber, chamber.pressure))
        return self._judge()

    def _fresh(self, latest: Reading | None) -> bool:
        if latest is None or latest.quality is not Quality.OK:
            return False
        return self._bench.clock.now() - latest.end_s <= PERIOD_WITH_BEAM_S

    def _judge(self) -> str:
        reading = self._latest.get("chamber")
        limit = self._bench.file.vacuum.beam_permitted_below
        if reading is None:
            return "the chamber pressure has never been read"
        if reading.quality is not Quality.OK:
            return f"the chamber pressure is not known: {reading.quality} {reading.detail}".rstrip()
        age = self._bench.clock.now() - reading.end_s
        if age > STALE_S:
            return f"the last reading of the chamber pressure is {age:.0f} s old"
        if reading.value >= limit:
            return f"the chamber pressure is {reading.value:.3g} Pa, the beam is permitted below {limit:g} Pa"
        return ""

    async def _read(self, gauge: PressureSensor) -> Reading:
        try:
            return await self._commands.ask(gauge, gauge.pressure)
        except InstrumentError as error:
            return self._failed("Pa", error)

    def _failed(self, unit: str, error: InstrumentError) -> Reading:
        now = self._bench.clock.now()
        return Reading(float("nan"), unit, Quality.FAULT, now, now, str(error))

    def _keep(self, name: str, quantity: str, reading: Reading) -> None:
        self._record.sensor(name, quantity, reading)
        self._interlocks.reading(name, quantity, reading)
        if quantity == "pressure":
            before = self._latest.get(name)
            self._latest[name] = reading
            if before is not None and before.quality is not reading.quality:
                self._record.event(
                    reading.end_s, "sensors", "quality changed", f"{name}: {reading.quality} {reading.detail}".rstrip()
                )
