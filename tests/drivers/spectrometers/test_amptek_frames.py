"""Packets: every literal line of the sheet, and what happens to them on bad wires."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.timed_link import TimedLink

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import FramingError, TransportTimeout
from operando.drivers.spectrometers.amptek_frames import Packet, build_packet, read_packet

PACKETS: list[tuple[int, int, bytes, str]] = [
    (0x01, 0x01, b"", "F5 FA 01 01 00 00 FE 0F"),
    (0x02, 0x01, b"", "F5 FA 02 01 00 00 FE 0E"),
    (0x02, 0x03, b"", "F5 FA 02 03 00 00 FE 0C"),
    (0x02, 0x05, b"\0\0", "F5 FA 02 05 00 02 00 00 FE 08"),
    (0x20, 0x04, b"MCAC=2048;PRET=1.5;", "F5 FA 20 04 00 13 " + b"MCAC=2048;PRET=1.5;".hex() + " F9 39"),
    (0x20, 0x03, b"MCAC;PRET;", "F5 FA 20 03 00 0A " + b"MCAC;PRET;".hex() + " FB 1F"),
    (0xF0, 0x01, b"", "F5 FA F0 01 00 00 FD 20"),
    (0xF0, 0x02, b"", "F5 FA F0 02 00 00 FD 1F"),
    (0xF0, 0x03, b"", "F5 FA F0 03 00 00 FD 1E"),
    (0xF0, 0x20, b"", "F5 FA F0 20 00 00 FD 01"),
    (0xF0, 0x21, b"", "F5 FA F0 21 00 00 FD 00"),
    (0xF0, 0x22, b"", "F5 FA F0 22 00 00 FC FF"),
    (0xF1, 0x7F, b"hi", "F5 FA F1 7F 00 02 68 69 FB CE"),
    (0x8F, 0x7F, b"hi", "F5 FA 8F 7F 00 02 68 69 FC 30"),
    (0xFF, 0x00, b"", "F5 FA FF 00 00 00 FD 12"),
    (0xFF, 0x07, b"ABCD=1;", "F5 FA FF 07 00 07 41 42 43 44 3D 31 3B FB 51"),
    (0xFF, 0x05, b"MCAC=777;", "F5 FA FF 05 00 09 " + b"MCAC=777;".hex() + " FA D3"),
]


@pytest.mark.parametrize(("pid1", "pid2", "data", "packet"), PACKETS, ids=[f"{p[0]:02X}-{p[1]:02X}" for p in PACKETS])
def test_packets_of_the_sheet(pid1: int, pid2: int, data: bytes, packet: str) -> None:
    assert build_packet(pid1, pid2, data) == bytes.fromhex(packet)
    assert read([bytes.fromhex(packet)]) == Packet(pid1, pid2, data)


def read(pieces: list[bytes]) -> Packet:
    clock = VirtualClock()
    link = TimedLink(lambda _: [], clock)
    for number, piece in enumerate(pieces):
        link.push(piece, 1e-3 * number)
    return read_packet(link, clock, 1.0, bytearray())


@pytest.mark.parametrize("before", [b"", b"\xf5\xfa", b"noise"], ids=["nothing", "half a header", "noise"])
def test_a_packet_leaves_the_one_that_came_with_it(before: bytes) -> None:
    clock = VirtualClock()
    link, collected = TimedLink(lambda _: [], clock), bytearray()
    link.push(before + build_packet(0x81, 0x01, b"late") + build_packet(0x8F, 0x7F, b"echo"), 1e-3)
    packets = [read_packet(link, clock, 1.0, collected) for _ in range(2)]
    assert [packet.data for packet in packets] == [b"late", b"echo"]
    assert collected == b""


@given(st.binary(max_size=2000), st.lists(st.integers(1, 520), max_size=8))
def test_a_packet_in_any_pieces_is_one_packet(data: bytes, cuts: list[int]) -> None:
    packet = build_packet(0x81, 0x08, data)
    pieces, rest = [], packet
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert read([piece for piece in [*pieces, rest] if piece]).data == data


@pytest.mark.parametrize(
    "before",
    [
        b"noise",
        b"\xf5",
        b"\xf5\xfa",
        b"\xf5\xfa\x80\x01\x00\x40\x01",
        b"\xf5\xfa\x80\x01\xff\xff",
        b"\xf5\xfa\x80\x01\x00\x01\x00\x00\x00",
    ],
    ids=[
        "letters",
        "half a beginning",
        "a beginning",
        "a packet that breaks off",
        "a length beyond all",
        "a wrong checksum",
    ],
)
def test_garbage_before_a_packet_is_skipped(before: bytes) -> None:
    assert read([before, build_packet(0xFF, 0x00)]) == Packet(0xFF, 0x00, b"")
    assert read([before + build_packet(0xFF, 0x00)]) == Packet(0xFF, 0x00, b"")


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ([], TransportTimeout),
        ([b"garbage"], FramingError),
        ([build_packet(0x80, 0x01, bytes(64))[:-1]], FramingError),
        ([build_packet(0x80, 0x01, bytes(64))[:-1] + b"\0"], FramingError),
    ],
    ids=["silence", "garbage", "a datagram is missing", "wrong checksum"],
)
def test_what_is_no_packet_is_an_error_by_the_deadline(pieces: list[bytes], error: type[Exception]) -> None:
    with pytest.raises(error):
        read(pieces)
