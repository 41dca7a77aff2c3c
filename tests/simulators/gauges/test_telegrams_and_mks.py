"""The simulated Pfeiffer line and the MKS transducer by the literal exchanges of their manuals."""

import pytest
from support.gauge_world import GaugeWorld, client_of

from operando.simulators.gauges import Mks900, TelegramLine
from operando.simulators.gauges.mks import MksSettings
from operando.simulators.gauges.telegram_line import TelegramGauge
from operando.simulators.gauges.vacuum_head import HeadKind, HeadState


@pytest.mark.parametrize(
    ("request_bytes", "reply"),
    [
        (b"0010074002=?106\r", b"0011074006100023025\r"),
        (b"0011074103001130\r", b"0011074103001130\r"),
        (b"0010030302=?101\r", b"0011030306000000014\r"),
        (b"0010034902=?111\r", b"0011034906    A3236\r"),
        (b"0010099902=?122\r", b"0011099906NO_DEF206\r"),
        (b"0010074002=?107\r", b""),
        (b"9000074002=?114\r", b""),
        (b"0030074002=?108\r", b""),
    ],
    ids=[
        "pressure",
        "a command",
        "no error",
        "name",
        "no such parameter",
        "a wrong checksum",
        "a group",
        "another device",
    ],
)
def test_telegrams(request_bytes: bytes, reply: bytes) -> None:
    world = GaugeWorld(1e5)
    line = TelegramLine(world, [TelegramGauge(1, world.head(HeadKind.PIRANI))])
    assert client_of(line).ask(request_bytes, 0.1) == reply


def test_a_small_pressure_and_a_broken_gauge_and_noise_before() -> None:
    world = GaugeWorld(0.1234)
    gauge = TelegramGauge(1, world.head(), noise_before=40)
    client = client_of(TelegramLine(world, [gauge]))
    assert client.ask(b"0010074002=?106\r", 0.1) == b"\xff" * 40 + b"0011074006123417037\r"
    gauge.noise_before, gauge.head.state = 0, HeadState.ERROR
    assert client.ask(b"0010030302=?101\r", 0.1) == b"0011030306Err001168\r"


def test_each_device_of_the_line_answers_for_itself() -> None:
    world = GaugeWorld(1e5)
    gauges = [TelegramGauge(number, world.head(HeadKind.PIRANI)) for number in (1, 2)]
    client = client_of(TelegramLine(world, gauges))
    assert client.ask(b"0020074002=?107\r", 0.1).startswith(b"00210740")


@pytest.mark.parametrize(
    ("request_bytes", "reply"),
    [
        (b"@253PR4?;FF", b"@253ACK1.234E-3;FF"),
        (b"@253PR1?;FF", b"@253ACK1.23E-3;FF"),
        (b"@254PR4?;FF", b"@253ACK1.234E-3;FF"),
        (b"@253U?;FF", b"@253ACKPASCAL;FF"),
        (b"@253U!TORR;FF", b"@253ACKTORR;FF"),
        (b"@253U!ELL;FF", b"@253NAK169;FF"),
        (b"@253XX?;FF", b"@253NAK160;FF"),
        (b"@003PR1?;FF", b""),
        (b"@255PR4?;FF", b""),
        (b"noise@253T?;FF", b"@253ACKO;FF"),
        (b"@253BR!19200;FF", b"@253ACK19200;FF"),
    ],
)
def test_mks(request_bytes: bytes, reply: bytes) -> None:
    world = GaugeWorld(1.234e-3)
    transducer = Mks900(world, world.head(), MksSettings(units="PASCAL"))
    assert client_of(transducer).ask(request_bytes, 0.1) == reply


def test_mks_status() -> None:
    world = GaugeWorld()
    transducer = Mks900(world, world.head())
    transducer.head.state = HeadState.ERROR
    assert client_of(transducer).ask(b"@253T?;FF", 0.1) == b"@253ACKM;FF"
