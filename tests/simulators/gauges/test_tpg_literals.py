"""The simulated TPG by the literal exchanges of the manuals, and by the habits of real clients."""

import pytest
from support.gauge_world import GaugeWorld, client_of

from operando.simulators.gauges import Tpg
from operando.simulators.gauges.tpg_settings import TpgSettings, TpgUnits
from operando.simulators.gauges.vacuum_head import HeadKind, HeadState, VacuumHead

ACK, NAK = b"\x06\r\n", b"\x15\r\n"


class TpgLine:
    """A TPG with a full range gauge and a Pirani at 8.34e-3 mbar, and a client."""

    def __init__(self, settings: TpgSettings | None = None) -> None:
        self.world = GaugeWorld(0.834)
        self.heads: list[VacuumHead] = [self.world.head(), self.world.head(HeadKind.PIRANI)]
        self.settings = settings or TpgSettings()
        self.client = client_of(Tpg(self.world, self.heads, self.settings))

    def ask(self, data: bytes) -> bytes:
        return self.client.ask(data, 0.1)

    def told(self, word: str) -> str:
        assert self.ask(word.encode() + b"\r") == ACK
        return self.ask(b"\x05").decode().removesuffix("\r\n")


def test_a_value_and_fresh_ones_of_the_same_kind() -> None:
    line = TpgLine()
    assert line.ask(bytes.fromhex("50 52 31 0D")) == bytes.fromhex("06 0D 0A")
    assert line.ask(b"\x05") == b"0,+8.3400E-03\r\n"
    line.world.pressure = 0.08
    assert line.ask(b"\x05") == b"0,+8.0000E-04\r\n"


def test_all_channels_and_who_they_are() -> None:
    line = TpgLine()
    assert line.told("PRX") == "0,+8.3400E-03,0,+8.3400E-03"
    assert line.told("TID") == "PKR,TPR"
    assert line.told("AYT") == "TPG362,PTG28290,44990000,010400,010100"


@pytest.mark.parametrize("request_bytes", [b"FOL,2\r", b"PR3\r", b"AYT,1\r", b"SEN,1\r"])
def test_a_wrong_mnemonic_or_a_wrong_number_of_values_is_a_wrong_syntax(request_bytes: bytes) -> None:
    line = TpgLine()
    assert line.ask(request_bytes) == NAK
    assert line.ask(b"\x05") == b"0001\r\n"
    assert line.ask(b"\x05") == b"0000\r\n", "cleared by reading"


def test_an_older_unit_does_not_know_ayt_nor_hectopascal() -> None:
    line = TpgLine(TpgSettings(third_generation=False, units=TpgUnits.MBAR))
    assert line.ask(b"AYT\r") == NAK
    assert line.ask(b"\x05") == b"0001\r\n"
    assert line.ask(b"UNI,4\r") == NAK
    assert line.ask(b"\x05") == b"0010\r\n"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (HeadState.ERROR, "3,"),
        (HeadState.OFF, "4,"),
        (HeadState.MISSING, "5,+2.0000E-02"),
        (HeadState.UNKNOWN, "6,"),
    ],
)
def test_status(state: HeadState, status: str) -> None:
    line = TpgLine()
    line.heads[0].state = state
    assert line.told("PR1").startswith(status)


@pytest.mark.parametrize(
    ("unit", "value"),
    [("0", "+8.3400E-03"), ("1", "+6.2600E-03"), ("2", "+8.3400E-01"), ("3", "+6.2600E+00"), ("4", "+8.3400E-03")],
)
def test_units(unit: str, value: str) -> None:
    line = TpgLine()
    assert line.told(f"UNI,{unit}") == unit
    assert line.told("PR1") == f"0,{value}"


@pytest.mark.parametrize(
    ("request_bytes", "reply"),
    [
        (b"UNI, 2\r", ACK),
        (b"BAU\r\n", ACK),
        (b"PR1\r\n", ACK),
        (b"SP1,0,6.80E-3,9.80E-3\r", ACK),
        (b"xyz\x03PR1\r", ACK),
        (b"UNI,9\r", NAK),
    ],
    ids=["spaces", "a line feed", "a line feed again", "any number format", "ETX clears", "no such unit"],
)
def test_habits_of_clients(request_bytes: bytes, reply: bytes) -> None:
    assert TpgLine().ask(request_bytes) == reply


def test_a_unit_that_was_just_switched_on_talks_until_it_hears_something() -> None:
    line = TpgLine(TpgSettings(just_switched_on=True))
    assert line.client.read(2.5) == b"0,+8.3400E-03,0,+8.3400E-03\r\n" * 2
    line.ask(b"\x03")
    assert line.client.read(10.0) == b""


def test_continuous_output_until_the_next_character() -> None:
    line = TpgLine()
    assert line.client.ask(b"COM,0\r", 0.05) == ACK
    assert line.client.read(line.client.now + 0.35).count(b"\r\n") >= 3
    line.ask(b"\x03")
    assert line.client.read(line.client.now + 5.0) == b""
