"""Makes samples out of the readings of one step: which are recorded, and what charge has passed."""

import math

from operando.drivers.potentiostats.keithley.reading import Reading
from operando.drivers.roles import KnownOfStep, SampleQuality, Step

__all__ = ["SampleRow", "StepSamples"]

SampleRow = tuple[int, float, float, float, float, float, int, int, int, float]
"""In the order of `SAMPLE`."""

EARLY_SHARE = 1e-3
"""Of the interval: a reading that is early by so little counts as one interval later."""
SAME_MOMENT_S = 5e-3


class StepSamples:
    """The instrument reads more often than is recorded, to see an end in time; what is recorded follows from the
    readings alone, so that a process which takes the step up later chooses the same ones.

    The charge is integrated by trapezoids over all readings that are numbers; one that is beyond its range is passed
    over.

    Args:
        step: which says how often to record.
        known: what is recorded already, of a step that was taken up.
    """

    def __init__(self, step: Step, known: KnownOfStep | None = None) -> None:
        self._step = step
        self._known = known
        self._recorded: Reading | None = None
        self._waiting: tuple[Reading, float, float, float] | None = None
        self._counted: Reading | None = None
        self.last: Reading | None = None
        self.charge_C = step.charge_before_C

    def carry_on(self) -> None:
        """Go on counting from what is recorded: what was read since then is gone, as the 2400 keeps no readings."""
        if self._known is not None and self._known.recorded_s and math.isfinite(self._known.last_C):
            self._counted = Reading(self._known.recorded_s[-1], math.nan, self._known.last_A)
            self.charge_C = self._known.last_C

    def add(self, reading: Reading, time_s: float, uncertainty_s: float) -> SampleRow | None:
        """Take in the next reading; the sample that it makes, if it is to be recorded."""
        self._count_charge(reading)
        self.last = reading
        if not self._wanted(reading):
            self._waiting = (reading, self.charge_C, time_s, uncertainty_s)
            return None
        return self._record(reading, self.charge_C, time_s, uncertainty_s)

    def finish(self) -> SampleRow | None:
        """The last reading of a step is recorded in any case."""
        return None if self._waiting is None else self._record(*self._waiting)

    def _record(self, reading: Reading, charge_C: float, time_s: float, uncertainty_s: float) -> SampleRow | None:
        self._recorded, self._waiting = reading, None
        if self._known is not None and self._known.has(reading.elapsed_s, SAME_MOMENT_S):
            return None
        return (
            0,
            time_s,
            reading.elapsed_s,
            reading.voltage_V,
            reading.current_A,
            charge_C,
            self._step.number,
            0,
            int(reading.quality),
            uncertainty_s,
        )

    def _wanted(self, reading: Reading) -> bool:
        recorded, recording = self._recorded, self._step.recording
        if recorded is None:
            return True
        if reading.elapsed_s - recorded.elapsed_s >= recording.every_s * (1.0 - EARLY_SHARE):
            return True
        change_V = recording.or_voltage_change_V
        return change_V is not None and abs(reading.voltage_V - recorded.voltage_V) >= change_V

    def _count_charge(self, reading: Reading) -> None:
        if reading.quality & (SampleQuality.OVERLOAD | SampleQuality.NOT_A_NUMBER):
            return
        before, self._counted = self._counted, reading
        if before is None:
            self.charge_C += reading.current_A * (reading.elapsed_s - self._step.elapsed_before_s)
        else:
            mean_A = (reading.current_A + before.current_A) / 2
            self.charge_C += mean_A * (reading.elapsed_s - before.elapsed_s)
