"""Modbus RTU: the literal exchanges of the sheet, and every fault of the wire with the exchange after it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.one_instrument import reopening
from support.timed_link import Answers, TimedLink
from support.transcript import Transcript

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import FramingError, ProtocolError, StaleReply, TransportTimeout
from operando.drivers.gauges.modbus_bus import ModbusBus
from operando.drivers.gauges.modbus_rtu import ModbusRtu

TIMEOUT_S = 0.3


def crc(data: bytes) -> bytes:
    """CRC-16 of Modbus, written from its definition: polynomial 0xA001, start 0xFFFF, low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def frame(*parts: bytes) -> bytes:
    data = b"".join(parts)
    return data + crc(data)


@pytest.mark.parametrize(
    ("address", "count", "request_hex", "reply_hex", "registers"),
    [
        (0x0002, 2, "01 03 00 02 00 02 65 CB", "01 03 04 3F 75 F0 7B E3 DE", [0x3F75, 0xF07B]),
        (0x0004, 2, "01 03 00 04 00 02 85 CA", "01 03 04 3F 76 06 E0 15 D5", [0x3F76, 0x06E0]),
        (0x0008, 2, "01 03 00 08 00 02 45 C9", "01 03 04 41 B5 C0 79 6E 0B", [0x41B5, 0xC079]),
        (
            0x0100,
            4,
            "01 03 01 00 00 04 45 F5",
            "01 03 08 3F 75 E3 D2 41 B6 1C 20 A0 C7",
            [0x3F75, 0xE3D2, 0x41B6, 0x1C20],
        ),
        (0x0202, 2, "01 03 02 02 00 02 64 73", "01 03 04 00 02 C8 F5 CC 74", [2, 0xC8F5]),
        (0x020C, 1, "01 03 02 0C 00 01 45 B1", "01 03 02 00 02 39 85", [2]),
        (0x020E, 2, "01 03 02 0E 00 02 A4 70", "01 03 04 05 14 0C 1C BE 32", [0x0514, 0x0C1C]),
        (0x0022, 2, "01 03 00 22 00 02 64 01", "01 03 04 00 01 77 33 CC 16", [1, 0x7733]),
    ],
    ids=["P1", "P2", "TOB1", "P1 and TOB1", "serial number", "status", "firmware", "P1 as integer"],
)
@pytest.mark.parametrize("local_echo", [False, True], ids=["silent converter", "echoing converter"])
def test_exchanges_of_the_sheet(
    address: int, count: int, request_hex: str, reply_hex: str, registers: list[int], local_echo: bool
) -> None:
    clock = VirtualClock()
    request, reply = bytes.fromhex(request_hex), bytes.fromhex(reply_hex)
    transcript = Transcript([(request, [request, reply] if local_echo else [reply[:3], reply[3:]])], clock)
    bus = ModbusBus(reopening([transcript], clock), clock, local_echo=local_echo)
    assert ModbusRtu(bus, 1, TIMEOUT_S).read_registers(address, count) == registers
    assert transcript.done()


@pytest.mark.parametrize(
    ("reply", "meaning"), [("01 83 02 C0 F1", "illegal address"), ("01 83 03 01 31", "illegal value or length")]
)
def test_a_refusal_has_a_meaning_and_leaves_no_doubt(reply: str, meaning: str) -> None:
    clock = VirtualClock()
    status = (bytes.fromhex("01 03 02 0C 00 01 45 B1"), [bytes.fromhex("01 03 02 00 02 39 85")])
    transcript = Transcript([(bytes.fromhex("01 03 00 03 00 02 34 0B"), [bytes.fromhex(reply)]), status], clock)
    modbus = ModbusRtu(ModbusBus(reopening([transcript], clock), clock), 1, TIMEOUT_S)
    with pytest.raises(ProtocolError, match=meaning):
        modbus.read_registers(0x0003, 2)
    assert modbus.read_registers(0x020C, 1) == [2]


class Device:
    """Holds register values, answers reads and echoes; a test spoils what it says."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.value = 0
        self.spoil: Callable[[bytes], Answers] | None = None
        self.echoes = True
        self.asked_at: list[float] = []
        self.link = TimedLink(self._respond, clock)
        self.modbus = ModbusRtu(ModbusBus(reopening([self.link], clock), clock), 1, TIMEOUT_S)

    def read(self) -> list[int]:
        return self.modbus.read_registers(0x0100, 2)

    def _respond(self, request: bytes) -> Answers:
        self.asked_at.append(self.clock.now())
        if request[1] == 8:
            return [(2e-3, request if self.echoes else frame(b"\x01\x88\x01"))]
        reply = frame(b"\x01\x03\x04", self.value.to_bytes(4, "big"))
        return [(2e-3, reply)] if self.spoil is None else self.spoil(reply)


def at_once(reply: bytes) -> Answers:
    return [(2e-3, reply)]


FAULTS: dict[str, tuple[Callable[[bytes], Answers], type[Exception]]] = {
    "silence": (lambda _: [], TransportTimeout),
    "a truncated frame": (lambda reply: at_once(reply[:-3]), TransportTimeout),
    "a wrong checksum": (lambda reply: at_once(reply[:-1] + bytes([reply[-1] ^ 1])), FramingError),
    "garbage before": (lambda reply: at_once(b"\x00\xff" + reply), FramingError),
    "garbage instead": (lambda reply: at_once(b"\xa5" * len(reply)), FramingError),
    "another device": (lambda reply: at_once(frame(b"\x02" + reply[1:-2])), TransportTimeout),
    "another function": (lambda reply: at_once(frame(b"\x01\x04" + reply[2:-2])), StaleReply),
    "a refusal that nobody knows": (lambda _: at_once(bytes.fromhex("0180a7007a")), FramingError),
    "too few registers": (lambda reply: at_once(frame(b"\x01\x03\x02\x00\x07")), StaleReply),
    "too many registers": (lambda reply: at_once(frame(b"\x01\x03\x08" + bytes(8))), StaleReply),
    "late": (lambda reply: [(0.35, reply)], TransportTimeout),
    "very late": (lambda reply: [(0.401, reply)], TransportTimeout),
}


@pytest.mark.parametrize("echoes", [True, False], ids=["with echo", "without echo"])
@pytest.mark.parametrize(("spoil", "error"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_the_right_error_in_time_and_the_next_exchange_is_right(
    spoil: Callable[[bytes], Answers], error: type[Exception], echoes: bool
) -> None:
    device = Device(VirtualClock())
    device.echoes = echoes
    device.value = 1
    device.spoil = spoil
    with pytest.raises(error):
        device.read()
    assert device.clock.now() <= TIMEOUT_S + 1e-9
    failed_s = device.clock.now()
    device.spoil = None
    device.value = 2
    assert device.read() == [0, 2], "never the reply to the earlier request"
    assert device.asked_at[1] - failed_s >= 0.1, "the line was kept silent"


@pytest.mark.parametrize("delay_s", [0.01, 0.299])
def test_a_slow_reply_in_pieces_is_fine(delay_s: float) -> None:
    device = Device(VirtualClock())
    device.value = 5
    device.spoil = lambda reply: [(delay_s * (i + 1) / len(reply), reply[i : i + 1]) for i in range(len(reply))]
    assert device.read() == [0, 5]


def test_bytes_that_wait_on_the_line_are_not_taken_for_the_reply() -> None:
    device = Device(VirtualClock())
    device.value = 5
    device.link.push(frame(b"\x01\x03\x04\x00\x00\x00\x09"))
    assert device.read() == [0, 5]


@given(st.integers(0, 0xFFFFFFFF))
def test_any_value_comes_through(value: int) -> None:
    device = Device(VirtualClock())
    device.value = value
    assert device.read() == [value >> 16, value & 0xFFFF]


def test_an_echoing_converter_that_does_not_echo_right_is_told() -> None:
    clock = VirtualClock()
    link = TimedLink(lambda request: [(1e-3, b"\0" * len(request))], clock)
    with pytest.raises(FramingError, match="our own bytes"):
        ModbusRtu(ModbusBus(reopening([link], clock), clock, local_echo=True), 1, TIMEOUT_S).read_registers(0x0100, 4)
