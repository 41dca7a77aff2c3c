"""Processes that help a run: Ctrl-C at the terminal does not reach them, the run ends them itself."""

import subprocess
from collections.abc import Sequence

__all__ = ["started_apart"]

NEW_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows has it; elsewhere a session of its own does the same."""


def started_apart(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a process that reads its standard input until that ends, and answers on its standard output."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, creationflags=NEW_GROUP
    )
