"""The mnemonics of the TPG: literal exchanges of the manuals, every status, and every fault with what comes after."""

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
    StaleReply,
    TransportTimeout,
)
from operando.drivers.gauges.tpg import open_tpg
from operando.drivers.roles import PressureSensor, Quality

ACK, NAK = b"\x06\r\n", b"\x15\r\n"
PLACES: dict[str, JsonValue] = {"places": {"chamber": {"channel": 1}, "box": {"channel": 2, "gas": "argon"}}}


class Unit:
    """A TPG 362 that says what a test puts into it."""

    def __init__(self, **said: str) -> None:
        self.clock = VirtualClock()
        self.said = {
            "TID": "PKR,APR",
            "AYT": "TPG362,PTG28290,44990000,010400,010100",
            "UNI": "4",
            "PR1": "0,8.3400E-03",
            "PR2": "0,+1.1000E+03",
        } | said
        self.asked: list[str] = []
        self.spoil: Callable[[bytes], Answers] | None = None
        self.links = [TimedLink(self._respond, self.clock) for _ in range(12)]
        self._wanted = "0000"
        self._opened = 0

    def open(self, options: dict[str, JsonValue] | None = None) -> dict[str, PressureSensor]:
        roles = open_tpg(context_for(self.links, self.clock, options or PLACES, accepted=False))
        self.asked.clear()
        return dict(roles.pressures)

    def _respond(self, data: bytes) -> Answers:
        if data == b"\x03":
            return []
        if data == b"\x05":
            reply = self._wanted.encode() + b"\r\n"
        else:
            word = data.removesuffix(b"\r").decode()
            self.asked.append(word)
            self._wanted = self.said.get(word, "0001")
            reply = ACK if word in self.said else NAK
        spoil, self.spoil = self.spoil, None
        return [(5e-3, reply)] if spoil is None else spoil(reply)


def test_a_reading_byte_by_byte() -> None:
    clock = VirtualClock()

    def told(word: str, line: str) -> list[tuple[bytes, list[bytes]]]:
        return [(word.encode() + b"\r", [ACK]), (b"\x05", [line.encode() + b"\r\n"])]

    transcript = Transcript(
        [
            (b"\x03", []),
            *told("TID", "PKR,TPR"),
            (b"AYT\r", [NAK]),
            (b"\x05", [b"0001\r\n"]),
            *told("PNR", "BG510500"),
            *told("UNI", "0"),
            (bytes.fromhex("50 52 31 0D"), [bytes.fromhex("06 0D 0A")]),
            (bytes.fromhex("05"), [bytes.fromhex("30 2C 38 2E 33 34 30 30 45 2D 30 33 0D 0A")]),
            *told("UNI", "0"),
        ],
        clock,
    )
    roles = open_tpg(context_for([transcript], clock, {"places": {"chamber": {"channel": 1}}}, accepted=False))
    reading = roles.pressures["chamber"].pressure()
    assert transcript.done()
    assert reading.value == pytest.approx(0.834)
    assert (reading.unit, reading.quality) == ("Pa", Quality.OK)


def test_both_generations_tell_who_they_are() -> None:
    identity = Unit().open()["chamber"].identify()
    assert (identity.model, identity.serial, identity.firmware) == ("TPG 362", "44990000", "010400")
    older = Unit(PNR="BG510500")
    del older.said["AYT"]
    identity = older.open()["chamber"].identify()
    assert (identity.model, identity.serial, identity.firmware) == ("TPG 262", "", "BG510500")


@pytest.mark.parametrize(
    ("line", "quality", "words"),
    [
        ("0,2.0000E-02", Quality.OK, ""),
        ("1,5.0000E-09", Quality.UNDER, "under range"),
        ("2,1.0000E+03", Quality.OVER, "over range"),
        ("3,1.0000E+03", Quality.FAULT, "sensor error"),
        ("4,1.0000E+03", Quality.OFF, "sensor off"),
        ("5,2.0000E-02", Quality.OFF, "no sensor"),
        ("6,2.0000E-02", Quality.FAULT, "identification error"),
    ],
)
def test_the_number_counts_only_with_status_zero(line: str, quality: Quality, words: str) -> None:
    unit = Unit(PR1=line)
    reading = unit.open()["chamber"].pressure()
    assert (reading.quality, reading.detail) == (quality, words)
    assert math.isfinite(reading.value) is (quality is Quality.OK)


@pytest.mark.parametrize(
    ("unit", "pascal"), [("0", 0.834), ("1", 1.111908), ("2", 8.34e-3), ("3", 1.111908e-3), ("4", 0.834)]
)
def test_units(unit: str, pascal: float) -> None:
    assert Unit(UNI=unit).open()["chamber"].pressure().value == pytest.approx(pascal, rel=1e-5)


def test_volts_are_no_pressure() -> None:
    with pytest.raises(ConfigMismatch, match="no pressure"):
        Unit(UNI="5").open()["chamber"].pressure()


def test_a_unit_that_is_changed_on_the_front_panel_never_gives_a_wrong_value() -> None:
    unit = Unit()
    gauge = unit.open()["chamber"]
    assert gauge.pressure().value == pytest.approx(0.834)
    unit.said |= {"UNI": "2", "PR1": "0,8.3400E-01"}
    assert gauge.pressure().value == pytest.approx(0.834)
    assert unit.asked.count("PR1") == 3, "the reading during which the unit changed was taken again"


def test_the_gas_counts_where_the_gauge_knows_it() -> None:
    box = Unit().open()["box"].pressure()
    assert box.value == pytest.approx(1.1e5), "a diaphragm does not know the gas"
    pirani = Unit(TID="PKR,TPR", PR2="0,1.0000E+00").open()["box"].pressure()
    assert pirani.value == pytest.approx(165.0)
    assert "argon" in pirani.detail


@pytest.mark.parametrize("options", [{}, {"places": {}}, {"places": {"a": {"channel": 7}}}, {"channels": 1}])
def test_options(options: dict[str, JsonValue]) -> None:
    with pytest.raises(ConfigMismatch):
        open_tpg(context_for([], VirtualClock(), options))


def test_a_channel_that_does_not_exist() -> None:
    with pytest.raises(ConfigMismatch, match="2 channels, not 3"):
        Unit().open({"places": {"chamber": {"channel": 3}}})


def test_a_refusal_says_why_and_leaves_no_doubt() -> None:
    unit = Unit()
    gauge = unit.open()["chamber"]
    value = unit.said.pop("PR1")
    with pytest.raises(ProtocolError, match="syntax error"):
        gauge.pressure()
    unit.said["PR1"] = value
    assert gauge.pressure().quality is Quality.OK


SPOILT: dict[str, tuple[Callable[[bytes], Answers], type[InstrumentError]]] = {
    "silence": (lambda _: [], TransportTimeout),
    "late": (lambda reply: [(0.6, reply)], TransportTimeout),
    "half": (lambda reply: [(5e-3, reply[:1])], TransportTimeout),
    "garbage": (lambda _: [(5e-3, b"\xa5\xff\r\n" * 8)], FramingError),
    "acknowledged twice": (lambda reply: [(5e-3, reply), (6e-3, reply)], StaleReply),
}


@pytest.mark.parametrize(("spoil", "error"), SPOILT.values(), ids=SPOILT)
def test_a_fault_is_the_right_error_in_time_and_the_next_reading_is_right(
    spoil: Callable[[bytes], Answers], error: type[InstrumentError]
) -> None:
    unit = Unit()
    gauge = unit.open()["chamber"]
    gauge.pressure()
    begun_s = unit.clock.now()
    unit.spoil = spoil
    with pytest.raises(error):
        gauge.pressure()
    assert unit.clock.now() - begun_s <= 1.0
    unit.said["PR1"] = "0,1.0000E-03"
    assert gauge.pressure().value == pytest.approx(0.1)


def test_values_that_the_unit_says_by_itself_after_power_up_are_passed_over() -> None:
    unit = Unit()
    gauge = unit.open()["chamber"]
    unit.spoil = lambda reply: [(1e-3, b"0,9.9900E+02,0,9.9900E+02\r\n"), (5e-3, reply)]
    assert gauge.pressure().value == pytest.approx(0.834)


@pytest.mark.parametrize("line", ["", "0", "0,", "9,1.0000E+00", "0,1.0000", "0,nan", "0,1.0000E+00,0,1.0000E+00"])
def test_what_is_no_measurement_is_an_error(line: str) -> None:
    unit = Unit(PR1=line)
    with pytest.raises(FramingError):
        unit.open()["chamber"].pressure()
