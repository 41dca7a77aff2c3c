"""The conversation with an EmStat: replies and running data come in one stream, and nothing of it may be lost."""

import re

from operando.drivers.clock import Clock
from operando.drivers.errors import InstrumentError, ProtocolError, TransportTimeout
from operando.drivers.potentiostats.emstat_stream import EmStatStream
from operando.drivers.potentiostats.methodscript_errors import BUSY_OR_IDLE, describe_error, error_code, error_line
from operando.drivers.potentiostats.methodscript_wire import MethodScriptWire
from operando.drivers.potentiostats.on_board_log import log_in
from operando.drivers.potentiostats.script_in_progress import ScriptInProgress
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import KnownOfStep, Samples, Step

__all__ = ["EmStatSession"]

REPLY_TIMEOUT_S = 0.8
"""Replies take milliseconds; `make_safe` needs up to five of them within the time that a bench gives it."""

DEVICE_TICK_S = 1e-3
"""Between the acknowledgement of a script and the start of its timer."""

SWITCH_OFF = "e\ncell_off\n\n"

ASK_EVERY_S = 30.0
"""A running script is asked whether it runs: what it says afterwards is younger than the question, see `StepTime`."""

ACCEPTED = re.compile(rb"e(![0-9A-F]{4}.*|M[0-9A-F]{4})?")
UPLOAD_ENDED = re.compile(ACCEPTED.pattern + rb"|")
ABORTED = re.compile(rb"Z(![0-9A-F]{4})?")
SERIAL_NUMBER = re.compile(rb"i(![0-9A-F]{4}|[A-Z0-9][A-Z0-9_-]{5,})")
"""Six characters at least and no small letters: half a reply (`iE`), or one that was cut and the next one
(`iES4HiES4HR20B0008`), are no serial number."""

SCRIPT_VERSION = re.compile(rb"v(![0-9A-F]{4}|[0-9.]+)")
FILE_REPLY = re.compile(rb"f(![0-9A-F]{4}.*)?")
EMPTY = re.compile(rb"")
END_OR_ERROR = re.compile(rb"|![0-9A-F]{4}.*")

IDLE_ONLY = (("v", SCRIPT_VERSION), ("i", SERIAL_NUMBER))
"""Questions that are refused while a script runs. Asked in turn, so that a late reply to one never answers the next."""


class EmStatSession:
    """Asks and commands, while what a running step says goes to the `EmStatStream`.

    One caller at a time.
    """

    def __init__(self, wire: MethodScriptWire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._stream = EmStatStream(clock)
        self._questions = 0
        self._asked_s = clock.now()

    def ask(self, command: str, reply: "re.Pattern[bytes]") -> bytes:
        """Ask and give the reply; what runs is taken in meanwhile. Asked once more after a time-out."""
        self._wire.send(f"{command}\n")
        try:
            return self.read(reply)
        except TransportTimeout:
            self._wire.send(f"{command}\n")
            return self.read(reply)

    def read(self, reply: "re.Pattern[bytes]") -> bytes:
        """The next line that matches; all before it are taken in.

        Raises:
            TransportTimeout: if it does not come in time.
        """
        line = self._wire.read_until(reply, self._take_in, REPLY_TIMEOUT_S)
        self._wire.tail = False
        return line

    def ask_serial_number(self) -> str | None:
        """The serial number; None while a script runs, because then it is not told."""
        reply = self.ask("i", SERIAL_NUMBER)
        return reply[1:].decode("ascii") if self._is_idle(reply) else None

    def ask_whether_running(self) -> ScriptInProgress | None:
        """Find out whether a script runs, without disturbing it.

        A step whose end was lost ends here, for an unknown reason.
        """
        idle = self._is_idle(self._ask_what_only_idle_answers())
        self._settle_fault()
        return None if idle else self._stream.script

    def upload_step(self, script: str, step: Step, silence_s: float) -> None:
        """Start a step.

        Args:
            script: the upload.
            step: what it does.
            silence_s: the longest time for which the step may say nothing.

        Raises:
            ProtocolError: if the instrument refuses the script.
            TransportTimeout: if it does not answer; whether the step runs, `ask_whether_running` tells.
        """
        sent_s = self._clock.now()
        self._accept(script)
        now = self._clock.now()
        self._asked_s = now
        self._stream.started(
            ScriptInProgress(
                step=step.number,
                time=StepTime(step.elapsed_before_s, sent_s - DEVICE_TICK_S, now + DEVICE_TICK_S),
                elapsed_s=step.elapsed_before_s,
                charge_C=step.charge_before_C,
                silence_s=silence_s,
            ),
            step,
        )

    def adopt(self, step: Step, known: KnownOfStep, silence_s: float, *, stored: bool) -> None:
        """Take up a step that was started over another connection; see `Potentiostat.adopt`.

        Args:
            step: what was started.
            known: what is recorded of it.
            silence_s: the longest time for which it may say nothing.
            stored: whether it was to write a log on board.
        """
        self._stream.adopt(step, known, silence_s, stored=stored)
        self.ask_whether_running()

    def delete_logs(self) -> None:
        """Delete what earlier steps have stored; everything of it is recorded once another step is to start."""
        for line in self._list_files():
            found = log_in(line)
            if found is not None:
                self.ask(f"fs_del {found[0]}", FILE_REPLY)

    def poll(self) -> Samples:
        """Everything that has arrived.

        Raises:
            FramingError: if something arrived that makes no sense; what was good comes with the next poll.
        """
        for line in self._wire.available():
            self._take_in(line)
        self._stream.listened()
        self._settle_fault()
        asked_long_ago = self._clock.now() - self._asked_s > ASK_EVERY_S
        script = self._stream.script
        if script is not None and (asked_long_ago or self._doubtful(script)):
            self.ask_whether_running()
        self._fetch_stored()
        return self._stream.take()

    def abort_script(self) -> bool:
        """End the script that runs. Returns whether there was one."""
        self._wire.send("Z\n")
        code = error_code(self.read(ABORTED))
        self._settle_fault()
        if code is None:
            self._stream.in_progress().ended_by_host()
        elif code == BUSY_OR_IDLE:
            self._stream.finish()
        else:
            raise ProtocolError(f"the abort was refused with {code}", remedy="Switch the cell off by hand.")
        return code is None

    def end_upload(self) -> None:
        """End a script whose upload was cut off in the middle: until an empty line, every line is taken for its next.

        What it has so far is refused, or runs to its end; whoever calls this switches the cell off afterwards.
        """
        self._wire.send("\n")
        self.read(UPLOAD_ENDED)

    def wait_for_end(self) -> None:
        """Wait until an aborted script has run its last section."""
        self._take_in(self._wire.read_until(END_OR_ERROR, self._take_in, REPLY_TIMEOUT_S))

    def switch_off(self) -> None:
        """Switch the cell off by a script of its own: after an error, a script's last section is not carried out."""
        stream = self._stream
        fault, stream.fault = stream.fault, None
        script, stream.script = stream.script, None
        outcome = "the cell was switched off"
        try:
            _, last = self.run(SWITCH_OFF)
            if last:
                raise ProtocolError(f"the cell was not switched off: {describe_error(last)}")
        except InstrumentError:
            outcome = "the cell may still be on"
            raise
        finally:
            stream.script = script
            ended = fault is not None or outcome == "the cell was switched off"
            stream.cell_switched_off(fault, outcome, ended=ended)

    def run(self, script: str) -> tuple[list[bytes], bytes]:
        """Run a short script to its end: its output, and the last line, which is empty or an error."""
        self._accept(script)
        output: list[bytes] = []
        last = self._wire.read_until(END_OR_ERROR, output.append, REPLY_TIMEOUT_S)
        return output, last

    def close(self) -> None:
        """Let go of the wire."""
        self._wire.close()

    def _list_files(self) -> list[bytes]:
        """The lines of a listing; none if the instrument has no files."""
        lines: list[bytes] = []
        self._wire.send("fs_dir\n")
        reply = self.read(FILE_REPLY)
        if error_code(reply) is None:
            self._wire.read_until(EMPTY, lines.append, REPLY_TIMEOUT_S)
        return lines

    def _fetch_stored(self) -> None:
        """Go on with fetching what the instrument has stored of the step that was adopted."""
        stored = self._stream.stored
        if stored is None:
            return
        question = stored.to_ask(self._clock.now())
        if question is not None:
            self._wire.send(question)
        if stored.done:
            self._stream.fetched(stored)

    def _accept(self, script: str) -> None:
        self._wire.send(script)
        reply = self.read(ACCEPTED)
        if error_code(reply) is not None:
            number = error_line(reply)
            lines = script.splitlines()
            at = f", at {lines[number]!r}" if number is not None and 0 < number < len(lines) else ""
            raise ProtocolError(
                f"the script was refused: {describe_error(reply)}{at}",
                remedy="Check that firmware and model are those that the driver is for.",
            )

    def _ask_what_only_idle_answers(self) -> bytes:
        for attempt in (1, 2):
            command, reply = IDLE_ONLY[self._questions % len(IDLE_ONLY)]
            self._questions += 1
            self._asked_s = self._clock.now()
            self._wire.send(f"{command}\n")
            try:
                answer = self.read(reply)
            except TransportTimeout:
                if attempt == 2:
                    raise
                continue
            if attempt == 1:  # a second answer may be a late one to the first question
                self._stream.answered_s = self._asked_s
            return answer
        raise AssertionError("the loop returns or raises")

    def _is_idle(self, reply: bytes) -> bool:
        """Learn from a reply to a question that only an idle instrument answers."""
        code = error_code(reply)
        if code is None:
            self._stream.finish()
        elif code == BUSY_OR_IDLE:
            self._stream.in_progress()
        else:
            raise ProtocolError(f"refused: {describe_error(reply)}")
        self._stream.in_doubt = False
        return code is None

    def _doubtful(self, script: ScriptInProgress) -> bool:
        """Whether the stream alone does not tell if the script still runs."""
        return self._stream.too_silent(script) or self._stream.in_doubt or self._wire.tail

    def _settle_fault(self) -> None:
        if self._stream.fault is not None:
            self.switch_off()

    def _take_in(self, line: bytes) -> None:
        tail, self._wire.tail = self._wire.tail, False
        self._stream.take_in(line, tail=tail)
