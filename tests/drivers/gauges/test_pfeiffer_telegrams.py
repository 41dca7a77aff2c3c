"""Pfeiffer telegrams: the literal ones of the sheet, replies to other questions, and every fault."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue
from support.one_instrument import context_for
from support.timed_link import Answers, TimedLink

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, FramingError, InstrumentError, ProtocolError, TransportTimeout
from operando.drivers.gauges.pfeiffer_gauge import PfeifferGauge, open_pfeiffer_rs485
from operando.drivers.gauges.pfeiffer_telegram import Telegram, decode, encode_query, u_expo_new
from operando.drivers.roles import PressureSensor, Quality


@pytest.mark.parametrize(
    ("address", "parameter", "telegram"),
    [
        (1, 740, b"0010074002=?106\r"),
        (123, 309, b"1230030902=?112\r"),
        (1, 303, b"0010030302=?101\r"),
        (1, 349, b"0010034902=?111\r"),
    ],
)
def test_questions_of_the_sheet(address: int, parameter: int, telegram: bytes) -> None:
    assert encode_query(address, parameter) == telegram


@pytest.mark.parametrize(
    ("line", "address", "parameter", "data"),
    [
        (b"0011074006100023025", 1, 740, "100023"),
        (b"0011074103001130", 1, 741, "001"),
        (b"1231030906000633037", 123, 309, "000633"),
        (b"0421001006111111020", 42, 10, "111111"),
        (b"0011030306000000014", 1, 303, "000000"),
        (b"0011030306Err001168", 1, 303, "Err001"),
        (b"0011034906    A3236", 1, 349, "    A3"),
        (b"0011074006NO_DEF190", 1, 740, "NO_DEF"),
        (b"0011074006123417037", 1, 740, "123417"),
    ],
)
def test_replies_of_the_sheet(line: bytes, address: int, parameter: int, data: str) -> None:
    assert decode(line) == Telegram(address, parameter, data)


@pytest.mark.parametrize(
    ("data", "hectopascal"), [("100023", 1000.0), ("123417", 1.234e-3), ("100020", 1.0), ("000000", 0.0)]
)
def test_numbers(data: str, hectopascal: float) -> None:
    assert u_expo_new(data) == pytest.approx(hectopascal)


@pytest.mark.parametrize(
    "line",
    [b"", b"0011074006100023026", b"001107400610002302", b"0010074006100023024", b"0011074005100023024", b"\xa5" * 19],
    ids=["nothing", "wrong sum", "too short", "a query", "wrong length", "noise"],
)
def test_what_is_no_reply(line: bytes) -> None:
    with pytest.raises(FramingError):
        decode(line)


@given(st.integers(0, 18), st.integers(1, 255))
def test_one_wrong_byte_is_found(at: int, change: int) -> None:
    line = bytearray(b"0011074006123417037")
    line[at] ^= change
    try:
        found = decode(bytes(line))
    except FramingError:
        return
    assert found == Telegram(1, 740, "123417"), "two digits that mean the same number"


class Gauge:
    """A PPT 100 that says what a test puts into it."""

    def __init__(self, **said: str) -> None:
        self.clock = VirtualClock()
        self.said = {"349": "    A3", "312": "010100", "740": "123417", "303": "000000"} | {
            name.removeprefix("p"): data for name, data in said.items()
        }
        self.spoil: Callable[[bytes], Answers] | None = None
        self.link = TimedLink(self._respond, self.clock)

    def open(self, options: dict[str, JsonValue] | None = None) -> PressureSensor:
        context = context_for([self.link], self.clock, options or {}, accepted=False)
        return open_pfeiffer_rs485(context).pressures["chamber"]

    @staticmethod
    def telegram(address: int, parameter: str, data: str) -> bytes:
        body = f"{address:03d}10{parameter}{len(data):02d}{data}".encode()
        return body + f"{sum(body) % 256:03d}\r".encode()

    def _respond(self, request: bytes) -> Answers:
        parameter = request[5:8].decode()
        reply = self.telegram(1, parameter, self.said.get(parameter, "NO_DEF"))
        spoil, self.spoil = self.spoil, None
        return [(5e-3, reply)] if spoil is None else spoil(reply)


def test_a_reading_and_who_said_it() -> None:
    gauge = Gauge().open()
    reading, identity = gauge.pressure(), gauge.identify()
    assert reading.value == pytest.approx(0.1234)
    assert reading.quality is Quality.OK
    assert (identity.model, identity.firmware) == ("PPT 100", "1.1.0")


@pytest.mark.parametrize(
    ("said", "quality", "words"),
    [
        ({"p303": "Err001"}, Quality.FAULT, "transmitter"),
        ({"p303": "Err002"}, Quality.FAULT, "memory"),
        ({"p303": "Err009"}, Quality.FAULT, "Err009"),
        ({"p740": "000000"}, Quality.UNDER, "under range"),
        ({"p740": "999935"}, Quality.OVER, "over range"),
    ],
)
def test_qualities(said: dict[str, str], quality: Quality, words: str) -> None:
    gauge = Gauge()
    opened = gauge.open()
    gauge.said |= {name.removeprefix("p"): data for name, data in said.items()}
    reading = opened.pressure()
    assert (reading.quality, words in reading.detail) == (quality, True)


def test_argon_is_seen_too_low_by_a_pirani() -> None:
    reading = Gauge().open({"gas": "argon"}).pressure()
    assert reading.value == pytest.approx(0.1234 * 1.65)


def test_another_device_is_refused_and_a_parameter_that_it_has_not() -> None:
    with pytest.raises(ConfigMismatch, match="'TC110'"):
        Gauge(p349=" TC110").open()
    with pytest.raises(ProtocolError, match="no such parameter"):
        Gauge(p312="NO_DEF").open()


def test_replies_to_other_questions_and_noise_before_are_passed_over() -> None:
    gauge = Gauge()
    opened = gauge.open()
    other_device, other_parameter = gauge.telegram(2, "740", "100023"), gauge.telegram(1, "742", "000100")
    gauge.spoil = lambda reply: [(4e-3, other_device + other_parameter + b"\xff" * 40 + reply)]
    assert opened.pressure().value == pytest.approx(0.1234)


SPOILT: dict[str, tuple[Callable[[bytes], Answers], type[InstrumentError]]] = {
    "silence": (lambda _: [], TransportTimeout),
    "late": (lambda reply: [(0.35, reply)], TransportTimeout),
    "no end": (lambda reply: [(5e-3, reply[:-1])], TransportTimeout),
    "a wrong checksum": (lambda reply: [(5e-3, reply[:-2] + bytes([reply[-2] ^ 1]) + b"\r")], FramingError),
    "only another device": (lambda _: [(5e-3, Gauge.telegram(2, "740", "100023"))], TransportTimeout),
}


@pytest.mark.parametrize(("spoil", "error"), SPOILT.values(), ids=SPOILT)
def test_a_fault_is_the_right_error_in_time_and_the_next_reading_is_right(
    spoil: Callable[[bytes], Answers], error: type[InstrumentError]
) -> None:
    gauge = Gauge()
    opened = gauge.open()
    assert isinstance(opened, PfeifferGauge)
    begun_s = gauge.clock.now()
    gauge.spoil = spoil
    with pytest.raises(error):
        opened.pressure()
    assert gauge.clock.now() - begun_s <= 0.3 + 1e-9
    gauge.said["740"] = "100017"
    assert opened.pressure().value == pytest.approx(0.1)
