"""A page or a watcher that fails beside a run: whoever sits at the terminal is told why, and the run goes on."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from queue import Queue

import pytest
from support.made_up_record import write_run
from support.run_on_terminal import OnTerminal
from support.run_protocols import HEAD

from operando.protocols.cli.companion import Tell, begin_companion
from operando.protocols.cli.steerable import begin_page
from operando.protocols.cli.watch import begin_watcher
from operando.protocols.live.options import DEFAULT_PORT, LOOPBACK
from operando.protocols.live.serve import LARGEST_PORT, PORTS_TRIED

PATIENT_S = 60.0


class Told:
    """What was told, and how."""

    def __init__(self) -> None:
        self._said: Queue[tuple[str, str]] = Queue()

    def __call__(self, text: str, style: str = "") -> None:
        self._said.put((text, style))

    def first(self) -> tuple[str, str]:
        return self._said.get(timeout=PATIENT_S)


def kept(text: str) -> Path:
    """The file that a message names."""
    (line,) = [line for line in text.splitlines() if "is kept in" in line]
    return Path(line.split("is kept in ")[1])


@pytest.fixture
def all_ports_busy() -> Iterator[None]:
    """Every port that a page tries first is somebody else's."""
    with ExitStack() as held:
        for port in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED + 1):
            listener = held.enter_context(closing(socket.socket()))
            with suppress(OSError):  # it is busy already
                listener.bind((LOOPBACK, port))
                listener.listen()
        yield


def test_a_page_whose_port_is_busy_says_so_and_how_to_open_it_again(tmp_path: Path) -> None:
    write_run(tmp_path / "run")
    told = Told()
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            listener.bind((LOOPBACK, LARGEST_PORT))
            listener.listen()
        words = ["view", str(tmp_path / "run"), "--json", "--port", str(LARGEST_PORT)]
        begin_companion("live page", words, told, "operando view run")
        text, style = told.first()
    assert "The live page has ended; the run goes on without it." in text
    assert f"the page cannot listen on {LOOPBACK}, ports {LARGEST_PORT} to {LARGEST_PORT}" in text
    assert "To start it again: operando view run" in text
    assert "yellow" in style
    assert "the page cannot listen" in kept(text).read_text(encoding="utf-8")
    kept(text).unlink()


@pytest.mark.parametrize(
    ("begin", "name"),
    [
        pytest.param(begin_page, "live page", id="page"),
        pytest.param(lambda folder, tell: begin_watcher(folder, "sim", tell), "watcher", id="watcher"),
    ],
)
def test_what_finds_no_record_says_so(tmp_path: Path, begin: Callable[[Path, Tell], None], name: str) -> None:
    told = Told()
    begin(tmp_path / "nowhere" / "run", told)
    text, _ = told.first()
    assert name in text
    assert "error:" in text
    kept(text).unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")
def test_the_terminal_of_the_run_shows_where_the_page_is_and_that_it_was_killed(tmp_path: Path) -> None:
    (tmp_path / "protocol.yaml").write_text(HEAD + "cycling:\n  - Rest for 30 minutes\n", encoding="utf-8")
    words = ["run", "protocol.yaml", "--bench", "sim", "--out", "run", "--pace", "60", "--live"]
    with OnTerminal(tmp_path, *words) as terminal:
        terminal.until("live page: http://127.0.0.1:")
        os.kill(page_of(terminal.process), signal.SIGKILL)
        terminal.until("The live page has ended; the run goes on without it.")
        said = terminal.until("operando view run")
        terminal.press("\x03")
        terminal.until_over()
    assert terminal.exit_code == 3
    kept(said).unlink()


def page_of(runner: int) -> int:
    """The process of the page that a run has begun."""
    children = Path(f"/proc/{runner}/task/{runner}/children").read_text(encoding="ascii").split()
    (page,) = [one for one in children if b"\0view\0" in Path(f"/proc/{one}/cmdline").read_bytes()]
    return int(page)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")
@pytest.mark.usefixtures("all_ports_busy")
def test_the_terminal_of_the_run_shows_it_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "protocol.yaml").write_text(HEAD + "cycling:\n  - Rest for 20 minutes\n", encoding="utf-8")
    words = ["run", "protocol.yaml", "--bench", "sim", "--out", "run", "--pace", "60", "--live"]
    with OnTerminal(tmp_path, *words) as terminal:
        terminal.until("The live page has ended; the run goes on without it.")
        terminal.until("the page cannot listen")
        said = terminal.until("operando view run")
        terminal.until_over()
    assert terminal.exit_code == 0
    kept(said).unlink()
