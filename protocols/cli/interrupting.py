"""Ctrl-C while a run goes on: the first ends it safely, the second ends the process as it stands.

Both are heard in a signal handler, so nothing here waits, and what is said goes straight to the terminal.
"""

import json as json_module
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from operando.drivers.clock import Clock
from operando.drivers.errors import OperandoError
from operando.protocols.cli.terminal import Display
from operando.protocols.reading import open_run

__all__ = ["FINISHING", "CtrlC"]

NOT_CONFIRMED_SAFE = 4
TWICE_S = 1.0
"""Two signals within this time are one wish: supervisors and nervous fingers send it twice."""

FINISHING = (
    "Finishing safely: the step is ended on the potentiostat, the beam is blanked, each instrument is asked whether "
    "it is safe, the record is closed. Ctrl-C once more: stop now, without that."
)


class CtrlC:
    """Hears the signals of one run.

    Args:
        folder: of the record.
        instruments: of the bench, each with its address.
        simulated: whether their world lives in this process.
        clock: real time.
        display: shows what is being done; None writes it to the standard error.
        json: one JSON object a line on the standard output, too.
    """

    def __init__(
        self,
        folder: Path,
        instruments: Sequence[str],
        clock: Clock,
        display: Display | None,
        *,
        simulated: bool,
        json: bool,
    ) -> None:
        self._folder = folder
        self._instruments = instruments
        self._clock = clock
        self._display = display
        self._simulated = simulated
        self._json = json
        self._first_s: float | None = None

    def heard(self, number: int) -> None:
        """A signal has come."""
        if self._first_s is None:
            self._first_s = self._clock.now()
            self._finish()
        elif number == signal.SIGINT and self._clock.now() - self._first_s > TWICE_S:
            self._stop_now()

    def _finish(self) -> None:
        if self._json:
            _write(1, json_module.dumps({"event": "finishing", "text": FINISHING}))
        if self._display is not None:
            self._display.ending(FINISHING)
        else:
            _write(2, FINISHING)

    def _stop_now(self) -> None:
        """End the process as a kill would; the record is made for that."""
        if self._display is not None:
            self._display.cut_off()
        if self._json:
            _write(1, json_module.dumps({"event": "stopped now", "exit_code": NOT_CONFIRMED_SAFE}))
        for line in self._what_it_means():
            _write(2, line)
        sys.stdout.flush()
        os._exit(NOT_CONFIRMED_SAFE)

    def _what_it_means(self) -> list[str]:
        lines = [
            "",
            "Stopped now, as asked. Nobody commands the instruments any more. NOT all are known to be safe:",
        ]
        lines += [f"  {said}" for said in self._confirmed()]
        lines += [f"  not confirmed in this run: {one}" for one in self._instruments]
        if self._simulated:
            return [*lines, "They were simulated and are gone with this process.", self._record()]
        goes_on = "What was commanded goes on: a step runs to the limits that the potentiostat holds, a beam stays on."
        return [*lines, goes_on, "Go and look at each of them, or let operando take the run up again:", self._resume()]

    def _confirmed(self) -> list[str]:
        """What instruments have confirmed before it was cut short."""
        with suppress(OperandoError, OSError):
            return [event.message for event in open_run(self._folder).events if event.source == "safety"]
        return []

    def _record(self) -> str:
        return f"The record is whole up to now: {self._folder}"

    def _resume(self) -> str:
        return f"  operando resume {self._folder}"


def _write(descriptor: int, text: str) -> None:
    """Past the buffers, in whose middle the signal may have come."""
    with suppress(OSError):
        os.write(descriptor, f"{text}\n".encode())
