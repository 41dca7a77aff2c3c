"""Modbus TCP: the literal exchange of the sheet, and replies that belong to other requests."""

from collections.abc import Callable

import pytest
from support.one_instrument import PreparedLinks
from support.timed_link import Answers, TimedLink

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import FramingError, ProtocolError, StaleReply, TransportClosed, TransportTimeout
from operando.drivers.gauges.modbus_tcp import ModbusTcp, TcpLine
from operando.drivers.links import Address

REQUEST = "00 01 00 00 00 06 01 03 00 02 00 02"
REPLY = "00 01 00 00 00 07 01 03 04 3F 75 F0 7B"


class Gateway:
    """Answers by the sheet; a test spoils one answer."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.asked: list[bytes] = []
        self.spoil: Callable[[bytes], Answers] | None = None
        self.links = [TimedLink(self._respond, self.clock) for _ in range(3)]
        line = TcpLine(PreparedLinks(self.links, self.clock), Address.parse("tcp://gateway:502"), self.clock)
        self.device = ModbusTcp(line, 1, 0.3)

    def read(self) -> list[int]:
        return self.device.read_registers(0x0002, 2)

    def _respond(self, request: bytes) -> Answers:
        self.asked.append(request)
        reply = request[:2] + bytes.fromhex(REPLY)[2:]
        spoil, self.spoil = self.spoil, None
        return [(2e-3, reply)] if spoil is None else spoil(reply)


def test_the_exchange_of_the_sheet() -> None:
    gateway = Gateway()
    assert gateway.read() == [0x3F75, 0xF07B]
    assert gateway.asked == [bytes.fromhex(REQUEST)]


SPOILT: dict[str, tuple[Callable[[bytes], Answers], type[Exception]]] = {
    "silence": (lambda _: [], TransportTimeout),
    "late": (lambda reply: [(0.35, reply)], TransportTimeout),
    "half of it": (lambda reply: [(2e-3, reply[:8])], TransportTimeout),
    "the other half late": (lambda reply: [(2e-3, reply[:8]), (0.35, reply[8:])], TransportTimeout),
    "another protocol": (lambda reply: [(2e-3, reply[:2] + b"\x00\x01" + reply[4:])], FramingError),
    "no length": (lambda reply: [(2e-3, reply[:4] + b"\x00\x00")], FramingError),
    "another unit": (lambda reply: [(2e-3, reply[:6] + b"\x02" + reply[7:])], StaleReply),
    "another function": (lambda reply: [(2e-3, reply[:7] + b"\x04" + reply[8:])], StaleReply),
    "too few registers": (lambda reply: [(2e-3, reply[:4] + bytes.fromhex("0005 01 03 02 3F75"))], StaleReply),
    "no registers at all": (lambda reply: [(2e-3, reply[:4] + bytes.fromhex("0002 01 03"))], FramingError),
    "a length too short": (lambda reply: [(2e-3, reply[:4] + b"\x00\x06" + reply[6:])], FramingError),
    "a length too long": (lambda reply: [(2e-3, reply[:4] + b"\x00\x08" + reply[6:])], TransportTimeout),
    "a refusal without a reason": (lambda reply: [(2e-3, reply[:4] + bytes.fromhex("0002 01 83"))], FramingError),
    "a refusal": (lambda reply: [(2e-3, reply[:4] + bytes.fromhex("0003 01 83 02"))], ProtocolError),
}


@pytest.mark.parametrize(("spoil", "error"), SPOILT.values(), ids=SPOILT)
def test_a_fault_is_the_right_error_in_time_and_the_next_exchange_is_right(
    spoil: Callable[[bytes], Answers], error: type[Exception]
) -> None:
    gateway = Gateway()
    gateway.spoil = spoil
    with pytest.raises(error):
        gateway.read()
    assert gateway.clock.now() <= 0.3 + 1e-9
    assert gateway.read() == [0x3F75, 0xF07B]


def test_a_reply_to_another_request_is_passed_over() -> None:
    gateway = Gateway()
    gateway.spoil = lambda reply: [(1e-3, b"\x77\x77" + reply[2:9] + b"\xff\xff\xff\xff"), (2e-3, reply)]
    assert gateway.read() == [0x3F75, 0xF07B]


def test_bytes_behind_a_reply_are_not_taken_for_the_next_one() -> None:
    gateway = Gateway()
    gateway.spoil = lambda reply: [(2e-3, reply + b"\x01\x02\x03\x04\x05\x06\x07")]
    assert [gateway.read(), gateway.read()] == [[0x3F75, 0xF07B]] * 2


def test_a_late_reply_does_not_cost_the_connection() -> None:
    gateway = Gateway()
    gateway.spoil = lambda reply: [(2e-3, reply), (2e-3, b"\x77\x77" + reply[2:])]
    assert [gateway.read(), gateway.read()] == [[0x3F75, 0xF07B]] * 2
    assert [len(link.written) for link in gateway.links] == [2, 0, 0]


def test_a_gateway_that_let_go_of_who_was_silent_costs_no_reading() -> None:
    gateway = Gateway()
    gateway.read()
    gateway.links[0].cut = True
    assert gateway.read() == [0x3F75, 0xF07B]
    assert [len(link.written) for link in gateway.links] == [1, 1, 0]


def test_a_gateway_that_is_gone_is_told() -> None:
    gateway = Gateway()
    gateway.read()
    for link in gateway.links:
        link.cut = True
    with pytest.raises(TransportClosed):
        gateway.read()
