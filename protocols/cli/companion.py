"""Processes that a run begins beside itself and that outlive it: the live page, the watcher that alerts people.

The run neither waits for them nor needs them. What they complain of is kept in a file; if one fails while the run goes
on, whoever sits at the terminal is told.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

__all__ = ["Tell", "begin_companion"]

MOST_LINES = 12
"""Of what it said; the whole is in the file."""


class Tell(Protocol):
    """Says something to whoever sits at the terminal."""

    def __call__(self, text: str, style: str = "") -> None: ...


def begin_companion(
    name: str, words: Sequence[str], tell: Tell, again: str, heard: Callable[[str], None] = lambda line: None
) -> None:
    """Start a command of operando in a process of its own, and tell if it fails.

    Args:
        name: in a word or two, as people call it.
        words: of the command, after `operando`.
        again: what a person types to start it anew.
        heard: takes each line of its standard output.
    """
    prefix = f"operando-{name.replace(' ', '-')}-"
    with tempfile.NamedTemporaryFile(prefix=prefix, suffix=".txt", delete=False) as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "operando.protocols.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the run
        )

    def follow() -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for line in lines:
                    heard(line)
        if process.wait() == 0:
            Path(complaints.name).unlink(missing_ok=True)
        else:
            tell(_ended(name, Path(complaints.name), again), "bold yellow")

    threading.Thread(target=follow, name=name, daemon=True).start()


def _ended(name: str, complaints: Path, again: str) -> str:
    said = complaints.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-MOST_LINES:]
    lines = [f"The {name} has ended; the run goes on without it."]
    lines += [f"  {line}" for line in said or ["It said nothing."]]
    return "\n".join([*lines, f"  What it said is kept in {complaints}", f"  To start it again: {again}"])
