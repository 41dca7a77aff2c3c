"""When the samples of a step were taken: its elapsed time by the instrument, put on our timeline with an honest bound.

Two things are certain whatever the wire does. What an instrument says was measured before it arrived. And what it says
after its answer to a question was measured after the question was sent, but for the moment between measuring and
saying. A question now and then therefore keeps the clock of the instrument between bounds.
"""

from operando.drivers.clock_relation import ClockRelation

__all__ = ["StepTime"]

SAID_AFTER_S = 5e-3
"""From the measurement of a sample to its package: a few lines of script."""
SHORTEST_STEP_S = 1e-6
LONG_AGO_S = float("-inf")


class StepTime:
    """The timeline of one step.

    Args:
        elapsed_s: elapsed time of the step at one moment.
        earliest_s, latest_s: run times between which that moment was.
    """

    def __init__(self, elapsed_s: float, earliest_s: float, latest_s: float) -> None:
        self._relation = ClockRelation()
        self._relation.observe(elapsed_s, earliest_s, latest_s)
        self._last = (elapsed_s, (earliest_s + latest_s) / 2)

    def arrived(self, elapsed_s: float, now: float, asked_s: float = LONG_AGO_S) -> tuple[float, float]:
        """A sample has arrived: when it was taken, and how wrong that can be.

        Args:
            elapsed_s: by the clock of the instrument.
            now: run time.
            asked_s: when the last question was sent whose answer came before the sample.
        """
        self._relation.observe(elapsed_s, min(asked_s - SAID_AFTER_S, now), now)
        return self.of(elapsed_s)

    def of(self, elapsed_s: float) -> tuple[float, float]:
        """Run time of an elapsed time, and its uncertainty.

        Time passes as the instrument counts it, and is pushed only as far as the bounds demand: samples keep their
        order and their distances.
        """
        told = self._relation.at(elapsed_s)
        last_elapsed_s, last_s = self._last
        expected_s = last_s + elapsed_s - last_elapsed_s
        time_s = min(max(expected_s, told.time_s - told.uncertainty_s), told.time_s + told.uncertainty_s)
        if elapsed_s > last_elapsed_s:
            time_s = max(time_s, last_s + SHORTEST_STEP_S)
            self._last = (elapsed_s, time_s)
        return time_s, abs(time_s - told.time_s) + told.uncertainty_s
