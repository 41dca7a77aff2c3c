"""The line: who is answered when, what vanishes silently, and that what comes next is right."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keller_line import KellerLine, keller_bus_frame, modbus_frame

from operando.simulators.gauges import KellerSettings

ECHO = "01 08 00 00 12 34 ED 7C"
P1 = "01 03 00 02 00 02 65 CB"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param("01 03 00 02 00 02 65 CC", id="wrong checksum"),
        pytest.param("01 03 00 02 00 02 CB 65", id="Modbus with the checksum of the KELLER bus"),
        pytest.param("01 30 00 34", id="KELLER bus with the checksum of Modbus"),
        pytest.param(modbus_frame("02 03 00 02 00 02"), id="another address"),
        pytest.param(keller_bus_frame("02 30"), id="another address, KELLER bus"),
        pytest.param("01 03 00 02 00", id="not finished"),
        pytest.param("01", id="one byte"),
    ],
)
def test_silence_and_the_next_request_is_answered(request_: str) -> None:
    line = KellerLine()
    assert line.ask(request_) == ""
    assert line.ask(ECHO) == ECHO


def test_a_broadcast_is_obeyed_and_not_answered() -> None:
    line = KellerLine()
    assert line.ask(modbus_frame("00 06 02 0D 00 07")) == ""
    assert line.ask(modbus_frame("07 08 00 00 12 34")) == modbus_frame("07 08 00 00 12 34")


def test_the_transparent_address_is_answered_as_such() -> None:
    line = KellerLine()
    line.ask(modbus_frame("01 06 02 0D 00 21"))
    assert line.ask(modbus_frame("FA 03 02 0D 00 01")) == modbus_frame("FA 03 02 00 21")


@pytest.mark.parametrize(
    ("pause_s", "answered"),
    [pytest.param(1.4e-3, True, id="short enough"), pytest.param(1.6e-3, False, id="too long")],
)
def test_a_pause_inside_a_frame(pause_s: float, answered: bool) -> None:
    line = KellerLine()
    request = bytes.fromhex(ECHO)
    line.client.write(request[:3])
    line.pause(pause_s)
    assert line.client.ask(request[3:], 0.1) == (request if answered else b"")
    assert line.ask(ECHO) == ECHO


@given(cuts=st.lists(st.integers(1, 7), max_size=7, unique=True))
def test_a_frame_may_come_in_any_pieces(cuts: list[int]) -> None:
    line = KellerLine()
    request = bytes.fromhex(ECHO)
    edges = [0, *sorted(cuts), len(request)]
    for start, end in pairwise(edges):
        line.pause(1e-3)
        line.client.write(request[start:end])
    assert line.client.read(line.client.now + 0.1) == request


@given(garbage=st.binary(min_size=1, max_size=40))
def test_whatever_came_before_a_pause_the_next_request_is_answered_rightly(garbage: bytes) -> None:
    line = KellerLine(KellerSettings(stuck_bar=1.0))
    line.client.ask(garbage, 0.1)
    assert line.ask("FA 03 00 02 00 02 70 40")[-17:] == modbus_frame("FA 03 04 3F 80 00 00")[-17:]


@pytest.mark.parametrize(
    ("request_", "delay_s"),
    [
        pytest.param(P1, 1.5e-3, id="read"),
        pytest.param(modbus_frame("01 06 02 0D 00 01"), 7.2e-3, id="one register written"),
        pytest.param(modbus_frame("01 10 FF 02 00 02 04 00 00 00 00"), 14.4e-3, id="two registers written"),
    ],
)
def test_a_reply_takes_its_time(request_: str, delay_s: float) -> None:
    line = KellerLine()
    asked_s = line.client.now
    line.client.write(bytes.fromhex(request_))
    assert line.client.conversation.due() == pytest.approx(asked_s + delay_s)
    assert line.client.read(asked_s + 0.9 * delay_s) == b""
    assert line.client.read(asked_s + 1.1 * delay_s) != b""


@pytest.mark.parametrize("request_", [P1, keller_bus_frame("01 30")], ids=["Modbus", "KELLER bus"])
def test_a_converter_with_echo_gives_the_request_back_first(request_: str) -> None:
    quiet = KellerLine().ask(request_)
    assert KellerLine(KellerSettings(local_echo=True)).ask(request_) == f"{request_} {quiet}"


def test_a_converter_with_echo_gives_back_what_the_transmitter_ignores() -> None:
    foreign = modbus_frame("02 03 00 02 00 02")
    assert KellerLine(KellerSettings(local_echo=True)).ask(foreign) == foreign


def test_clients_on_one_line_hear_their_own_replies() -> None:
    line = KellerLine()
    other = line.engine.connect("", 49153, line.client.now)
    assert line.ask(ECHO) == ECHO
    assert other.due() is None


def test_the_noise_is_that_of_the_settings_and_the_same_for_the_same_seed() -> None:
    readings = []
    for _ in range(2):
        line = KellerLine()
        line.settings.pressure_noise_bar = 2e-5
        readings.append([line.ask(P1) for _ in range(50)])
    assert readings[0] == readings[1]
    assert len(set(readings[0])) > 10
