"""Something else at the address: what it says is named, and where it can be read, that it is another instrument."""

import pytest
from pydantic import JsonValue
from support.one_instrument import context_for
from support.timed_link import Answers, TimedLink

from operando.drivers.bench.roles import DriverFactory
from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ConfigMismatch, FramingError, InstrumentError, StaleReply, TransportTimeout
from operando.drivers.gauges.tpg import open_tpg
from operando.drivers.potentiostats.emstat import open_emstat4_hr
from operando.drivers.potentiostats.keithley.keithley_2450 import open_keithley_2450

TPG_PLACES: dict[str, JsonValue] = {"places": {"chamber": {"channel": 1}}}


def error_of(open_it: DriverFactory, reply: bytes) -> InstrumentError:
    """What is said about an instrument that answers everything with the same bytes."""
    clock = VirtualClock()

    def respond(data: bytes) -> Answers:
        return [(2e-3, reply)] if reply and data.strip(b"\x03") else []

    links = [TimedLink(respond, clock) for _ in range(8)]
    with pytest.raises(InstrumentError) as raised:
        open_it(context_for(links, clock, TPG_PLACES if open_it is open_tpg else {}, accepted=False))
    assert clock.now() < 10.0
    assert raised.value.where == "device at tcp://device:1"
    return raised.value


@pytest.mark.parametrize(
    ("open_it", "reply", "said"),
    [
        (open_emstat4_hr, b"ERROR: unknown command\r\n", "is not an EmStat4 HR: 'ERROR: unknown command'"),
        (open_emstat4_hr, b"HTTP/1.1 400 Bad Request\r\n\r\n", "is not an EmStat4 HR: 'HTTP/1.1 400 Bad Request'"),
        (open_emstat4_hr, b"KEITHLEY INSTRUMENTS,MODEL 2450,1,1\n", "'KEITHLEY INSTRUMENTS,MODEL 2450,1,1'"),
        (open_tpg, b"HTTP/1.1 400 Bad Request\r\n", "is not a TPG: 'HTTP/1.1 400 Bad Request'"),
        (open_tpg, b"KEITHLEY INSTRUMENTS,MODEL 2450,1,1\r\n", "is not a TPG: 'KEITHLEY INSTRUMENTS"),
    ],
)
def test_another_instrument_is_called_so(open_it: DriverFactory, reply: bytes, said: str) -> None:
    error = error_of(open_it, reply)
    assert isinstance(error, ConfigMismatch)
    assert said in error.what and "Check the address" in error.remedy


@pytest.mark.parametrize(
    ("open_it", "reply", "said"),
    [
        (open_emstat4_hr, b"\xfe\x81\xc0\x9d\n", r"b'\xfe\x81\xc0\x9d'"),
        (open_emstat4_hr, b"t\n", "b't'"),
        (open_emstat4_hr, b"{!0003\n", "b'{!0003'"),
        (open_emstat4_hr, b"ERROR;FF", "ERROR;FF"),
        (open_tpg, b"\xfe\x81\xc0\r\n", r"b'\xfe\x81\xc0'"),
        (open_tpg, b"ERROR\n", r"ERROR\n"),
        (open_emstat4_hr, b"", "nothing came"),
        (open_tpg, b"", "nothing came"),
    ],
)
def test_what_cannot_be_told_is_a_time_out_that_names_the_bytes(
    open_it: DriverFactory, reply: bytes, said: str
) -> None:
    error = error_of(open_it, reply)
    assert isinstance(error, TransportTimeout)
    assert said in error.what


def test_a_unit_that_goes_on_talking_is_shown_from_its_first_line() -> None:
    error = error_of(open_tpg, b"first\r\n" + b"more\r\n" * 9)
    assert isinstance(error, FramingError) and "'first'" in error.what


def test_a_stranger_at_a_source_meter_is_thought_of() -> None:
    error = error_of(open_keithley_2450, b"*!0003\n")
    assert isinstance(error, StaleReply)
    assert "'*!0003'" in error.what and "another instrument is there" in error.remedy
