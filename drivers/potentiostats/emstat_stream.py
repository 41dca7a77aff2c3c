"""What the stream of an EmStat means, line by line: samples, ends of steps, faults, and doubts."""

import math
import re
from collections import deque
from collections.abc import Sequence

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, ProtocolError
from operando.drivers.potentiostats.methodscript_errors import describe_error, error_code
from operando.drivers.potentiostats.methodscript_packages import Variable, decode_package
from operando.drivers.potentiostats.sample_collector import SAME_MOMENT_S, SampleCollector, named, our_package
from operando.drivers.potentiostats.script_in_progress import ScriptInProgress
from operando.drivers.potentiostats.step_on_wire import name_of, number_on_wire
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.potentiostats.stored_step import StoredStep
from operando.drivers.roles import KnownOfStep, Samples, Step, StepEnd, StepEndReason

__all__ = ["EmStatStream"]

STRUCTURE = re.compile(
    rb"M[0-9A-F]{4}|C[0-9A-F]{4}|[*L+\-eYhH]|[a-zA-Z]![0-9A-F]{4}.*|i[A-Z0-9][A-Za-z0-9_-]*|v[0-9.]+|t.*#.*|[A-Z]\*"
)
"""Lines that tell us nothing: limits of loops and scans, late echoes and late replies."""


class EmStatStream:
    """Takes in lines and keeps what they mean for the step that runs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._collector = SampleCollector()
        self._ends: deque[StepEnd] = deque()
        self._garbage: bytes | None = None
        self._step: Step | None = None
        """The last one that was started or adopted here; steps of others keep the number that they have on the wire."""
        self._adopted: KnownOfStep | None = None
        self._heard_of_adopted: set[float] = set()
        self._is_stored = self._has_begun = False
        self._listened_s = self._heard_s = clock.now()
        self.script: ScriptInProgress | None = None
        self.stored: StoredStep | None = None
        """What the instrument has stored of an adopted step and is being fetched."""
        self.fault: bytes | None = None
        """The line of a runtime error after which the cell was not switched off yet."""
        self.in_doubt = False
        """Whether a line was lost or torn that may have been the end of the script."""
        self.answered_s = -math.inf
        """When the last question was sent whose answer has come."""

    def started(self, script: ScriptInProgress, step: Step) -> None:
        """We have started a step. What was garbled before it has been told by the exchange that failed for it."""
        self._garbage = None
        self.script, self._step = script, step
        self._heard_s = self._clock.now()

    def adopt(self, step: Step, known: KnownOfStep, silence_s: float, *, stored: bool) -> None:
        """A step that was started over another connection goes on here; see `Potentiostat.adopt`."""
        self._is_stored, self._has_begun = stored, bool(known.recorded_s)
        heard_as = step.number if self._step == step else number_on_wire(step)
        ends = [end.reason for end in self._ends if end.step == heard_as]
        told: list[StepEndReason] = [reason for reason in ends if reason is not StepEndReason.UNKNOWN]
        if self.script is not None and self.script.step == heard_as and self.script.reason is not None:
            told.append(self.script.reason)
        self._ends.clear()
        self._step = step
        self._adopted, self._heard_of_adopted = known, self._collector.adopted(heard_as, step.number, known)
        self.script = ScriptInProgress(
            step=step.number,
            time=StepTime(0.0, known.origin_s - known.uncertainty_s, known.origin_s + known.uncertainty_s),
            reason=told[-1] if told else None,
            silence_s=silence_s,
        )

    def take_in(self, line: bytes, *, tail: bool) -> None:
        """One line. `tail` is the rest of one whose beginning was lost."""
        self._heard_s = self._clock.now()
        if self.stored is not None:
            self.stored.take(line, self._heard_s, self._collector)
            return
        try:
            self._interpret(line, trusted=not (tail or self.in_doubt))
        except FramingError:
            self.in_doubt = True
            if not tail:
                self._garbage = line

    def listened(self) -> None:
        """Everything that had arrived until now was taken in."""
        self._listened_s = self._clock.now()

    def too_silent(self, script: ScriptInProgress) -> bool:
        """Whether a script has said nothing for longer than it may; told once, then it has as long again."""
        silent = self._clock.now() - self._heard_s > script.silence_s
        if silent:
            self._heard_s = self._clock.now()
        return silent

    def in_progress(self) -> ScriptInProgress:
        """The script that runs; one that we did not start is taken over."""
        if self.script is None:
            self.script = ScriptInProgress()
        return self.script

    def finish(self) -> None:
        """The instrument is idle: the script that ran has ended, once the cell is off if it failed."""
        if self.fault is not None:
            return
        script, self.script = self.script, None
        if script is None:
            return
        known, self._adopted = self._adopted, None
        if known is not None and self._is_stored and self._step is not None:
            self.stored = StoredStep(self._step, script, known, self._heard_of_adopted)
            return
        self._ends.append(script.end(self._clock.now()))

    def fetched(self, stored: StoredStep) -> None:
        """What the instrument had stored of an adopted step is here; the step ends with it."""
        self.stored = None
        script = stored.script
        if stored.never_begun and script.elapsed_s is None and not self._has_begun:
            script.reason = script.reason or StepEndReason.NOT_STARTED
        self._ends.append(script.end(self._clock.now()))

    def take(self) -> Samples:
        """Everything new.

        Raises:
            FramingError: if something arrived that makes no sense; what was good comes the next time.
        """
        if self._garbage is not None:
            garbage, self._garbage = self._garbage, None
            raise FramingError(
                f"a line that makes no sense: {garbage[:100]!r}",
                remedy="Check cable and earth if this comes again. The step goes on.",
            )
        end = self._ends.popleft() if self._ends else None
        return self._collector.take(end, fetching=self.stored is not None)

    def cell_switched_off(self, fault: bytes | None, outcome: str, *, ended: bool) -> None:
        """After a fault the cell was to be switched off by a script of its own, with some outcome."""
        if self.script is not None and fault is not None:
            self.script.detail = f"{describe_error(fault)}; {outcome}"
        if ended:
            self.finish()

    def _interpret(self, line: bytes, *, trusted: bool) -> None:
        kind = line[:1]
        if kind == b"P":
            self._take_package(line)
        elif kind == b"":
            self.in_doubt |= not trusted
            if trusted:
                self.finish()
        elif kind == b"T":
            self.in_progress().note_text(line[1:].decode("ascii", "replace"))
        elif kind == b"!" and error_code(line) is not None:
            self.fault = line
            self.in_progress().reason = StepEndReason.FAULT
        elif line == b"Z":
            if self.script is not None:
                self.script.ended_by_host()
        elif STRUCTURE.fullmatch(line) is None:
            raise FramingError(f"unknown line {line!r}")

    def _take_package(self, line: bytes) -> None:
        package = our_package(decode_package(line))
        script = self.in_progress()
        if self._adopted is not None and not self._news_of_adopted(package, script, self._adopted):
            return
        package = named(package, self._step)
        script.note_package(package)
        elapsed_s, now = package[1].value, self._clock.now()
        if script.time is None:  # not started by us: it began as long ago, as surely as we have listened
            script.time = StepTime(elapsed_s, self._listened_s, now)
        self._collector.add(package, *script.time.arrived(elapsed_s, now, self.answered_s))

    def _news_of_adopted(self, package: Sequence[Variable], script: ScriptInProgress, known: KnownOfStep) -> bool:
        """Whether a package tells something that is not recorded yet.

        Raises:
            ProtocolError: if it is of another step than the one that was adopted.
        """
        number = int(package[0].value)
        if self._step is not None and number != number_on_wire(self._step):
            raise ProtocolError(
                f"it carries out {name_of(number, self._step)}, not step {script.step}",
                remedy="Somebody else uses this instrument. End that step, or wait for its end.",
            )
        elapsed_s = package[1].value
        self._heard_of_adopted.add(elapsed_s)
        return not known.has(elapsed_s, SAME_MOMENT_S)
