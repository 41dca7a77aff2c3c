"""Registers pictures in a process of its own: nothing CPU-bound runs where instruments are controlled.

The other process reads pixels from its standard input and answers with one line of JSON for each pair. It ends when
its input does, so it never outlives the runner.
"""

import contextlib
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import OperandoError
from operando.protocols.apart import started_apart
from operando.protocols.following.anchor import Anchor
from operando.protocols.following.pairs import decode_answer, encode_pair
from operando.protocols.following.registration import Displacement

__all__ = ["Registrar", "RegistrarFailed"]

END_PATIENCE_S = 2.0


class RegistrarFailed(OperandoError):
    """The process that registers pictures has died; the next pair starts a new one."""


class Registrar:
    """Compares pictures elsewhere; one pair after the other."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._queue = ThreadPoolExecutor(1, thread_name_prefix="registrar")

    def submit(
        self, reference: NDArray[np.generic], picture: NDArray[np.generic], anchor: Anchor
    ) -> "Future[Displacement]":
        """Compare two pictures of one shape; the future fails with `RegistrarFailed` if the process dies."""
        return self._queue.submit(self._exchange, encode_pair(reference, picture, anchor))

    def close(self) -> None:
        """End the process."""
        self._queue.shutdown(wait=True, cancel_futures=True)
        self._let_go()

    def _exchange(self, request: bytes) -> Displacement:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError as error:
            self._let_go()
            raise RegistrarFailed(f"the process that registers pictures is gone: {error}") from error
        if not answer:
            code = self._let_go()
            raise RegistrarFailed(f"the process that registers pictures ended with code {code}")
        return decode_answer(answer)

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

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            command = [sys.executable, "-m", "operando.protocols.following"]
            self._process = started_apart(command)
        return self._process
