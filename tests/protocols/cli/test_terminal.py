"""A run on a terminal: what is shown, what the keys do, and how it ends. The record is asked whether it happened."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from support.run_on_terminal import OnTerminal
from support.run_protocols import HEAD
from support.served import serving
from support.steered_run import LONG

from operando.protocols.reading import Event, RunStatus, open_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")

PACE = "100"
QUESTION = HEAD + "cycling:\n  - {ask: Is the valve open?, answers: ['yes', 'no'], at_most: 10 min}\n  - Rest for 5 s\n"


def started(tmp_path: Path, protocol: str = LONG, *options: str, pace: str = PACE) -> OnTerminal:
    (tmp_path / "protocol.yaml").write_text(protocol, encoding="utf-8")
    command = ["run", "protocol.yaml", "--bench", "sim", "--out", "run", "--pace", pace, "--operator", "A. Scientist"]
    return OnTerminal(tmp_path, *command, *options)


def events(tmp_path: Path, kind: str) -> list[Event]:
    return [event for event in open_run(tmp_path / "run").events if event.kind == kind]


def test_keys_steer_the_run_and_the_terminal_is_given_back(tmp_path: Path) -> None:
    with started(tmp_path) as terminal:
        terminal.until("Charging")
        assert not terminal.echoes()
        terminal.until("finish safely")
        for word in ["watched-cell", "SIMULATED", "µA", "left", "pictures", "chamber", "dose", "alarms", "overview in"]:
            terminal.until_ever_shown(word)
        terminal.press("h")
        terminal.until("Hold cycling")
        terminal.press("a look at the box\r")
        terminal.until("hold: done: charge was ended on the potentiostat")
        terminal.until("On hold")
        terminal.press("h\r")
        terminal.until("continue: done: ")
        terminal.press("coverview\r")
        terminal.until("capture: done: overview was taken")
        terminal.press("p\r")
        terminal.until("pause: done: ")
        terminal.press("p\r")
        terminal.until("resume: done: ")
        terminal.press("nthe box hissed\x7fs\r")
        terminal.until("note: done: ")
        terminal.press("a")
        terminal.until("no alarm waits for a person")
        terminal.press("\x03")
        said = terminal.until_over()
        assert terminal.echoes()
    assert terminal.exit_code == 3
    assert "Finishing safely" in said
    assert "potentiostat: confirmed (the cell is off" in said
    for kind, text in (("hold", "a look at the box"), ("note", "the box hisses")):
        assert [(event.message, event.details["who"]) for event in events(tmp_path, kind)] == [(text, "A. Scientist")]
    assert len(events(tmp_path, "pause")) == len(events(tmp_path, "resume")) == len(events(tmp_path, "continue")) == 1


def test_escape_leaves_and_other_keys_do_nothing(tmp_path: Path) -> None:
    with started(tmp_path) as terminal:
        terminal.until("Charging")
        terminal.press("h")
        terminal.until("Hold cycling")
        terminal.press("x\x1b")
        terminal.until("hold cycling")
        terminal.press("\x1b[A\x1aqa")
        terminal.until("no alarm waits for a person")
        terminal.press("cover\r")
        terminal.until("one of overview, chemistry")
        terminal.press("\x1b")
        terminal.press("n")
        terminal.until("Note for the record")
        terminal.press("\r")
        terminal.until("type a note")
        terminal.press("\x1b\x03")
        terminal.until_over()
    assert terminal.exit_code == 3
    assert events(tmp_path, "hold") == []


def test_a_question_is_asked_again_until_the_answer_is_allowed(tmp_path: Path) -> None:
    with started(tmp_path, QUESTION) as terminal:
        terminal.until("Is the valve open? [yes/no]:")
        terminal.press("perhaps\r")
        terminal.until("one of yes, no")
        terminal.press("\x7f" * 7 + "yes\r")
        said = terminal.until_over()
        assert terminal.echoes()
    assert terminal.exit_code == 0, said
    (answer,) = events(tmp_path, "answer")
    assert "yes" in answer.message
    assert "A. Scientist" in json.dumps([answer.message, dict(answer.details)])


def test_the_run_does_not_notice_that_its_display_dies(tmp_path: Path) -> None:
    with started(tmp_path, HEAD + "cycling:\n  - Rest for 20 minutes\n", pace="60") as terminal:
        terminal.until("Resting")
        (display,) = children_of(terminal.process)
        os.kill(display, signal.SIGKILL)
        terminal.until("the display has ended; the run goes on")
        assert terminal.echoes()
        terminal.until_over()
    assert terminal.exit_code == 0


def children_of(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(number) for number in text.split()]


def test_the_second_ctrl_c_stops_at_once_and_says_what_that_means(tmp_path: Path) -> None:
    (tmp_path / "protocol.yaml").write_text(HEAD + "cycling:\n  - Rest for 1 hour\n", encoding="utf-8")
    with serving(tmp_path) as served:
        bench = str(served.bench)
        with OnTerminal(tmp_path, "run", "protocol.yaml", "--bench", bench, "--out", "run") as terminal:
            terminal.until("Pre-flight")
            served.control.order(unplug="potentiostat")
            terminal.press("\x03")
            terminal.until("Ctrl-C once more: stop now")
            for _ in range(5):  # drawn twice a second: more than two fingers on one key take
                terminal.until(" finishing safely ")
            terminal.press("\x03")
            said = terminal.until_over()
            assert terminal.echoes()
    assert terminal.exit_code == 4
    assert "Stopped now, as asked" in said
    assert "potentiostat" in said
    assert "operando resume run" in said
    assert open_run(tmp_path / "run").status is RunStatus.KILLED
