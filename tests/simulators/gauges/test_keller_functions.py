"""What the functions of both protocols do beyond the literal exchanges: exceptions, coefficients, zero, address."""

import struct

import pytest
from support.keller_line import KellerLine, keller_bus_frame, modbus_frame

from operando.simulators.gauges import KellerSettings

P1, TOB1 = "01 03 00 02 00 02", "01 03 00 08 00 02"


@pytest.fixture
def line() -> KellerLine:
    initialised = KellerLine()
    initialised.ask(keller_bus_frame("01 30"))
    return initialised


def _float(reply: str, at: int) -> float:
    return float(struct.unpack_from(">f", bytes.fromhex(reply), at)[0])


def _p1(line: KellerLine, unit: int = 1) -> float:
    return _float(line.ask(modbus_frame(f"{unit:02X} 03 00 02 00 02")), 3)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        pytest.param("01 04 00 02 00 02", 1, id="a function of Modbus that it has not"),
        pytest.param("01 03 00 50 00 02", 2, id="a start that is not defined"),
        pytest.param("01 03 00 02 00 00", 3, id="no register"),
        pytest.param("01 08 00 01 12 34", 3, id="another sub-function of the echo test"),
        pytest.param("01 06 02 0D 00 F8", 4, id="an address that is none for one device"),
        pytest.param("01 06 02 0C 00 00", 4, id="the status is protected"),
        pytest.param("01 06 03 80 00 00", 2, id="no single write among the coefficients"),
        pytest.param("01 06 FF 00 00 00", 2, id="no single write of the zero"),
        pytest.param("01 10 FF 00 00 01 02 3F 80", 3, id="one register instead of two"),
        pytest.param("01 10 03 A0 00 02 04 3F 80 00 00", 4, id="the range is protected"),
        pytest.param("01 10 02 00 00 02 04 3F 80 00 00", 2, id="no multiple write there"),
    ],
)
def test_modbus_exceptions(line: KellerLine, request_: str, code: int) -> None:
    function = bytes.fromhex(request_)[1]
    assert line.ask(modbus_frame(request_)) == modbus_frame(f"01 {function | 0x80:02X} {code:02X}")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        pytest.param("01 64 00", 1, id="F100 is not built"),
        pytest.param("01 49 06", 2, id="no such channel"),
        pytest.param("01 1E 05", 2, id="no such coefficient"),
        pytest.param("01 1F 50 3F 80 00 00", 4, id="the range is protected"),
        pytest.param("01 20 05", 2, id="no such configuration byte"),
        pytest.param("01 21 0C 00", 4, id="the status is protected"),
        pytest.param("01 42 FA", 4, id="an address that is none for one device"),
        pytest.param("01 5F 07", 2, id="no such command of F95"),
    ],
)
def test_keller_bus_exceptions(line: KellerLine, request_: str, code: int) -> None:
    function = bytes.fromhex(request_)[1]
    assert line.ask(keller_bus_frame(request_)) == keller_bus_frame(f"01 {function | 0x80:02X} {code:02X}")


def test_a_read_past_the_end_of_what_is_defined_gives_zeros(line: KellerLine) -> None:
    reply = line.ask(modbus_frame("01 03 02 0F 00 04"))
    assert reply == modbus_frame("01 03 08 0C 1C 00 00 00 00 00 00")


def test_the_pressure_of_the_world_in_every_representation(line: KellerLine) -> None:
    pascal = line.world.box.pressure_Pa(line.client.now)
    celsius = line.world.box.temperature_K(line.client.now) - 273.15
    assert _p1(line) == pytest.approx(pascal / 1e5, rel=1e-5)
    assert _float(line.ask(modbus_frame(TOB1)), 3) == pytest.approx(celsius, rel=1e-4)
    assert int(line.ask(modbus_frame("01 03 00 22 00 02")).replace(" ", "")[6:14], 16) == pytest.approx(pascal, abs=2)
    assert int(line.ask(modbus_frame("01 03 00 11 00 01")).replace(" ", "")[6:10], 16) == round(pascal / 1e3)
    assert int(line.ask(keller_bus_frame("01 4A 01")).replace(" ", "")[4:12], 16) == pytest.approx(pascal, abs=2)


@pytest.mark.parametrize(
    ("stuck_bar", "short", "long", "floating"),
    [
        pytest.param(float("nan"), "7F FF", "7F FF FF FF", "FF FF FF FF", id="not a number"),
        pytest.param(float("inf"), "7F FF", "7F FF FF FF", "7F 80 00 00", id="over"),
        pytest.param(float("-inf"), "80 00", "80 00 00 00", "FF 80 00 00", id="under"),
    ],
)
def test_faults_in_the_value_itself(stuck_bar: float, short: str, long: str, floating: str) -> None:
    line = KellerLine(KellerSettings(stuck_bar=stuck_bar))
    line.ask(keller_bus_frame("01 30"))
    assert line.ask(modbus_frame("01 03 00 11 00 01")) == modbus_frame(f"01 03 02 {short}")
    assert line.ask(modbus_frame("01 03 00 22 00 02")) == modbus_frame(f"01 03 04 {long}")
    assert line.ask(modbus_frame("01 03 01 00 00 02")) == modbus_frame(f"01 03 04 {floating}")
    assert line.ask(keller_bus_frame("01 49 01")) == keller_bus_frame(f"01 49 {floating} 00")
    assert line.ask(keller_bus_frame("01 4A 01")) == keller_bus_frame(f"01 4A {long} 00")


@pytest.mark.parametrize(
    ("range_bar", "expected"),
    [
        pytest.param((0.0, 1.01), 1.1, id="within a tenth beyond the range"),
        pytest.param((0.0, 0.9), float("inf"), id="above"),
        pytest.param((1.3, 3.0), float("-inf"), id="below"),
    ],
)
def test_beyond_its_range_the_transmitter_gives_no_number(range_bar: tuple[float, float], expected: float) -> None:
    line = KellerLine(KellerSettings(range_bar=range_bar))
    assert _p1(line) == pytest.approx(expected, rel=1e-5)


def test_zero_is_set_to_what_was_asked_for_and_reset(line: KellerLine) -> None:
    before = _p1(line)
    line.ask(modbus_frame("01 10 FF 00 00 02 04 3F 80 00 00"))
    assert _p1(line) == pytest.approx(1.0, abs=1e-6)
    assert line.ask(modbus_frame("01 10 FF 02 00 02 04 00 00 00 00")) == modbus_frame("01 10 FF 02 00 02")
    assert _p1(line) == pytest.approx(before, rel=1e-6)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param("01 5F 00", 0.0, id="without a set point"),
        pytest.param("01 5F 00 3F 80 00 00", 1.0, id="with a set point"),
    ],
)
def test_zero_over_the_keller_bus(line: KellerLine, request_: str, expected: float) -> None:
    before = _p1(line)
    assert line.ask(keller_bus_frame(request_)) == keller_bus_frame("01 5F 00")
    assert _p1(line) == pytest.approx(expected, abs=1e-6)
    line.ask(keller_bus_frame("01 5F 01"))
    assert _p1(line) == pytest.approx(before, rel=1e-6)


def test_coefficients_are_the_same_over_both_protocols(line: KellerLine) -> None:
    highest = struct.pack(">f", 3.0).hex()
    assert line.ask(keller_bus_frame("01 1E 51")) == keller_bus_frame(f"01 1E {highest}")
    assert line.ask(modbus_frame("01 03 03 A2 00 02")) == modbus_frame(f"01 03 04 {highest}")
    before = _p1(line)
    assert line.ask(keller_bus_frame("01 1F 41 40 00 00 00")) == keller_bus_frame("01 1F 00")
    assert line.ask(modbus_frame("01 03 03 82 00 02")) == modbus_frame("01 03 04 40 00 00 00")
    assert _p1(line) == pytest.approx(2.0 * before, rel=1e-5)


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        pytest.param(modbus_frame("01 06 02 0D 00 07"), modbus_frame("01 06 02 0D 00 07"), id="Modbus F6"),
        pytest.param(keller_bus_frame("01 42 07"), keller_bus_frame("01 42 07"), id="KELLER bus F66"),
        pytest.param(keller_bus_frame("01 21 0D 07"), keller_bus_frame("01 21 00"), id="KELLER bus F33"),
    ],
)
def test_a_new_address_holds_at_once(line: KellerLine, request_: str, reply: str) -> None:
    assert line.ask(request_) == reply
    assert line.ask(modbus_frame(P1)) == ""
    assert _p1(line, unit=7) == pytest.approx(1.1, abs=0.01)
    assert line.ask(keller_bus_frame("FA 42 00")) == keller_bus_frame("FA 42 07")
    assert line.ask(keller_bus_frame("07 20 0D")) == keller_bus_frame("07 20 07")


def test_after_a_failure_of_the_supply_it_is_in_power_up_mode_and_must_be_initialised(line: KellerLine) -> None:
    line.engine.power_cycle(line.client.now)
    assert line.ask(modbus_frame("01 03 02 0C 00 01")) == modbus_frame("01 03 02 00 80")
    assert line.ask(modbus_frame("01 10 FF 00 00 02 04 3F 80 00 00")) == modbus_frame("01 90 04")
    assert line.ask(keller_bus_frame("01 49 01")) == keller_bus_frame("01 C9 20")
    line.pause(line.settings.power_up_s)
    assert line.ask(modbus_frame("01 03 02 0C 00 01")) == modbus_frame("01 03 02 00 00")
