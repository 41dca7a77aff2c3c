"""Processes that help a run: Ctrl-C at the terminal does not reach them, the run ends them itself."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from operando.drivers.errors import OperandoError

__all__ = ["Helper", "started_apart"]

NEW_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows has it; elsewhere a session of its own does the same."""
END_PATIENCE_S = 2.0

Answer = TypeVar("Answer")


def started_apart(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a process that reads its standard input until that ends, and answers on its standard output."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, creationflags=NEW_GROUP
    )


class Helper:
    """A module run in a process of its own, started when it is first needed: bytes in, one line out for each request.

    Args:
        module: run with `python -m`; it ends when its input does, so it never outlives the runner.
        what: it does, in words, for the error.
        failed: makes the error of a process that has died; the next request starts a new one.
    """

    def __init__(self, module: str, what: str, failed: Callable[[str], OperandoError]) -> None:
        self._module = module
        self._what = what
        self._failed = failed
        self._process: subprocess.Popen[bytes] | None = None
        self._queue = ThreadPoolExecutor(1, thread_name_prefix=module.rpartition(".")[2])

    def submit(self, request: bytes, decode: Callable[[bytes], Answer]) -> "Future[Answer]":
        """Ask; requests are answered one after the other. The future fails if the process dies."""
        return self._queue.submit(lambda: decode(self._exchange(request)))

    def close(self) -> None:
        """End the process."""
        self._queue.shutdown(wait=True, cancel_futures=True)
        self._let_go()

    def _exchange(self, request: bytes) -> bytes:
        if self._process is None:
            self._process = started_apart([sys.executable, "-m", self._module])
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError as error:
            self._let_go()
            raise self._failed(f"the process that {self._what} is gone: {error}") from error
        if not answer:
            code = self._let_go()
            raise self._failed(f"the process that {self._what} ended with code {code}")
        return answer

    def _let_go(self) -> int | None:
        """Close the pipes, at which the process ends. Its exit code; None if there was no process."""
        process, self._process = self._process, None
        if process is None:
            return None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # what could not be written is lost with the process
                    pipe.close()
        try:
            return process.wait(END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
