"""The literal exchanges of the sheet (1.3), byte for byte, and what the server ignores."""

import pytest
from support.bare_world import BareWorld
from support.sharksem_client import SharkSemClient, fixed_float, message

from operando.simulators.microscopes import TescanMicroscope, TescanSettings


def hexadecimal(text: str) -> bytes:
    return bytes.fromhex(text)


def head(name: str, size: int) -> bytes:
    return name.encode().ljust(16, b"\0") + size.to_bytes(4, "little") + bytes(12)


LITERAL = {
    "TcpRegDataPort": (
        hexadecimal(
            "54 63 70 52 65 67 44 61 74 61 50 6f 72 74 00 00  04 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00"
            "db 9c 00 00"
        ),
        hexadecimal(
            "54 63 70 52 65 67 44 61 74 61 50 6f 72 74 00 00  04 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00"
            "00 00 00 00"
        ),
    ),
    "TcpGetVersion": (
        hexadecimal("54 63 70 47 65 74 56 65 72 73 69 6f 6e 00 00 00  00 00 00 00") + bytes(12),
        hexadecimal("54 63 70 47 65 74 56 65 72 73 69 6f 6e 00 00 00  44 00 00 00")
        + bytes(12)
        + hexadecimal("40 00 00 00 33 2e 32 2e 39 00")
        + bytes(58),
    ),
    "StgGetPosition": (
        hexadecimal("53 74 67 47 65 74 50 6f 73 69 74 69 6f 6e 00 00  00 00 00 00") + bytes(12),
        hexadecimal("53 74 67 47 65 74 50 6f 73 69 74 69 6f 6e 00 00  8c 00 00 00")
        + bytes(12)
        + fixed_float("0")
        + hexadecimal("18 00 00 00 31 33 2e 35 00")
        + bytes(19)
        + fixed_float("90")
        + fixed_float("0") * 2,
    ),
    "StgGetPosition, wait B": (
        hexadecimal("53 74 67 47 65 74 50 6f 73 69 74 69 6f 6e 00 00  00 00 00 00 00 00 00 00 00 02 00 00 00 00 00 00"),
        hexadecimal("53 74 67 47 65 74 50 6f 73 69 74 69 6f 6e 00 00  8c 00 00 00")
        + bytes(12)
        + b"".join(fixed_float(text) for text in ("0", "13.5", "90", "0", "0")),
    ),
    "DtGetGainBlack(1)": (
        head("DtGetGainBlack", 4) + hexadecimal("01 00 00 00"),
        head("DtGetGainBlack", 0x38) + fixed_float("50") * 2,
    ),
    "GetGeomLimits(0)": (
        head("GetGeomLimits", 4) + bytes(4),
        head("GetGeomLimits", 116)
        + bytes(4)
        + fixed_float("-0.1952243562")
        + fixed_float("0.1889160852")
        + fixed_float("-0.1952243562")
        + fixed_float("0.1889160852"),
    ),
}


@pytest.mark.parametrize("name", LITERAL)
def test_literal_exchanges(name: str) -> None:
    request, expected = LITERAL[name]
    microscope = TescanMicroscope(BareWorld(), TescanSettings(version="3.2.9"))
    conversation = microscope.connect("control", 1, 0.0)
    conversation.feed(request, 0.0)
    due = conversation.due()
    assert due is not None
    assert due <= 0.002
    assert conversation.collect(due) == [expected]


WITHOUT_REPLY = {
    "StgMoveTo(10.0, 5.0)": head("StgMoveTo", 0x14)
    + hexadecimal("08 00 00 00 31 30 2e 30 00 00 00 00  04 00 00 00 35 2e 30 00"),
    "SetWD(12.5)": head("SetWD", 0x0C) + hexadecimal("08 00 00 00 31 32 2e 35 00 00 00 00"),
    "DtEnable(0,1,8)": head("DtEnable", 0x0C) + hexadecimal("00 00 00 00 01 00 00 00 08 00 00 00"),
}


@pytest.mark.parametrize("name", WITHOUT_REPLY)
def test_literal_commands_without_a_reply_have_their_effect(name: str) -> None:
    microscope = TescanMicroscope(BareWorld())
    client = SharkSemClient(microscope)
    client.control.feed(WITHOUT_REPLY[name], 0.0)
    assert client.wait_reply(patience_s=10.0) is None
    assert client.ask("StgGetPosition").numbers()[:2] == ([10.0, 5.0] if "Stg" in name else [0.0, 13.5])
    assert client.ask("GetWD").numbers() == ([12.5] if "WD" in name else [10.0])
    assert client.ask("DtGetEnabled", 0).integers() == ((1, 8) if "Dt" in name else (0, 8))


def test_the_literal_scan() -> None:
    microscope = TescanMicroscope(BareWorld())
    client = SharkSemClient(microscope)
    client.open_data()
    client.do("DtEnable", 0, 1, 8)
    client.control.feed(
        hexadecimal("53 63 53 63 61 6e 58 59")
        + bytes(8)
        + hexadecimal("24 00 00 00")
        + bytes(12)
        + hexadecimal("07 00 00 00 40 00 00 00 30 00 00 00 00 00 00 00 00 00 00 00 3f 00 00 00 2f 00 00 00")
        + hexadecimal("01 00 00 00 e8 03 00 00"),
        client.now,
    )
    reply = client.wait_reply()
    assert reply is not None
    assert reply.integers() == (0,)
    assert client.data is not None
    due = client.data.due()
    assert due is not None
    (item,) = client.data.collect(due)
    assert item[:32] == hexadecimal("53 63 44 61 74 61") + bytes(10) + hexadecimal("14 0c 00 00") + bytes(12)
    assert item[32:52] == hexadecimal("07 00 00 00 00 00 00 00 00 00 00 00 08 00 00 00 00 0c 00 00")
    assert len(item) == 52 + 3072


@pytest.mark.parametrize(
    "body",
    [
        hexadecimal("05 00 00 00 31 32 2e 35 00 00 00 00"),
        hexadecimal("08 00 00 00 31 32 2e 35 00 00 00 00"),
        fixed_float("12.5"),
        hexadecimal("0b 00 00 00") + b"1.25e+0001\0\0",
    ],
    ids=["manual, exact length", "client, padded length", "server, 24 bytes", "with an exponent"],
)
def test_every_encoding_of_a_float_is_understood(body: bytes) -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.control.feed(message("SetWD", body), 0.0)
    client.pass_time(1.0)
    assert client.ask("GetWD").numbers() == [12.5]


@pytest.mark.parametrize(
    "request_bytes",
    [
        message("StgMakeCoffee"),
        message("stggetposition"),
        message("StgGetPosition", b"\0\0\0\0"),
        message("SetWD"),
        message("SetWD", b"\x08\0\0\0abc\0\0\0\0\0"),
        message("SetWD", b"\xff\0\0\0abc\0"),
        message("SetWD", fixed_float("nan")),
        message("GetWD", flags=0x8000),
        message("GetWD", flags=0x0004),
        b"A" * 16 + bytes(16),
    ],
    ids=[
        "unknown command",
        "wrong case",
        "argument too many",
        "argument missing",
        "no number",
        "string longer than message",
        "not a number",
        "undefined flag 15",
        "undefined flag 2",
        "name without an end",
    ],
)
def test_what_is_not_understood_is_ignored_and_the_next_exchange_is_right(request_bytes: bytes) -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld()))
    client.control.feed(request_bytes, client.now)
    assert client.wait_reply(patience_s=5.0) is None
    assert client.ask("GetWD").numbers() == [10.0]


def test_a_request_in_pieces_and_two_in_one_piece() -> None:
    microscope = TescanMicroscope(BareWorld())
    conversation = microscope.connect("control", 1, 0.0)
    both = message("GetWD", identity=5) + message("GetViewField", identity=6)
    for byte in both:
        conversation.feed(bytes([byte]), 0.0)
    replies = conversation.collect(1.0)
    assert [reply[:16].rstrip(b"\0") for reply in replies] == [b"GetWD", b"GetViewField"]
    assert [reply[20] for reply in replies] == [5, 6]


@pytest.mark.parametrize(
    ("version", "known"), [("2.0.21", False), ("2.0.22", True), ("3.2.9", True)], ids=["2.0.21", "2.0.22", "3.2.9"]
)
def test_newer_commands_are_unknown_to_an_older_server(version: str, known: bool) -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld(), TescanSettings(version=version)))
    client.send("StgGetLimits", 0)
    reply = client.wait_reply(patience_s=5.0)
    assert (reply is not None) == known


def test_absorbed_current_takes_no_body_before_version_3() -> None:
    client = SharkSemClient(TescanMicroscope(BareWorld(), TescanSettings(version="2.0.22")))
    client.send("GetIAbsorbed", 1)
    assert client.wait_reply(patience_s=5.0) is None
    assert client.ask("GetIAbsorbed").numbers() == [0.0]


def test_rubbish_behind_strings_and_floats_of_exact_length() -> None:
    microscope = TescanMicroscope(BareWorld())
    client = SharkSemClient(microscope)
    microscope.faults.garbage_after_strings = True
    version = client.ask("TcpGetVersion")
    assert len(version.body) == 68
    assert version.texts() == ["3.2.20"]
    assert any(version.body[11:])
    microscope.faults.exact_length_floats = True
    assert client.ask("GetWD").body == hexadecimal("03 00 00 00 31 30 00 00")
