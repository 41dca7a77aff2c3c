"""The idle commands: literal exchanges of the sheet, 1.2."""

from dataclasses import replace

import pytest
from support.emstat_bench import QUIET, EmStatBench

from operando.simulators.potentiostats import EmStat4Settings

LITERAL = EmStat4Settings(firmware="es4_lr1500#Mar 12 2026 14:28:01", serial_number="ES4LR20B0008")


@pytest.mark.parametrize(
    ("request_bytes", "reply"),
    [
        pytest.param(b"t\n", b"tes4_lr1500#Mar 12 2026 14:28:01\nR*\n", id="firmware version"),
        pytest.param(b"i\n", b"iES4LR20B0008\n", id="serial number"),
        pytest.param(b"v\n", b"v01.09.00\n", id="language version"),
        pytest.param(
            b"CC\n",
            b"C000000000000000000000000000000000000002F0000003FFFFF98FF00000002\n",
            id="communication capabilities",
        ),
        pytest.param(
            b"CM\n", b"C000000000000000000000000000003FFFFBFE8FFFFFFFFFFFFFFFFFFFBFFFFE\n", id="script capabilities"
        ),
        pytest.param(b"\n", b"\n", id="empty line"),
        pytest.param(b"fail\n", b"f!0003\n", id="unknown command"),
        pytest.param(b"Z\n", b"Z!0006\n", id="abort while idle"),
        pytest.param(b"Y\n", b"Y!0006\n", id="end of measurement while idle"),
        pytest.param(b"h\n", b"h!0006\n", id="halt while idle"),
        pytest.param(b"H\n", b"H!0006\n", id="resume while idle"),
        pytest.param(b"R\n", b"R!0006\n", id="reverse while idle"),
        pytest.param(b"m\n", b"m!0048\n", id="no multi-channel instrument"),
        pytest.param(b"r\n", b"r!000C\n", id="no script loaded"),
        pytest.param(b"Lmscr\n", b"L!000C\n", id="no script stored"),
        pytest.param(b"fs_dir\n", b"f\n\n", id="no file is stored"),
        pytest.param(b"t\r\n", b"t!0003\n", id="carriage return is no line end"),
        pytest.param(b"x" * 256 + b"\n", b"x!0008\n", id="line too long"),
        pytest.param(b"G06\n", b"GES4LR20B0008\n", id="serial number register"),
        pytest.param(b"S0600\n", b"S!0005\n", id="read-only register"),
        pytest.param(b"G7F\n", b"G!0004\n", id="unknown register"),
        pytest.param(b"S01\n", b"S!0007\n", id="register without a value"),
    ],
)
def test_literal_exchange(request_bytes: bytes, reply: bytes) -> None:
    assert EmStatBench(settings=LITERAL).client.ask(request_bytes) == reply


def test_each_idle_reply_takes_a_millisecond() -> None:
    bench = EmStatBench()
    bench.client.write(b"i\n")
    assert bench.client.conversation.due() == pytest.approx(0.001)
    assert bench.client.conversation.collect(0.0009) == []
    assert bench.client.conversation.collect(0.0011) == [b"iES4HR20B0008\n"]


def test_line_end_completes_a_pending_command() -> None:
    bench = EmStatBench()
    assert bench.client.ask(b"t") == b""
    assert bench.client.ask(b"\n") == b"tes4_hr1500#Mar 12 2026 14:28:01\nR*\n"


def test_commands_in_one_write_are_answered_in_order() -> None:
    assert EmStatBench().client.ask(b"i\nv\n\n") == b"iES4HR20B0008\nv01.09.00\n\n"


def test_register_keeps_what_is_written() -> None:
    bench = EmStatBench()
    assert bench.client.ask(b"S010000001f\n") == b"S\n"
    assert bench.client.ask(b"G01\n") == b"G0000001F\n"


@pytest.mark.parametrize(("wait_s", "reply"), [(0.03, b""), (0.1, b"iES4HR20B0008\n")], ids=["too early", "in time"])
def test_instrument_is_deaf_after_an_error(wait_s: float, reply: bytes) -> None:
    bench = EmStatBench()
    assert bench.client.ask(b"fail\n", wait_s) == b"f!0003\n"
    assert bench.client.ask(b"i\n") == reply


def test_rest_of_a_write_is_lost_after_an_error() -> None:
    assert EmStatBench().client.ask(b"fail\ni\n", 1.0) == b"f!0003\n"


def test_deafness_can_be_switched_off() -> None:
    bench = EmStatBench(settings=replace(QUIET, deaf_after_error_s=0.0))
    assert bench.client.ask(b"fail\ni\n") == b"f!0003\niES4HR20B0008\n"


def test_load_and_run_apart() -> None:
    bench = EmStatBench()
    assert bench.client.ask(b'l\nsend_string "kept"\n\n') == b"l\n"
    assert bench.client.ask(b"r\n") == b"r\nTkept\n\n"
    assert bench.client.ask(b"r\n") == b"r\nTkept\n\n", "each run begins anew"


def test_script_survives_in_flash() -> None:
    bench = EmStatBench()
    bench.client.ask(b'l\nsend_string "first"\n\n')
    assert bench.client.ask(b"Fmscr\n") == b"F\n"
    bench.client.ask(b'l\nsend_string "second"\n\n')
    assert bench.client.ask(b"Lmscr\n") == b"L\n"
    assert bench.client.ask(b"r\n") == b"r\nTfirst\n\n"


def test_refused_script_does_not_replace_the_loaded_one() -> None:
    bench = EmStatBench()
    bench.client.ask(b'l\nsend_string "kept"\n\n')
    assert bench.client.ask(b"l\nfail\n\n", 0.2) == b"l!4001: Line 1, Col 5\n"
    assert bench.client.ask(b"r\n") == b"r\nTkept\n\n"


def test_stray_xon_at_connect() -> None:
    assert EmStatBench(settings=replace(QUIET, xon_at_connect=True)).client.read(0.01) == b"\x11"
