"""Has the derived files made by another process: nothing CPU-bound runs where instruments are controlled.

The other process (`python -m operando.protocols.record`) gets the extent of the record as one line of JSON, reads the
folder, and answers with one line when it is done. It ends when its input does, so it never outlives the runner.
"""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

from operando.protocols.apart import started_apart
from operando.protocols.record.durable import RecordError
from operando.protocols.record.extent import Extent

__all__ = ["DerivationApart"]

END_PATIENCE_S = 2.0
COMMAND = (sys.executable, "-m", "operando.protocols.record")


class DerivationApart:
    """Starts the process, one at a time, and waits for it on a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="derivation")
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    def begin(self, extent: Extent, first: Callable[[], None]) -> "Future[None]":
        """Make everything anew, once `first` is done.

        The future fails with `RecordError` if a file cannot be replaced or the process died.
        """
        return self._thread.submit(self._make, extent, first)

    def close(self) -> None:
        """End the process if it is still at work; whatever has its final name is whole."""
        with self._lock:
            self._ended = True
            process = self._process
            if process is not None and process.stdin is not None:
                with contextlib.suppress(OSError):  # the process has ended by itself
                    process.stdin.close()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _make(self, extent: Extent, first: Callable[[], None]) -> None:
        first()
        where = str(extent.folder)
        process = self._started()
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with contextlib.suppress(OSError, ValueError):  # that it is gone shows when nothing is answered
                process.stdin.write(extent.line)
                process.stdin.flush()
            answer = process.stdout.readline()
        finally:
            code = self._let_go(process)
        if not answer:
            raise RecordError(f"the process that makes run.nxs ended with code {code}", where=where)
        failure = json.loads(answer)["failure"]
        if failure:
            raise RecordError(str(failure), where=where)

    def _started(self) -> "subprocess.Popen[bytes] | None":
        """The process; None if it is not wanted any more."""
        with self._lock:
            if self._ended:
                return None
            self._process = started_apart(COMMAND)
            return self._process

    def _let_go(self, process: "subprocess.Popen[bytes]") -> int:
        with self._lock:
            self._process = None
            for pipe in (process.stdin, process.stdout):
                _closed(pipe)
        try:
            return process.wait(END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _closed(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):  # what could not be written is lost with the process
            pipe.close()
