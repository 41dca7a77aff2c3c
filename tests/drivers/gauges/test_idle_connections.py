"""Servers of serial lines let go of clients that are silent for long: that costs no reading, whatever gauge it is."""

from collections.abc import Callable

import pytest
from support.modbus_frames import rtu
from support.one_instrument import PreparedLinks, context_for, reopening
from support.timed_link import Answers, TimedLink

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import TransportClosed
from operando.drivers.gauges.mks import open_mks_900
from operando.drivers.gauges.modbus_bus import ModbusBus
from operando.drivers.gauges.modbus_rtu import ModbusRtu
from operando.drivers.gauges.pfeiffer_telegram import TelegramLine
from operando.drivers.gauges.tpg_mnemonics import Mnemonics
from operando.drivers.links import Address

MKS = {"DT": "974B", "SN": "0931", "FV": "1.13", "U": "TORR", "T": "O", "PR4": "1.234E-3"}
Ask = Callable[[], object]


def keller(links: list[TimedLink], clock: VirtualClock) -> Ask:
    device = ModbusRtu(ModbusBus(reopening(links, clock), clock), 1, 0.3)
    return lambda: device.read_registers(0x10, 1)


def mks(links: list[TimedLink], clock: VirtualClock) -> Ask:
    gauge = open_mks_900(context_for(links, clock, accepted=False)).pressures["chamber"]
    return lambda: gauge.pressure().value


def telegram(links: list[TimedLink], clock: VirtualClock) -> Ask:
    line = TelegramLine(PreparedLinks(links, clock), Address.parse("tcp://device:1"), clock)
    return lambda: line.query(1, 740, 0.3)


def tpg(links: list[TimedLink], clock: VirtualClock) -> Ask:
    unit = Mnemonics(reopening(links, clock), clock, 0.3)
    return lambda: unit.ask("PR1")


def answer(request: bytes) -> Answers:
    """What the device says to which a request belongs."""
    body = b"0011074006100023"
    mnemonics = {b"PR1\r": b"\x06\r\n", b"\x05": b"0,+1.2340E-03\r\n", b"\x03": b""}
    if request in mnemonics:
        return [(2e-3, mnemonics[request])] if mnemonics[request] else []
    if request.startswith(b"@253"):
        return [(2e-3, f"@253ACK{MKS[request[4:-4].decode()]};FF".encode())]
    if request.startswith(b"00100"):
        return [(2e-3, body + f"{sum(body) % 256:03d}\r".encode())]
    return [(2e-3, request if request[1] == 8 else rtu("01 03 02 00 07"))]


@pytest.mark.parametrize("instrument", [keller, mks, telegram, tpg])
def test_it_costs_no_reading(instrument: Callable[[list[TimedLink], VirtualClock], Ask]) -> None:
    clock = VirtualClock()
    links = [TimedLink(answer, clock) for _ in range(12)]
    ask = instrument(links, clock)
    first = ask()
    for _ in range(3):
        used = [link for link in links if link.written]
        used[-1].cut = True
        clock.sleep_until(clock.now() + 60.0)
        assert ask() == first


@pytest.mark.parametrize("instrument", [keller, mks, telegram, tpg])
def test_one_that_is_gone_is_told(instrument: Callable[[list[TimedLink], VirtualClock], Ask]) -> None:
    clock = VirtualClock()
    links = [TimedLink(answer, clock) for _ in range(12)]
    ask = instrument(links, clock)
    ask()
    for link in links:
        link.cut = True
    with pytest.raises(TransportClosed):
        ask()
