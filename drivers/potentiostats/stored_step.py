"""Fetches what the instrument has stored of a step while nobody listened, line by line as it arrives."""

from enum import Enum, auto

from operando.drivers.clock_relation import LARGEST_RATE_ERROR
from operando.drivers.errors import FramingError
from operando.drivers.potentiostats.methodscript_errors import describe_error, error_code
from operando.drivers.potentiostats.methodscript_packages import decode_package
from operando.drivers.potentiostats.on_board_log import log_in
from operando.drivers.potentiostats.sample_collector import SAME_MOMENT_S, SampleCollector, named, our_package
from operando.drivers.potentiostats.script_in_progress import ScriptInProgress
from operando.drivers.potentiostats.step_on_wire import number_on_wire, same_run
from operando.drivers.roles import KnownOfStep, Step, StepEndReason

__all__ = ["StoredStep"]

PATIENCE_S = 10.0
"""Without a word, before it is asked for again."""
ATTEMPTS = 3
END_OF_FILE = b"\x1c"


class _Stage(Enum):
    TO_ASK = auto()
    LISTING = auto()
    READING = auto()
    DONE = auto()


class StoredStep:
    """The file of one step: looked for, fetched, and compared with what is known already.

    Args:
        step: as it was started.
        script: what is known of the step, which has ended.
        known: what is recorded of it.
        heard: elapsed times of the packages that arrived since then.
    """

    def __init__(self, step: Step, script: ScriptInProgress, known: KnownOfStep, heard: set[float]) -> None:
        self.script = script
        self.never_begun = False
        """Whether the instrument's files prove that it never began the step."""
        self._step = step
        self._used_by_others = False
        self._known = known
        self._heard = heard
        self._stage = _Stage.TO_ASK
        self._name: str | None = None
        self._attempts = 0
        self._asked_s = 0.0

    @property
    def done(self) -> bool:
        """Whether everything that there is has been fetched."""
        return self._stage is _Stage.DONE

    def to_ask(self, now: float) -> str | None:
        """What to send now; None if the answer is still on its way, or nothing is left to ask."""
        if self._stage is _Stage.TO_ASK:
            self._stage = _Stage.LISTING if self._name is None else _Stage.READING
        elif self.done or now - self._asked_s < PATIENCE_S:
            return None
        self._attempts += 1
        if self._attempts > ATTEMPTS:
            self._give_up("the instrument does not hand out what it stored")
            return None
        self._asked_s = now
        return "fs_dir\n" if self._stage is _Stage.LISTING else f"fs_get {self._name}\n"

    def take(self, line: bytes, now: float, collector: SampleCollector) -> None:
        """One line of the answer."""
        self._asked_s = now
        if self._stage is _Stage.LISTING:
            self._listed(line)
        elif self._stage is _Stage.READING:
            self._read(line, now, collector)

    def _listed(self, line: bytes) -> None:
        if error_code(line) is not None:
            self._give_up(f"the files of the instrument cannot be listed: {describe_error(line)}")
        elif not line:
            self._stage = _Stage.TO_ASK if self._name is not None else _Stage.DONE
            self._attempts = 0
            # another run has deleted what this one had stored
            self.never_begun = self._name is None and not self._used_by_others
        else:
            self._note_file(line)

    def _note_file(self, line: bytes) -> None:
        found = log_in(line)
        if found is not None and found[1] == number_on_wire(self._step):
            self._name = found[0]
        elif found is not None:
            self._used_by_others |= not same_run(found[1], self._step)

    def _read(self, line: bytes, now: float, collector: SampleCollector) -> None:
        content, end, _ = line.partition(END_OF_FILE)
        if content[:2] == b"f!":
            self._give_up(f"the file of the step cannot be read: {describe_error(content)}")
        elif content[:1] == b"P":
            self._take_package(content, now, collector)
        elif content[:1] == b"T":
            self.script.note_text(content[1:].decode("ascii", "replace"))
        elif content[:1] == b"!" and error_code(content) is not None:
            self.script.reason, self.script.detail = StepEndReason.FAULT, describe_error(content)
        if end:
            self._stage = _Stage.DONE

    def _take_package(self, line: bytes, now: float, collector: SampleCollector) -> None:
        try:
            package = named(our_package(decode_package(line)), self._step)
        except FramingError as error:
            self.script.detail = f"a stored line makes no sense: {error.what}"
            return
        self.script.note_package(package)
        elapsed_s = package[1].value
        if elapsed_s not in self._heard and not self._known.has(elapsed_s, SAME_MOMENT_S):
            time_s = self._known.origin_s + elapsed_s
            collector.add_late(package, time_s, self._known.uncertainty_s + LARGEST_RATE_ERROR * elapsed_s)

    def _give_up(self, why: str) -> None:
        self.script.detail = why
        self._stage = _Stage.DONE
