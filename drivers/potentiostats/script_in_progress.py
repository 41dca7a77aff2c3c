"""What is known about the script that the instrument carries out, from what it has said so far."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from operando.drivers.potentiostats.methodscript_packages import Variable
from operando.drivers.potentiostats.sample_collector import CHARGE
from operando.drivers.potentiostats.script_parts import TOLD_END
from operando.drivers.roles import RunningStep, StepEnd, StepEndReason

__all__ = ["ScriptInProgress"]

LONGEST_SILENCE_S = 30.0
"""Of a script that we did not start."""


@dataclass(slots=True)
class ScriptInProgress:
    """A step under way.

    Args:
        step: its number, None until a package has named it.
        origin_s: run time at which its elapsed time is zero, None until known.
        uncertainty_s: of the origin.
        elapsed_s: of the last package, and `charge_C` with it.
        reason: why it ends, once that is told.
        detail: further words on the end.
        silence_s: after so long without a word, ask whether it still runs.
    """

    step: int | None = None
    origin_s: float | None = None
    uncertainty_s: float = 0.0
    elapsed_s: float | None = None
    charge_C: float | None = None
    reason: StepEndReason | None = None
    detail: str = ""
    silence_s: float = LONGEST_SILENCE_S

    def note_package(self, package: Sequence[Variable], now: float, heard_before_s: float) -> None:
        """Learn from a package. One that we did not start began `elapsed` ago, as surely as we have listened."""
        step, elapsed, third = package[:3]
        if self.origin_s is None:
            self.origin_s = now - elapsed.value
            self.uncertainty_s = now - heard_before_s
        self.step = int(step.value)
        self.elapsed_s = elapsed.value
        if third.kind == CHARGE:
            self.charge_C = third.value

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
        return RunningStep(self.step, self.elapsed_s, self.charge_C)

    def end(self, now: float) -> StepEnd:
        """For the role, at the moment its end was seen. The end itself was a moment after the last package."""
        time_s = now if self.origin_s is None or self.elapsed_s is None else self.origin_s + self.elapsed_s
        return StepEnd(
            step=self.step or 0,
            reason=self.reason or StepEndReason.UNKNOWN,
            time_s=time_s,
            elapsed_s=math.nan if self.elapsed_s is None else self.elapsed_s,
            charge_C=math.nan if self.charge_C is None else self.charge_C,
            detail=self.detail,
        )
