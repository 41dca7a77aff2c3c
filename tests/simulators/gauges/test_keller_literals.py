"""Every literal exchange of the sheet (pressure.md 1.1) that this model answers, byte for byte."""

import struct
from dataclasses import replace

import pytest
from support.keller_line import KellerLine

from operando.simulators.gauges import KellerSettings


def _value(hexadecimal: str) -> float:
    """Single precision, as the sheet writes it."""
    return float(struct.unpack(">f", bytes.fromhex(hexadecimal))[0])


PLAIN = KellerSettings()
MODBUS = [
    pytest.param(
        KellerSettings(stuck_bar=_value("3F75F07B")),
        "01 03 00 02 00 02 65 CB",
        "01 03 04 3F 75 F0 7B E3 DE",
        id="P1 of 0.960701 bar",
    ),
    pytest.param(
        KellerSettings(stuck_celsius=_value("41B5C079")),
        "01 03 00 08 00 02 45 C9",
        "01 03 04 41 B5 C0 79 6E 0B",
        id="TOB1 of 22.719 degrees",
    ),
    pytest.param(
        KellerSettings(stuck_bar=_value("3F75E3D2"), stuck_celsius=_value("41B61C20")),
        "01 03 01 00 00 04 45 F5",
        "01 03 08 3F 75 E3 D2 41 B6 1C 20 A0 C7",
        id="P1 and TOB1 in one request",
    ),
    pytest.param(PLAIN, "01 03 00 04 00 02 85 CA", "01 03 04 FF FF FF FF FB A7", id="P2, which is not there"),
    pytest.param(PLAIN, "01 03 00 03 00 02 34 0B", "01 83 02 C0 F1", id="odd address"),
    pytest.param(PLAIN, "01 03 00 00 00 05 85 C9", "01 83 03 01 31", id="five registers"),
    pytest.param(PLAIN, "01 08 00 00 12 34 ED 7C", "01 08 00 00 12 34 ED 7C", id="echo test"),
    pytest.param(
        KellerSettings(stuck_bar=0.96051), "01 03 00 22 00 02 64 01", "01 03 04 00 01 77 33 CC 16", id="P1 of 96051 Pa"
    ),
    pytest.param(PLAIN, "01 03 02 02 00 02 64 73", "01 03 04 00 02 C8 F5 CC 74", id="serial number 182517"),
    pytest.param(
        KellerSettings(status=0b10), "01 03 02 0C 00 01 45 B1", "01 03 02 00 02 39 85", id="status, P1 in error"
    ),
    pytest.param(PLAIN, "01 03 02 0E 00 02 A4 70", "01 03 04 05 14 0C 1C BE 32", id="firmware 5.20-12.28"),
    pytest.param(PLAIN, "01 06 02 0D 00 07 58 73", "01 06 02 0D 00 07 58 73", id="new address 7"),
    pytest.param(
        PLAIN, "01 10 FF 00 00 02 04 3F 80 00 00 BB A7", "01 10 FF 00 00 02 71 DC", id="zero such that P1 reads 1 bar"
    ),
    pytest.param(
        KellerSettings(stuck_bar=float("nan")),
        "01 03 00 02 00 02 65 CB",
        "01 03 04 FF FF FF FF FB A7",
        id="P1 is no number",
    ),
    pytest.param(
        KellerSettings(stuck_bar=float("inf")), "01 03 00 02 00 02 65 CB", "01 03 04 7F 80 00 00 E2 0F", id="P1 over"
    ),
]

KELLER_BUS = [
    pytest.param(
        KellerSettings(stuck_bar=_value("3F6DBAAC")),
        "FA 49 01 A1 A7",
        "FA 49 3F 6D BA AC 00 1A 1B",
        id="P1 at the transparent address",
    ),
    pytest.param(KellerSettings(stuck_bar=_value("3F6DB153")), "01 49 01 50 D6", "01 49 3F 6D B1 53 00 E7 61", id="P1"),
    pytest.param(
        KellerSettings(stuck_celsius=_value("41CA5180")), "01 49 04 53 16", "01 49 41 CA 51 80 00 5F 36", id="TOB1"
    ),
    pytest.param(PLAIN, "01 45 D3 C1", "01 45 00 02 C8 F5 42 FA", id="serial number"),
    pytest.param(PLAIN, "FA 42 00 51 61", "FA 42 01 91 A0", id="what is your address"),
    pytest.param(PLAIN, "01 5F 00 F0 19", "01 5F 00 F0 19", id="set zero"),
]


@pytest.mark.parametrize(("settings", "request_", "reply"), MODBUS)
def test_modbus(settings: KellerSettings, request_: str, reply: str) -> None:
    assert KellerLine(replace(settings)).ask(request_) == reply


@pytest.mark.parametrize(("settings", "request_", "reply"), KELLER_BUS)
def test_keller_bus(settings: KellerSettings, request_: str, reply: str) -> None:
    line = KellerLine(replace(settings))
    line.ask("01 30 34 00")
    assert line.ask(request_) == reply


def test_the_first_initialisation_after_power_up_says_so() -> None:
    line = KellerLine()
    assert line.ask("01 30 34 00") == "01 30 05 14 0C 1C 0D 00 94 47"
    assert line.ask("01 30 34 00")[:23] == "01 30 05 14 0C 1C 0D 01"
    assert line.ask("FA 30 04 43")[:23] == "FA 30 05 14 0C 1C 0D 01"


def test_before_the_initialisation_the_keller_bus_is_refused_and_modbus_is_not() -> None:
    line = KellerLine(KellerSettings(stuck_bar=_value("3F75F07B")))
    assert line.ask("01 49 01 50 D6") == "01 C9 20 88 77"
    assert line.ask("01 03 00 02 00 02 65 CB") == "01 03 04 3F 75 F0 7B E3 DE"
