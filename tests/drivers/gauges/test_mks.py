"""MKS 900: the literal exchanges of the manuals, units, status, and every fault."""

import math
from collections.abc import Callable

import pytest
from pydantic import JsonValue
from support.one_instrument import context_for
from support.timed_link import Answers, TimedLink
from support.transcript import Transcript

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import (
    ConfigMismatch,
    FramingError,
    InstrumentError,
    ProtocolError,
    TransportTimeout,
)
from operando.drivers.gauges.mks import open_mks_900
from operando.drivers.roles import PressureSensor, Quality


class Transducer:
    """A 974B that says what a test puts into it."""

    def __init__(self, **said: str) -> None:
        self.clock = VirtualClock()
        self.said = {"DT": "974B", "SN": "0931", "FV": "1.13", "U": "TORR", "T": "O", "PR4": "1.234E-3"} | said
        self.spoil: Callable[[bytes], Answers] | None = None
        self.links = [TimedLink(self._respond, self.clock) for _ in range(8)]

    def open(self, options: dict[str, JsonValue] | None = None) -> PressureSensor:
        return open_mks_900(context_for(self.links, self.clock, options or {}, accepted=False)).pressures["chamber"]

    def _respond(self, request: bytes) -> Answers:
        command = request[4:].removesuffix(b"?;FF").decode()
        reply = f"@253ACK{self.said[command]};FF" if command in self.said else "@253NAK160;FF"
        spoil, self.spoil = self.spoil, None
        return [(5e-3, reply.encode())] if spoil is None else spoil(reply.encode())


def test_a_reading_byte_by_byte() -> None:
    clock = VirtualClock()
    exchanges = (
        (b"@253DT?;FF", b"@253ACK972B;FF"),
        (b"@253SN?;FF", b"@253ACK0931;FF"),
        (b"@253FV?;FF", b"@253ACK1.13;FF"),
        (b"@253U?;FF", b"@253ACKPASCAL;FF"),
        (b"@253PR4?;FF", b"@253ACK1.234E-3;FF"),
        (b"@253T?;FF", b"@253ACKO;FF"),
        (b"@253U?;FF", b"@253ACKPASCAL;FF"),
    )
    transcript = Transcript([(asked, [said[:4], said[4:]]) for asked, said in exchanges], clock)
    gauge = open_mks_900(context_for([transcript], clock, accepted=False)).pressures["chamber"]
    reading = gauge.pressure()
    assert transcript.done()
    assert (reading.value, reading.unit, reading.quality) == (1.234e-3, "Pa", Quality.OK)


@pytest.mark.parametrize(("unit", "pascal"), [("TORR", 0.1645198), ("MBAR", 0.1234), ("PASCAL", 1.234e-3)])
def test_units(unit: str, pascal: float) -> None:
    assert Transducer(U=unit).open().pressure().value == pytest.approx(pascal, rel=1e-6)


def test_a_unit_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(ConfigMismatch, match="FURLONG"):
        Transducer(U="FURLONG").open().pressure()


@pytest.mark.parametrize(
    ("status", "value", "quality", "words"),
    [
        ("O", "1.234E-3", Quality.OK, ""),
        ("G", "1.234E-3", Quality.OK, "cold cathode is on"),
        ("M", "1.234E-3", Quality.FAULT, "Pirani"),
        ("C", "1.234E-3", Quality.FAULT, "cold cathode"),
        ("Z", "1.234E-3", Quality.FAULT, "piezo"),
        ("R", "1.234E-3", Quality.FAULT, "dose"),
        ("?", "1.234E-3", Quality.FAULT, "unknown status"),
        ("O", "LO<E-11", Quality.UNDER, "LO<E-11"),
        ("O", "ATM", Quality.OVER, "ATM"),
        ("O", "OFF", Quality.OFF, "OFF"),
        ("O", "NOGAUGE", Quality.OFF, "NOGAUGE"),
    ],
)
def test_qualities(status: str, value: str, quality: Quality, words: str) -> None:
    reading = Transducer(T=status, PR4=value).open().pressure()
    assert (reading.quality, words in reading.detail) == (quality, True)
    assert math.isfinite(reading.value) is (quality is Quality.OK)


def test_a_word_that_is_no_pressure_is_an_error() -> None:
    with pytest.raises(FramingError, match="no pressure"):
        Transducer(PR4="HELLO").open().pressure()


def test_a_refusal_says_why_and_leaves_no_doubt() -> None:
    transducer = Transducer()
    gauge = transducer.open()
    del transducer.said["T"]
    with pytest.raises(ProtocolError, match="unknown command"):
        gauge.pressure()
    transducer.said["T"] = "O"
    assert gauge.pressure().quality is Quality.OK


def test_the_gas_counts_for_the_pirani_and_not_for_the_piezo() -> None:
    said = {"PR1": "1.0E+0", "PR2": "1.0E+0", "U": "PASCAL"}
    assert Transducer(**said).open({"channel": 1, "gas": "argon"}).pressure().value == pytest.approx(1.65)
    assert Transducer(**said).open({"channel": 2, "gas": "argon"}).pressure().value == pytest.approx(1.0)


SPOILT: dict[str, tuple[Callable[[bytes], Answers], type[InstrumentError]]] = {
    "silence": (lambda _: [], TransportTimeout),
    "late": (lambda reply: [(0.35, reply)], TransportTimeout),
    "no end": (lambda reply: [(5e-3, reply[:-1])], TransportTimeout),
    "another device": (lambda reply: [(5e-3, b"@002" + reply[4:])], FramingError),
    "garbage": (lambda _: [(5e-3, b"\xa5\xff;FF")], FramingError),
}


@pytest.mark.parametrize(("spoil", "error"), SPOILT.values(), ids=SPOILT)
def test_a_fault_is_the_right_error_in_time_and_the_next_reading_is_right(
    spoil: Callable[[bytes], Answers], error: type[InstrumentError]
) -> None:
    transducer = Transducer()
    gauge = transducer.open()
    begun_s = transducer.clock.now()
    transducer.spoil = spoil
    with pytest.raises(error):
        gauge.pressure()
    assert transducer.clock.now() - begun_s <= 0.3 + 1e-9
    transducer.said["PR4"] = "2.000E+0"
    assert gauge.pressure().value == pytest.approx(266.6447, rel=1e-6)


@pytest.mark.parametrize("options", [{"device": 0}, {"device": 254}, {"channel": 5}, {"adress": 1}])
def test_options(options: dict[str, JsonValue]) -> None:
    with pytest.raises(ConfigMismatch):
        open_mks_900(context_for([], VirtualClock(), options))
