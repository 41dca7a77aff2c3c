"""Every literal packet of the sheet (sem_eds.md 3.2 to 3.4), byte for byte."""

import pytest
from support.photon_world import AmptekBench, packet

from operando.simulators.spectrometers import AmptekSettings

OK = "F5 FA FF 00 00 00 FD 12"
NOT_SUPPORTED = packet(0xFF, 0x10).hex(" ").upper()


def _text(text: str) -> str:
    return text.encode("ascii").hex(" ").upper()


ACKNOWLEDGED = [
    pytest.param(f"F5 FA 20 02 00 0A {_text('MCAC=1024;')} FB 92", id="configure and store"),
    pytest.param(f"F5 FA 20 02 00 13 {_text('MCAC=2048;PRET=1.5;')} F9 3B", id="configure two values and store"),
    pytest.param(f"F5 FA 20 04 00 13 {_text('MCAC=2048;PRET=1.5;')} F9 39", id="configure, not stored"),
    pytest.param("F5 FA F0 01 00 00 FD 20", id="clear"),
    pytest.param("F5 FA F0 02 00 00 FD 1F", id="enable"),
    pytest.param("F5 FA F0 03 00 00 FD 1E", id="disable"),
    pytest.param("F5 FA F0 10 00 00 FD 11", id="clear the general counter"),
    pytest.param("F5 FA F0 16 00 00 FD 0B", id="clear the timer of list mode"),
    pytest.param("F5 FA F0 20 00 00 FD 01", id="keep alive, share"),
    pytest.param("F5 FA F0 21 00 00 FD 00", id="keep alive, do not share"),
    pytest.param("F5 FA F0 22 00 00 FC FF", id="keep alive, lock"),
    pytest.param("F5 FA F1 00 00 00 FD 20", id="ask for acknowledgement 0"),
]

DATA = [
    pytest.param("F5 FA 01 01 00 00 FE 0F", "F5 FA 80 01 00 40", id="status"),
    pytest.param("F5 FA 02 01 00 00 FE 0E", "F5 FA 81 07 18 00", id="spectrum"),
    pytest.param("F5 FA 02 02 00 00 FE 0D", "F5 FA 81 07 18 00", id="spectrum, then clear"),
    pytest.param("F5 FA 02 03 00 00 FE 0C", "F5 FA 81 08 18 40", id="spectrum and status"),
    pytest.param("F5 FA 02 04 00 00 FE 0B", "F5 FA 81 08 18 40", id="spectrum and status, then clear"),
]

NOT_BUILT = [
    pytest.param("F5 FA 02 05 00 02 00 00 FE 08", id="copy to a buffer"),
    pytest.param("F5 FA 02 06 00 02 00 01 FE 06", id="copy to a buffer and clear"),
    pytest.param("F5 FA 02 07 00 02 00 05 FE 01", id="read a buffer"),
    pytest.param("F5 FA 03 09 00 00 FE 05", id="list mode"),
    pytest.param("F5 FA 04 01 00 00 FE 0C", id="counters of regions"),
    pytest.param("F5 FA F0 1E 00 00 FD 03", id="start sequential buffering"),
    pytest.param("F5 FA F0 1F 00 00 FD 02", id="cancel sequential buffering"),
]


@pytest.fixture
def bench() -> AmptekBench:
    return AmptekBench()


@pytest.mark.parametrize("request_", ACKNOWLEDGED)
def test_acknowledged(bench: AmptekBench, request_: str) -> None:
    assert bench.ask(request_) == OK


@pytest.mark.parametrize(("request_", "begins"), DATA)
def test_answered_with_data(bench: AmptekBench, request_: str, begins: str) -> None:
    reply = bench.ask(request_)
    assert reply.startswith(begins)
    assert len(bytes.fromhex(reply)) == 8 + int(begins[-5:].replace(" ", ""), 16)


@pytest.mark.parametrize("request_", NOT_BUILT)
def test_what_is_not_built_says_so(bench: AmptekBench, request_: str) -> None:
    assert bench.ask(request_) == NOT_SUPPORTED


@pytest.mark.parametrize("code", range(16))
def test_any_acknowledgement_can_be_asked_for(bench: AmptekBench, code: int) -> None:
    assert bench.client.ask(packet(0xF1, code)) == packet(0xFF, code)


@pytest.mark.parametrize(
    ("code", "literal"),
    [
        pytest.param(0x01, "F5 FA FF 01 00 00 FD 11", id="bad sync"),
        pytest.param(0x04, "F5 FA FF 04 00 00 FD 0E", id="bad checksum"),
        pytest.param(0x0D, "F5 FA FF 0D 00 00 FD 05", id="busy"),
    ],
)
def test_acknowledgements(bench: AmptekBench, code: int, literal: str) -> None:
    assert bench.ask(packet(0xF1, code).hex()) == literal


def test_echo(bench: AmptekBench) -> None:
    assert bench.ask("F5 FA F1 7F 00 02 68 69 FB CE") == "F5 FA 8F 7F 00 02 68 69 FC 30"


def test_configuration_is_read_back(bench: AmptekBench) -> None:
    assert bench.ask(f"F5 FA 20 02 00 13 {_text('MCAC=2048;PRET=1.5;')} F9 3B") == OK
    assert bench.ask(f"F5 FA 20 03 00 14 {_text('MCAC;PRET;TPEA;XXXX;')} F8 15") == (
        f"F5 FA 82 07 00 26 {_text('MCAC=2048;PRET=1.5;TPEA=4.000;XXXX=??;')} F3 D7"
    )
    assert bench.ask(f"F5 FA 20 03 00 0A {_text('MCAC;PRET;')} FB 1F").startswith("F5 FA 82 07 00 13")


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        pytest.param("ABCD=1;", "F5 FA FF 07 00 07 41 42 43 44 3D 31 3B FB 51", id="unknown command"),
        pytest.param("MCAC=777;", f"F5 FA FF 05 00 09 {_text('MCAC=777;')} FA D3", id="bad parameter"),
        pytest.param("MCAC=777;ABCD=1;", "F5 FA FF 07 00 07 41 42 43 44 3D 31 3B FB 51", id="only the last is echoed"),
    ],
)
def test_wrong_commands_come_back(bench: AmptekBench, text: str, literal: str) -> None:
    assert bench.ask(packet(0x20, 0x04, text.encode("ascii")).hex()) == literal


def test_status_after_a_third_of_a_second() -> None:
    """The literal status of the sheet, which an independent client understood."""
    bench = AmptekBench(AmptekSettings(build=9))
    bench.configure("CLCK=20;")
    acquisition = bench.engine.acquisition
    acquisition.clear()
    acquisition.fast, acquisition.slow = 6193, 5899
    acquisition.acquired_s = acquisition.real_s = 0.3
    bench.engine.acquisition.advance = lambda now: None  # type: ignore[method-assign]  # the counters of the sheet
    literal = (
        "F5 FA 80 01 00 40 31 18 00 00 0B 17 00 00 00 00 00 00 00 03 00 00 00 00 00 00 2C 01 00 00 69 61 39 30 00 00 "
        "FF 24 08 98 1E 22 00 09 80"
    )
    reply = bench.ask("F5 FA 01 01 00 00 FE 0F")
    assert reply.startswith(literal)
    assert reply.endswith("00 F8 F6")
    assert len(bytes.fromhex(reply)) == 72
