"""Keller 33X/35X/36X (class.group 5.20 and 5.21): absolute pressure and sensor temperature over Modbus RTU.

Options in the bench file: `unit` (1), the device's address on the line; `local_echo` (false), for converters that
give back our own bytes; `timeout_s` (0.3); `place` (box), what it measures.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import Field

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch, InstrumentError, located
from operando.drivers.gauges.keller_values import (
    PRESSURE_FAULTS,
    TEMPERATURE_FAULTS,
    describe_status,
    float_quality,
    register_float,
)
from operando.drivers.gauges.modbus_rtu import ModbusRtu
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.roles import Identity, Quality, Reading, SafeState, Safety

__all__ = ["Keller33X", "KellerOptions", "open_keller_33x"]

# Registers (Keller series 30 protocol 3.5): four at 0x0100 are P1 and TOB1 in one request.
PRESSURE_AND_TEMPERATURE, SERIAL_NUMBER, PRESSURE_MODE, STATUS, FIRMWARE = 0x0100, 0x0202, 0x0209, 0x020C, 0x020E

GROUPS = {(5, 20): "33X (5.20)", (5, 21): "33X (5.21)"}
FIRST_WITH_FAST_MAP = (10, 40)
"""Year and week of the first firmware that has 0x0100 and codes faults in the value itself."""

ABSOLUTE = 2
PRESSURE_MODES = {0: "gauge", 1: "sealed gauge", 2: "absolute"}

PASCAL_PER_BAR = 1e5
ZERO_CELSIUS_K = 273.15
SAME_MOMENT_S = 0.05
STATUS_EVERY_S = 5.0
"""How old the status may be; a value that is no number asks for a new one at once."""


class KellerOptions(StrictModel):
    """Options of a Keller gauge in the bench file."""

    unit: int = Field(default=1, ge=1, le=247)
    local_echo: bool = False
    timeout_s: float = Field(default=0.3, gt=0.1, le=5.0)
    place: str = "box"


@dataclass(slots=True)
class _Pair:
    """Pressure and temperature of one request; each is handed out once."""

    pressure_bar: float
    temperature_C: float
    start_s: float
    end_s: float
    taken: set[str]


class Keller33X:
    """Roles `PressureSensor` and `Thermometer`."""

    def __init__(self, context: DriverContext, options: KellerOptions) -> None:
        self.name = context.name
        self.connection = str(context.address)
        self._where = f"{context.name} at {context.address}"
        self._clock = context.clock
        self._lock = threading.RLock()
        self._link = ReopeningLink(context.links, context.address)
        self._modbus = ModbusRtu(
            self._link, context.clock, options.unit, options.timeout_s, local_echo=options.local_echo
        )
        self._pair: _Pair | None = None
        self._status = 0
        self._status_s: float | None = None

    def identify(self) -> Identity:
        with self._call():
            high, low = self._modbus.read_registers(SERIAL_NUMBER, 2)
            group, built = self._modbus.read_registers(FIRMWARE, 2)
            (mode,) = self._modbus.read_registers(PRESSURE_MODE, 1)
        version, year_week = divmod(group, 256), divmod(built, 256)
        firmware = f"{version[0]}.{version[1]:02d}-{year_week[0]:02d}.{year_week[1]:02d}"
        if version not in GROUPS or year_week < FIRST_WITH_FAST_MAP:
            raise ConfigMismatch(
                f"here answers a device with firmware {firmware}",
                where=self._where,
                remedy="This driver is for class 5.20 from 10.40 on, and 5.21.",
            )
        if mode & 0x0F != ABSOLUTE:
            raise ConfigMismatch(
                f"it measures {PRESSURE_MODES.get(mode & 0x0F, f'in mode {mode & 0x0F}')} pressure, not absolute",
                where=self._where,
                remedy="Use an absolute transmitter (PAA): a leak is seen in absolute pressure.",
            )
        return Identity("Keller", GROUPS[version], str(high << 16 | low), firmware, self.connection)

    @property
    def keep_alive_every_s(self) -> None:
        """The transmitter does not know its clients."""

    def keep_alive(self) -> None:
        """The transmitter does not know its clients."""

    def pressure(self) -> Reading:
        """Absolute pressure in Pa."""
        with self._call():
            pair = self._take("pressure")
            return self._reading(pair, pair.pressure_bar, pair.pressure_bar * PASCAL_PER_BAR, "Pa", PRESSURE_FAULTS)

    def temperature(self) -> Reading:
        """Temperature of the sensor in K, of the same moment as a pressure that was just read."""
        with self._call():
            pair = self._take("temperature")
            return self._reading(pair, pair.temperature_C, pair.temperature_C + ZERO_CELSIUS_K, "K", TEMPERATURE_FAULTS)

    def make_safe(self) -> SafeState:
        """A transmitter switches nothing."""
        return SafeState(self.name, Safety.CONFIRMED, "has no output")

    def close(self) -> None:
        with self._lock:
            self._link.close()

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self._where):
            yield

    def _take(self, quantity: str) -> _Pair:
        now = self._clock.now()
        pair = self._pair
        if pair is None or quantity in pair.taken or now - pair.end_s > SAME_MOMENT_S:
            self._pair = None
            registers = self._modbus.read_registers(PRESSURE_AND_TEMPERATURE, 4)
            pressure_bar, temperature_C = register_float(registers[:2]), register_float(registers[2:])
            pair = self._pair = _Pair(pressure_bar, temperature_C, now, self._clock.now(), set())
        pair.taken.add(quantity)
        return pair

    def _reading(self, pair: _Pair, raw: float, value: float, unit: str, faults: int) -> Reading:
        quality = float_quality(raw)
        status = self._current_status(at_once=quality is not Quality.OK)
        if quality is Quality.OK and status & faults:
            quality = Quality.FAULT
        if quality in (Quality.OVER, Quality.UNDER):
            value = float("nan")
        return Reading(value, unit, quality, pair.start_s, pair.end_s, describe_status(status))

    def _current_status(self, *, at_once: bool) -> int:
        now = self._clock.now()
        if at_once or self._status_s is None or now - self._status_s > STATUS_EVERY_S:
            (self._status,) = self._modbus.read_registers(STATUS, 1)
            self._status_s = now
        return self._status


def open_keller_33x(context: DriverContext) -> Roles:
    """Connect and identify; changes nothing.

    Raises:
        ConfigMismatch: if another device answers, it does not measure absolute pressure, or an option is not known.
        InstrumentError: if nothing answers.
    """
    options = read_options(context, KellerOptions)
    gauge = Keller33X(context, options)
    try:
        gauge.identify()
    except InstrumentError:
        gauge.close()
        raise
    return Roles(pressures={options.place: gauge}, thermometers={options.place: gauge})
