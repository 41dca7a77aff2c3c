"""Commands of `operando` as processes of their own, for tests in real time."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from support.killing import OPERANDO

__all__ = ["PATIENT_S", "beginning", "said_by"]

PATIENT_S = 300.0
"""Longer than any of them takes on a busy machine; reached only when a test fails."""


@contextmanager
def beginning(*command: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that goes on while the block lasts."""
    asked = [*OPERANDO, *command]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()  # nothing, where it has ended


def said_by(*command: str) -> str:
    """What a command prints that succeeds."""
    done = subprocess.run([*OPERANDO, *command], capture_output=True, text=True, timeout=PATIENT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
