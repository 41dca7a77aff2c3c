"""The transmitter: who it is, what it measures, and which readings may be believed."""

import math
import struct

import pytest
from pydantic import JsonValue
from support.one_instrument import context_for
from support.timed_link import Answers, TimedLink
from support.transcript import Transcript

from operando.drivers.bench.roles import Roles
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, TransportTimeout
from operando.drivers.gauges.keller import open_keller_33x
from operando.drivers.roles import PressureSensor, Quality, Safety, Thermometer


def crc(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def single(value: float) -> tuple[int, int]:
    high, low = struct.unpack(">HH", struct.pack(">f", value))
    return high, low


class Transmitter:
    """Registers of a 33X behind a link; a test changes them."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.registers = {0x0202: 2, 0x0203: 0xC8F5, 0x0209: 0x02, 0x020C: 0, 0x020E: 0x0514, 0x020F: 0x0C1C}
        self.measure(0.960508, 22.7637)
        self.asked: list[int] = []
        self.mute = False
        self.link = TimedLink(self._respond, clock)

    def measure(self, pressure_bar: float, temperature_C: float) -> None:
        values = (*single(pressure_bar), *single(temperature_C))
        self.registers |= {0x0100 + index: value for index, value in enumerate(values)}

    def open(self, options: dict[str, JsonValue] | None = None) -> tuple[PressureSensor, Thermometer]:
        roles = open_keller_33x(context_for([self.link], self.clock, options, accepted=False))
        self.asked.clear()
        return roles.pressures["box"], roles.thermometers["box"]

    def _respond(self, request: bytes) -> Answers:
        if self.mute:
            return []
        address, count = struct.unpack_from(">HH", request, 2)
        if request[1] == 8:
            return [(2e-3, request)]
        self.asked.append(address)
        data = b"".join(self.registers[address + index].to_bytes(2, "big") for index in range(count))
        reply = bytes([1, 3, len(data)]) + data
        return [(2e-3, reply + crc(reply))]


@pytest.fixture
def transmitter() -> Transmitter:
    return Transmitter(VirtualClock())


def test_connecting_and_reading_word_by_word() -> None:
    clock = VirtualClock()
    transcript = Transcript(
        [
            (bytes.fromhex("01 03 02 02 00 02 64 73"), [bytes.fromhex("01 03 04 00 02 C8 F5 CC 74")]),
            (bytes.fromhex("01 03 02 09 00 01 55 B0"), [bytes.fromhex("01 03 02 00 02 39 85")]),
            (bytes.fromhex("01 03 02 0E 00 02 A4 70"), [bytes.fromhex("01 03 04 05 14 0C 1C BE 32")]),
            (bytes.fromhex("01 03 01 00 00 04 45 F5"), [bytes.fromhex("01 03 08 3F 75 E3 D2 41 B6 1C 20 A0 C7")]),
            (bytes.fromhex("01 03 02 0C 00 01 45 B1"), [bytes.fromhex("01 03 02 00 00 B8 44")]),
        ],
        clock,
    )
    roles: Roles = open_keller_33x(context_for([transcript], clock))
    pressure = roles.pressures["box"].pressure()
    temperature = roles.thermometers["box"].temperature()
    assert transcript.done()
    assert pressure.value == pytest.approx(96050.8, abs=0.05)
    assert (pressure.unit, pressure.quality) == ("Pa", Quality.OK)
    assert temperature.value == pytest.approx(273.15 + 22.7637, abs=1e-4)
    assert (temperature.unit, temperature.quality) == ("K", Quality.OK)


def test_the_identity_is_in_the_instruments_own_words(transmitter: Transmitter) -> None:
    gauge, _ = transmitter.open()
    identity = gauge.identify()
    assert (identity.model, identity.serial, identity.firmware) == ("33X (5.20)", "182517", "5.20-12.28")


@pytest.mark.parametrize(
    ("register", "value", "words"),
    [
        (0x020E, 0x0A14, "10.20"),
        (0x020E, 0x0501, "5.01"),
        (0x020F, 0x0532, "05.50"),
        (0x0209, 0x00, "gauge pressure"),
        (0x0209, 0x21, "sealed gauge pressure"),
    ],
    ids=["another class", "another group", "too old", "relative pressure", "sealed gauge"],
)
def test_a_device_that_is_not_what_the_bench_needs(
    transmitter: Transmitter, register: int, value: int, words: str
) -> None:
    transmitter.registers[register] = value
    with pytest.raises(ConfigMismatch, match=words):
        transmitter.open()


def test_options(transmitter: Transmitter) -> None:
    roles = open_keller_33x(context_for([transmitter.link], transmitter.clock, {"place": "chamber"}))
    assert list(roles.pressures) == list(roles.thermometers) == ["chamber"]
    with pytest.raises(ConfigMismatch, match="local_echo"):
        transmitter.open({"echo": True})
    with pytest.raises(ConfigMismatch, match="unit"):
        transmitter.open({"unit": 250})


def test_pressure_and_temperature_of_one_moment_cost_one_request(transmitter: Transmitter) -> None:
    gauge, thermometer = transmitter.open()
    pressure, temperature = gauge.pressure(), thermometer.temperature()
    assert transmitter.asked.count(0x0100) == 1
    assert (pressure.start_s, pressure.end_s) == (temperature.start_s, temperature.end_s)
    assert pressure.end_s - pressure.start_s == pytest.approx(7e-3), "2 ms of reply, after 5 ms of silence"


def test_nothing_is_handed_out_twice_or_late(transmitter: Transmitter) -> None:
    gauge, thermometer = transmitter.open()
    first = gauge.pressure()
    transmitter.measure(0.5, 20.0)
    assert gauge.pressure().value == pytest.approx(0.5e5) != first.value
    transmitter.measure(0.4, 30.0)
    transmitter.clock.sleep_until(transmitter.clock.now() + 0.06)
    assert thermometer.temperature().value == pytest.approx(303.15)


@pytest.mark.parametrize(
    ("pressure_bar", "status", "quality", "words"),
    [
        (math.nan, 0x02, Quality.OFF, "pressure 1"),
        (math.inf, 0x02, Quality.OVER, "pressure 1"),
        (-math.inf, 0x00, Quality.UNDER, ""),
        (0.96, 0x02, Quality.FAULT, "pressure 1"),
        (0.96, 0x80, Quality.FAULT, "power-up mode"),
        (0.96, 0x10, Quality.OK, ""),
        (0.96, 0x40, Quality.OK, "analogue output"),
    ],
)
def test_faults_are_qualities(
    transmitter: Transmitter, pressure_bar: float, status: int, quality: Quality, words: str
) -> None:
    gauge, thermometer = transmitter.open()
    transmitter.measure(pressure_bar, 20.0)
    transmitter.registers[0x020C] = status
    reading = gauge.pressure()
    assert (reading.quality, words in reading.detail) == (quality, True)
    assert math.isfinite(reading.value) == math.isfinite(pressure_bar)
    assert thermometer.temperature().quality is (Quality.FAULT if status & 0x90 else Quality.OK)


def test_a_status_is_never_older_than_five_seconds(transmitter: Transmitter) -> None:
    gauge, _ = transmitter.open()
    assert gauge.pressure().quality is Quality.OK
    transmitter.registers[0x020C] = 0x02
    transmitter.clock.sleep_until(transmitter.clock.now() + 5.1)
    assert gauge.pressure().quality is Quality.FAULT


def test_silence_is_an_error_and_the_next_reading_is_right(transmitter: Transmitter) -> None:
    gauge, _ = transmitter.open()
    transmitter.mute = True
    with pytest.raises(TransportTimeout):
        gauge.pressure()
    transmitter.mute = False
    assert gauge.pressure().quality is Quality.OK


def test_there_is_nothing_to_make_safe(transmitter: Transmitter) -> None:
    state = transmitter.open()[0].make_safe()
    assert (state.safety, state.detail) == (Safety.CONFIRMED, "has no output")
