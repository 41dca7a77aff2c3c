"""A simulated KELLER 33X pressure transmitter in the wall of the box: Modbus RTU and KELLER bus on one line."""

import math
import struct
from dataclasses import dataclass
from enum import IntEnum

from operando.simulators.engine import Conversation, Outbox
from operando.simulators.gauges.keller_registers import Measurement, Registers
from operando.simulators.gauges.modbus_rtu import Frames, Function, keller_bus_frame, modbus_frame
from operando.simulators.world.world import World

__all__ = ["Keller33X", "KellerSettings"]

BROADCAST, TRANSPARENT = 0, 250
MOST_REGISTERS = 4
KELVIN = 273.15
BAR_Pa = 1e5
ADDRESS_REGISTER = 0x020D
ZERO_PRESSURE, RESET_ZERO = 0xFF00, 0xFF02


class Refusal(IntEnum):
    """Why the transmitter refuses: exception codes of Modbus, and one of the KELLER bus."""

    ILLEGAL_FUNCTION = 1
    ILLEGAL_ADDRESS = 2
    ILLEGAL_VALUE = 3
    NOT_INITIALISED = 32


@dataclass(slots=True)
class KellerSettings:
    """The transmitter and what is wrong with it.

    Args:
        unit: Modbus address, 1 to 247.
        local_echo: the converter sends each request back, as the K-10x do.
        longest_gap_s: inside a frame; 1.5 ms at 9600 baud.
        range_bar: nominal range; beyond it by a tenth the value is +-infinity.
        pressure_noise_bar, temperature_noise_K: standard deviation of one reading.
        stuck_bar: report this for ever.
        status: status byte, for instance 0b10 for a fault of P1.
    """

    unit: int = 1
    serial: int = 182517
    local_echo: bool = False
    longest_gap_s: float = 1.5e-3
    read_delay_s: float = 1.5e-3
    write_delay_s: float = 7.2e-3
    range_bar: tuple[float, float] = (0.0, 3.0)
    pressure_noise_bar: float = 2e-5
    temperature_noise_K: float = 5e-3
    stuck_bar: float | None = None
    status: int = 0


class Keller33X:
    """The transmitter; any number of clients may listen on its line, one talks at a time."""

    def __init__(self, world: World, settings: KellerSettings | None = None) -> None:
        self.settings = settings or KellerSettings()
        self._world = world
        self._noise = world.noise("box gauge")
        self._registers = Registers(self.settings.serial, self.settings.unit, self.settings.range_bar)
        self._zero_bar = 0.0
        self._initialised = False

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """Somebody listens on the line."""
        return _Line(self)

    def power_cycle(self) -> None:
        """The supply failed for a moment: the KELLER bus must be initialised again, the address stays."""
        self._initialised = False

    def answer(self, payload: bytes, modbus: bool, now: float) -> tuple[bytes, float] | None:
        """The reply to a frame and its delay; None where the transmitter stays silent."""
        address, function = payload[0], payload[1]
        if address not in (self.settings.unit, TRANSPARENT, BROADCAST):
            return None
        reply, delay = self._modbus(payload, now) if modbus else self._keller_bus(payload, now)
        if address == BROADCAST:
            return None
        if isinstance(reply, Refusal):
            body = bytes((address, function | 0x80, reply))
        else:
            body = bytes((address, function)) + reply
        return (modbus_frame(body) if modbus else keller_bus_frame(body)), delay

    def _modbus(self, payload: bytes, now: float) -> tuple[bytes | Refusal, float]:
        match payload[1]:
            case Function.READ_HOLDING:
                start, count = struct.unpack(">HH", payload[2:6])
                if not 1 <= count <= MOST_REGISTERS:
                    return Refusal.ILLEGAL_VALUE, self.settings.read_delay_s
                data = self._registers.read(start, count, self._measure(now))
                if data is None:
                    return Refusal.ILLEGAL_ADDRESS, self.settings.read_delay_s
                return bytes((len(data),)) + data, self.settings.read_delay_s
            case Function.WRITE_ONE:
                register, value = struct.unpack(">HH", payload[2:6])
                return self._write_one(register, value, payload), self.settings.write_delay_s
            case Function.ECHO:
                good = payload[2:4] == b"\x00\x00"
                return (payload[2:] if good else Refusal.ILLEGAL_VALUE), self.settings.read_delay_s
            case Function.WRITE_MANY:
                return self._write_many(payload, now), 2 * self.settings.write_delay_s
            case _:
                return Refusal.ILLEGAL_FUNCTION, self.settings.read_delay_s

    def _write_one(self, register: int, value: int, payload: bytes) -> bytes | Refusal:
        if register != ADDRESS_REGISTER:
            return Refusal.ILLEGAL_ADDRESS
        if not 1 <= value <= 247:
            return Refusal.ILLEGAL_VALUE
        self.settings.unit = self._registers.unit = value
        return payload[2:]

    def _write_many(self, payload: bytes, now: float) -> bytes | Refusal:
        register, count, size = struct.unpack(">HHB", payload[2:7])
        if count != 2 or size != 4:
            return Refusal.ILLEGAL_VALUE
        (value,) = struct.unpack(">f", payload[7:11])
        if register == ZERO_PRESSURE:
            self._zero_bar = value - (self._measure(now).pressure_bar - self._zero_bar)
        elif register == RESET_ZERO:
            self._zero_bar = 0.0
        else:
            return Refusal.ILLEGAL_ADDRESS
        return payload[2:6]

    def _keller_bus(self, payload: bytes, now: float) -> tuple[bytes | Refusal, float]:
        function, delay = payload[1], self.settings.read_delay_s
        if function == 48:
            first, self._initialised = not self._initialised, True
            return bytes((5, 20, 12, 28, 13, 0 if first else 1)), delay
        if not self._initialised:
            return Refusal.NOT_INITIALISED, delay
        measured = self._measure(now)
        match function:
            case 66:
                if payload[2] and 1 <= payload[2] <= 249:
                    self.settings.unit = self._registers.unit = payload[2]
                return bytes((self.settings.unit,)), delay
            case 69:
                return struct.pack(">I", self.settings.serial), delay
            case 73 | 74:
                values = {0: measured.pressure_bar, 1: measured.pressure_bar, 4: measured.temperature_C}
                value = values.get(payload[2], math.nan)
                if function == 73:
                    return struct.pack(">fB", value, measured.status), delay
                scale = 100.0 if payload[2] == 4 else BAR_Pa
                raw = 2**31 - 1 if not math.isfinite(value) else round(value * scale)
                return struct.pack(">iB", raw, measured.status), delay
            case 95:
                self._zero_bar = 0.0 if payload[2] == 1 else self._zero_bar - measured.pressure_bar
                return b"\x00", self.settings.write_delay_s
            case _:
                return Refusal.ILLEGAL_FUNCTION, delay

    def _measure(self, now: float) -> Measurement:
        self._world.advance(now)
        pressure, temperature = self._noise.standard_normal(2)
        bar = self._world.box.pressure_Pa(now) / BAR_Pa + pressure * self.settings.pressure_noise_bar + self._zero_bar
        if self.settings.stuck_bar is not None:
            bar = self.settings.stuck_bar
        low, high = self.settings.range_bar
        margin = 0.1 * (high - low)
        if bar > high + margin:
            bar = math.inf
        elif bar < low - margin:
            bar = -math.inf
        celsius = self._world.box.temperature_K(now) - KELVIN + temperature * self.settings.temperature_noise_K
        return Measurement(float(bar), float(celsius), self.settings.status)


class _Line:
    """One client's end of the RS-485 line."""

    closed = False

    def __init__(self, transmitter: Keller33X) -> None:
        self._transmitter = transmitter
        self._frames = Frames(transmitter.settings.longest_gap_s)
        self._outbox = Outbox()

    def feed(self, data: bytes, now: float) -> None:
        if self._transmitter.settings.local_echo:
            self._outbox.put(data, now)
        for payload, modbus in self._frames.feed(data, now):
            answered = self._transmitter.answer(payload, modbus, now)
            if answered is not None:
                reply, delay = answered
                self._outbox.put(reply, now + delay)

    def due(self) -> float | None:
        return self._outbox.due()

    def collect(self, now: float) -> list[bytes]:
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        self._outbox.clear()
