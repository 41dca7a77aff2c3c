"""What is heard as the first Ctrl-C, and what as the second."""

import signal
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from operando.drivers.clock import VirtualClock
from operando.protocols.cli.interrupting import FINISHING, TWICE_S, CtrlC

EXITS = "operando.protocols.cli.interrupting.os._exit"


def ctrl_c(clock: VirtualClock, folder: Path, *, json: bool = False) -> CtrlC:
    return CtrlC(folder, ["sem at tcp://127.0.0.1:8300"], clock, None, simulated=False, json=json)


def test_two_signals_in_a_moment_are_one_wish(
    tmp_path: Path, mocker: MockerFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    exits = mocker.patch(EXITS)
    clock = VirtualClock()
    heard = ctrl_c(clock, tmp_path)
    heard.heard(signal.SIGINT)
    clock.sleep_until(clock.now() + TWICE_S / 2)
    heard.heard(signal.SIGINT)
    exits.assert_not_called()
    assert capfd.readouterr().err == f"{FINISHING}\n"


def test_the_second_names_what_nobody_has_confirmed(
    tmp_path: Path, mocker: MockerFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    exits = mocker.patch(EXITS)
    clock = VirtualClock()
    heard = ctrl_c(clock, tmp_path, json=True)
    heard.heard(signal.SIGINT)
    clock.sleep_until(clock.now() + 2 * TWICE_S)
    heard.heard(signal.SIGINT)
    exits.assert_called_once_with(4)
    said = capfd.readouterr()
    assert '"event": "stopped now"' in said.out
    assert "sem at tcp://127.0.0.1:8300" in said.err
    assert f"operando resume {tmp_path}" in said.err


def test_a_supervisor_that_asks_again_does_not_cut_off_the_safe_end(tmp_path: Path, mocker: MockerFixture) -> None:
    exits = mocker.patch(EXITS)
    clock = VirtualClock()
    heard = ctrl_c(clock, tmp_path)
    heard.heard(signal.SIGTERM)
    clock.sleep_until(clock.now() + 60.0)
    heard.heard(signal.SIGTERM)
    exits.assert_not_called()
