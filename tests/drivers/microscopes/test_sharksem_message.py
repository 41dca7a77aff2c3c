"""The bytes of SharkSEM messages, against the literal exchanges of the sheet."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.drivers.errors import FramingError
from operando.drivers.microscopes.sharksem_message import (
    HEADER_SIZE,
    Argument,
    Body,
    decode_header,
    encode_body,
    encode_message,
    enumerated,
)

REQUESTS = [
    ("TcpRegDataPort", (0x9CDB,), "54637052656744617461506f72740000 04000000 00000000 00000000 00000000 db9c0000"),
    ("TcpGetVersion", (), "54637047657456657273696f6e000000 00000000 00000000 00000000 00000000"),
    ("StgGetPosition", (), "537467476574506f736974696f6e0000 00000000 00000000 00000000 00000000"),
    (
        "StgMoveTo",
        (10.0, 5.0),
        "5374674d6f7665546f00000000000000 14000000 00000000 00000000 00000000"
        "08000000 31302e3000000000 04000000 352e3000",
    ),
    (
        "SetWD",
        (12.5,),
        "53657457440000000000000000000000 0c000000 00000000 00000000 00000000 08000000 31322e3500000000",
    ),
    (
        "DtEnable",
        (0, 1, 8),
        "4474456e61626c650000000000000000 0c000000 00000000 00000000 00000000 00000000 01000000 08000000",
    ),
    (
        "ScScanXY",
        (7, 64, 48, 0, 0, 63, 47, 1, 1000),
        "53635363616e58590000000000000000 24000000 00000000 00000000 00000000"
        "07000000 40000000 30000000 00000000 00000000 3f000000 2f000000 01000000 e8030000",
    ),
]

GEOMETRY_LIMITS = ("-0.1952243562", "0.1889160852", "-0.1952243562", "0.1889160852")


@pytest.mark.parametrize(("command", "arguments", "wire"), REQUESTS, ids=[row[0] for row in REQUESTS])
def test_requests_are_the_literal_bytes_of_the_sheet(command: str, arguments: tuple[Argument, ...], wire: str) -> None:
    assert encode_message(command, encode_body(*arguments)) == bytes.fromhex(wire)


def test_the_version_is_cut_out_of_its_fixed_buffer() -> None:
    wire = bytes.fromhex("54637047657456657273696f6e000000 44000000" + "00" * 12 + "40000000 332e322e3900") + bytes(58)
    header = decode_header(wire)
    assert (header.command, header.body_size, header.identifier) == ("TcpGetVersion", 0x44, 0)
    assert Body(wire[HEADER_SIZE:]).text() == "3.2.9"


def test_rubbish_behind_the_nul_is_not_part_of_a_text() -> None:
    body = bytes.fromhex("40000000") + b"2.0.21\0".ljust(20, b"\xcc") + b"0300USB\\VID_".ljust(44, b"\0")
    reader = Body(body)
    assert reader.text() == "2.0.21"
    assert len(reader) == 0


def test_the_captured_reply_to_get_geom_limits() -> None:
    body = bytes(4) + b"".join(b"\x18\0\0\0" + text.encode().ljust(24, b"\0") for text in GEOMETRY_LIMITS)
    assert len(body) == 116
    reader = Body(body)
    assert reader.integer() == 0
    assert [reader.real() for _ in range(4)] == [float(text) for text in GEOMETRY_LIMITS]


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        pytest.param("05000000 332e313400 000000", 3.14, id="exact length and padding (manual)"),
        pytest.param("18000000 31332e3500" + "00" * 19, 13.5, id="fixed buffer of 24 (TESCAN's server)"),
        pytest.param("08000000 31302e3000000000", 10.0, id="padded length (TESCAN's client)"),
        pytest.param("08000000 3165 2d30 35 00 0000", 1e-5, id="exponent"),
        pytest.param("05000000 312e3500ff 000000", 1.5, id="rubbish behind the NUL"),
    ],
)
def test_every_float_encoding_in_the_wild_is_read(wire: str, value: float) -> None:
    reader = Body(bytes.fromhex(wire) + encode_body(-1))
    assert reader.real() == value
    assert reader.integer() == -1, "the reader stands behind the padding"


@pytest.mark.parametrize("text", ["nan", "NaN", "1.#QNAN", "-1.#IND"])
def test_no_number_in_any_spelling_is_nan(text: str) -> None:
    assert math.isnan(Body(_text(text)).real())


@pytest.mark.parametrize(("text", "value"), [("inf", math.inf), ("1.#INF", math.inf), ("-1.#INF", -math.inf)])
def test_infinity_in_any_spelling(text: str, value: float) -> None:
    assert Body(_text(text)).real() == value


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False, min_value=-1e12, max_value=1e12))
def test_a_float_comes_back_to_ten_digits(value: float) -> None:
    assert Body(encode_body(value)).real() == float(f"{value:.10g}")


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_integer_comes_back(value: int) -> None:
    assert Body(encode_body(value)).integer() == value


@given(st.integers(0, 2**32 - 1))
def test_an_unsigned_integer_comes_back(value: int) -> None:
    assert Body(encode_body(value)).unsigned() == value


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_never_sent(value: float) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        encode_body(value)


def test_a_map_ignores_what_is_no_entry() -> None:
    listed = Body(_text("det.0.name=SE\ndet.0.detector=1\nrubbish\ndet.7.name=LE BSE\ndet.x.name=no\n")).mapping()
    assert enumerated(listed, "name") == {0: "SE", 7: "LE BSE"}
    assert enumerated(listed, "detector") == {0: "1"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x18\0\0\0" + b"13.5\0", id="cut in a buffer"),
        pytest.param(b"\xff\xff\xff\xff", id="absurd length"),
    ],
)
def test_a_body_that_is_too_short_is_a_framing_error(body: bytes) -> None:
    with pytest.raises(FramingError, match="too short"):
        Body(body, "sem").real()


def test_text_that_is_no_number_is_a_framing_error() -> None:
    with pytest.raises(FramingError, match="no number"):
        Body(_text("ready")).real()


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(bytes(32), id="zeros"),
        pytest.param(b"\xff" * 32, id="ones"),
        pytest.param(b"Get WD".ljust(32, b"\0"), id="no command"),
        pytest.param(b"GetWD".ljust(16, b"\0") + b"\xff" * 4 + bytes(12), id="absurd size"),
        pytest.param(b"A" * 16 + bytes(16), id="command without NUL"),
    ],
)
def test_what_is_no_header_is_a_framing_error(wire: bytes) -> None:
    with pytest.raises(FramingError, match="no SharkSEM header"):
        decode_header(wire)


def test_a_command_that_does_not_fit_is_a_defect_of_ours() -> None:
    with pytest.raises(ValueError, match="longer"):
        encode_message("SixteenLettersXY")


def _text(text: str) -> bytes:
    data = text.encode() + b"\0"
    return len(data).to_bytes(4, "little") + data + bytes(-len(data) % 4)
