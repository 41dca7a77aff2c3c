"""The technique that a channel carries out: what its rows add up to, and why it has ended."""

import math

from operando.drivers.potentiostats.biologic.rows import Point, SampleRow
from operando.drivers.potentiostats.biologic.techniques import TechniqueFile, frequency_count
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import (
    Galvanostatic,
    Impedance,
    KnownOfStep,
    Potentiostatic,
    RunningStep,
    Step,
    StepEnd,
    StepEndReason,
)

__all__ = ["RunningTechnique"]

ROWS_APART = 2.0
"""Intervals of recording; if the first row after an adoption is further from the last recorded one, some are lost."""
END_TOLERANCE = 1e-3
"""Share of its duration by which the last row of a step that ended by time may be early, besides one interval."""


class RunningTechnique:
    """One step on a channel.

    Args:
        step: what it is.
        technique: what was loaded for it.
        time: puts the technique's own time on our timeline.
        known: what is recorded of it, if another process has started it: its charge goes on from there, as the
            channel keeps its rows until they are fetched. Over rows that were fetched and not recorded it is known
            only where the current is.
    """

    def __init__(self, step: Step, technique: TechniqueFile, time: StepTime, known: KnownOfStep | None = None) -> None:
        self.step = step
        self.technique = technique
        self.time = time
        self.points = 0
        self.ended_by_host: StepEndReason | None = None
        self._last: SampleRow | None = None
        self._counted: tuple[float, float] | None = None
        self._charge_C = step.charge_before_C
        self._elapsed_s = 0.0
        self._longest_gap_s = math.inf if known is None else ROWS_APART * step.recording.every_s
        if known is not None and known.recorded_s:
            self._counted = known.recorded_s[-1] - step.elapsed_before_s, known.last_A
            self._charge_C = known.last_C

    def take(self, row: SampleRow) -> float:
        """Take in a sample, in order; returns the charge that has passed in the step.

        A current that is no number is passed over: the charge goes on over the gap to the next one.
        """
        self._elapsed_s = max(self._elapsed_s, row.elapsed_s)
        if math.isfinite(row.current_A):
            self._count_charge(row)
            self._last = row
        return self._charge_C

    def _count_charge(self, row: SampleRow) -> None:
        """By trapezoids; over a gap only a constant current tells what has passed."""
        counted_s, counted_A = self._counted or (0.0, row.current_A)
        if row.elapsed_s < counted_s:
            return  # it is counted already
        gap_s = row.elapsed_s - counted_s
        held = self.step.technique
        if isinstance(held, Galvanostatic) and math.isnan(self._charge_C):
            self._charge_C = self.step.charge_before_C + held.current_A * row.elapsed_s
        elif isinstance(held, Potentiostatic) and gap_s > self._longest_gap_s:
            self._charge_C = math.nan
        else:
            self._charge_C += 0.5 * (counted_A + row.current_A) * gap_s
        self._counted, self._longest_gap_s = (row.elapsed_s, row.current_A), math.inf

    def take_point(self, point: Point) -> None:
        """Take in a point of a spectrum."""
        self.points += 1
        self._elapsed_s = max(self._elapsed_s, point.elapsed_s)

    def step_elapsed_s(self, elapsed_s: float) -> float:
        """Elapsed time of the step, with what it had behind it before it was carried on."""
        return self.step.elapsed_before_s + elapsed_s

    @property
    def charge_is_enough(self) -> bool:
        """Whether this computer has to end the step, because the instrument counts no charge."""
        limit_C = getattr(self.step.technique, "until_charge_C", None)
        return limit_C is not None and abs(self._charge_C) >= limit_C and self.ended_by_host is None

    def running(self) -> RunningStep:
        """For the role."""
        return RunningStep(self.step.number, self.step_elapsed_s(self._elapsed_s), self._charge_C)

    def end(self, fault: str = "") -> StepEnd:
        """How it ended, from its last rows: the library does not say why a technique has stopped."""
        return StepEnd(
            step=self.step.number,
            reason=StepEndReason.FAULT if fault else self._reason(),
            time_s=self.time.of(self._elapsed_s)[0],
            elapsed_s=self.step_elapsed_s(self._elapsed_s),
            charge_C=self._charge_C,
            detail=fault,
        )

    def _reason(self) -> StepEndReason:
        if self.ended_by_host is not None:
            return self.ended_by_host
        known = self.step.technique
        if isinstance(known, Impedance):
            return StepEndReason.COMPLETED if self.points >= frequency_count(known) else StepEndReason.UNKNOWN
        if self._last is None:
            return StepEndReason.UNKNOWN
        technique, last = self.technique, self._last
        early_s = technique.duration_s - last.elapsed_s
        if early_s <= self.step.recording.every_s * (1.0 + END_TOLERANCE) + END_TOLERANCE * technique.duration_s:
            passed = [test for test in technique.tests if test.beyond(last.voltage_V, last.current_A) >= 0.0]
            return passed[0].reason if passed else technique.at_end
        return self._nearest_test(last)

    def _nearest_test(self, last: SampleRow) -> StepEndReason:
        """It stopped before its time, so a test has ended it: the one that the last row is furthest beyond."""
        if not self.technique.tests:
            return StepEndReason.UNKNOWN
        scales = {True: max(map(abs, self.step.guard.current_A)), False: max(map(abs, self.step.guard.voltage_V))}
        nearest = max(
            self.technique.tests,
            key=lambda test: test.beyond(last.voltage_V, last.current_A) / scales[test.of_current],
        )
        beyond = nearest.beyond(last.voltage_V, last.current_A) / scales[nearest.of_current]
        return nearest.reason if beyond > -0.02 else StepEndReason.UNKNOWN
