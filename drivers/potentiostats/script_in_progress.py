"""What is known about the script that the instrument carries out, from what it has said so far."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from operando.drivers.potentiostats.methodscript_packages import Variable
from operando.drivers.potentiostats.sample_collector import CHARGE
from operando.drivers.potentiostats.script_parts import TOLD_END
from operando.drivers.potentiostats.step_on_wire import STEPS
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import RunningStep, StepEnd, StepEndReason

__all__ = ["ScriptInProgress"]

LONGEST_SILENCE_S = 30.0
"""Of a script that we did not start."""


@dataclass(slots=True)
class ScriptInProgress:
    """A step under way.

    Args:
        step: its number, None until a package has named it; that on the wire, if neither started nor adopted here.
        time: puts its elapsed time on our timeline, None until something is known of it.
        elapsed_s: of the latest package.
        charge_C: of the latest package that told it; points of an impedance spectrum do not.
        charged_s: elapsed time of that package.
        reason: why it ends, once that is told.
        detail: further words on the end.
        silence_s: after so long without a word, ask whether it still runs.
    """

    step: int | None = None
    time: StepTime | None = None
    elapsed_s: float | None = None
    charge_C: float | None = None
    charged_s: float = -math.inf
    reason: StepEndReason | None = None
    detail: str = ""
    silence_s: float = LONGEST_SILENCE_S

    def note_package(self, package: Sequence[Variable]) -> None:
        """Learn from a package; it may be older than others: what is stored on board is read after what was heard."""
        step, elapsed, third = package[:3]
        self.step = int(step.value)
        self.elapsed_s = elapsed.value if self.elapsed_s is None else max(self.elapsed_s, elapsed.value)
        if third.kind == CHARGE and elapsed.value >= self.charged_s:
            self.charge_C, self.charged_s = third.value, elapsed.value

    def note_text(self, text: str) -> None:
        """Learn from a text that the script sends; the first reason counts."""
        if self.reason is None and text.startswith(TOLD_END):
            try:
                self.reason = StepEndReason(text.removeprefix(TOLD_END))
            except ValueError:
                self.detail = f"the script said {text!r}"

    def ended_by_host(self) -> None:
        """The host has ended it, unless it had told another reason before."""
        if self.reason is None:
            self.reason = StepEndReason.ENDED_BY_HOST

    def running(self) -> RunningStep:
        """For the role."""
        number = None if self.step is None else self.step % STEPS
        return RunningStep(number, self.elapsed_s, self.charge_C)

    def end(self, now: float) -> StepEnd:
        """For the role, at the moment its end was seen. The end itself was a moment after the last package."""
        time_s = now if self.time is None or self.elapsed_s is None else self.time.of(self.elapsed_s)[0]
        return StepEnd(
            step=self.step or 0,
            reason=self.reason or StepEndReason.UNKNOWN,
            time_s=time_s,
            elapsed_s=math.nan if self.elapsed_s is None else self.elapsed_s,
            charge_C=math.nan if self.charge_C is None else self.charge_C,
            detail=self.detail,
        )
