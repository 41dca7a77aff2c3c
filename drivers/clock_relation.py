"""Relates an instrument's own clock to ours by what was seen of it, and says how far the answer can be wrong.

Each observation is an interval: a moment of the instrument lay between two of our times (we sent before it, it had
answered after it; the sample was not there at one look and there at the next). Intervals are intersected, not
averaged, so the bound holds whatever the delays of the wire are distributed like (the intersection of
Marzullo and Owicki, 1983). Between observations it widens by the largest rate error that a crystal may have.
"""

from dataclasses import dataclass

__all__ = ["LARGEST_RATE_ERROR", "ClockRelation", "RelatedTime"]

LARGEST_RATE_ERROR = 1e-4
"""Of two crystals against each other: 100 ppm covers cheap ones over their whole range of temperature."""
RATE_WANDER = 1e-5
"""How much the rate of a crystal may change within a run, with the temperature of the laboratory."""
MOST_ANCHORS = 16
FIRST_SPACING_S = 60.0


@dataclass(frozen=True, slots=True)
class RelatedTime:
    """A moment on our timeline: it lies between `time_s - uncertainty_s` and `time_s + uncertainty_s`."""

    time_s: float
    uncertainty_s: float


@dataclass(frozen=True, slots=True)
class _Interval:
    device_s: float
    earliest_s: float
    latest_s: float


class ClockRelation:
    """The relation of one instrument's clock to ours. Moments are told in the order of the instrument's clock.

    Args:
        largest_rate_error: of the instrument's clock against ours, as a fraction.
    """

    def __init__(self, largest_rate_error: float = LARGEST_RATE_ERROR) -> None:
        self._slowest, self._fastest = 1.0 - largest_rate_error, 1.0 + largest_rate_error
        self._now: _Interval | None = None
        self._anchors: list[_Interval] = []
        self._spacing_s = FIRST_SPACING_S
        self.contradictions = 0
        """Observations that no steady clock can explain: a clock was set, or the computer slept. Each starts afresh."""

    @property
    def known(self) -> bool:
        """Whether anything has been observed."""
        return self._now is not None

    @property
    def rate(self) -> tuple[float, float]:
        """Our seconds that pass in one second of the instrument: at least and at most."""
        return self._slowest, self._fastest

    def observe(self, device_s: float, earliest_s: float, latest_s: float) -> None:
        """Take in that a moment of the instrument's clock was not before one and not after another time of ours."""
        if earliest_s > latest_s:
            raise ValueError(f"an interval that ends before it begins: {earliest_s} to {latest_s}")
        seen = _Interval(device_s, earliest_s, latest_s)
        if self._now is None:
            self._start(seen)
            return
        expected = self._at(device_s)
        both = _Interval(device_s, max(expected.earliest_s, earliest_s), min(expected.latest_s, latest_s))
        if both.earliest_s > both.latest_s:
            self.contradictions += 1
            self._start(seen)
            return
        self._now = both
        self._learn_rate(both)

    def at(self, device_s: float) -> RelatedTime:
        """Our time of a moment of the instrument's clock, with a bound of its error.

        Raises:
            ValueError: if nothing has been observed yet.
        """
        interval = self._at(device_s)
        half_s = (interval.latest_s - interval.earliest_s) / 2
        return RelatedTime(interval.earliest_s + half_s, half_s)

    def _at(self, device_s: float) -> _Interval:
        now = self._now
        if now is None:
            raise ValueError("nothing is known of this clock yet")
        passed_s = device_s - now.device_s
        slow_s, fast_s = sorted((passed_s * self._slowest, passed_s * self._fastest))
        return _Interval(device_s, now.earliest_s + slow_s, now.latest_s + fast_s)

    def _start(self, seen: _Interval) -> None:
        self._now = seen
        self._anchors = [seen]
        self._spacing_s = FIRST_SPACING_S

    def _learn_rate(self, now: _Interval) -> None:
        """From far apart: what passed here while so much passed there."""
        if now.device_s - self._anchors[-1].device_s < self._spacing_s:
            return
        for anchor in self._anchors:
            passed_s = now.device_s - anchor.device_s
            slowest = (now.earliest_s - anchor.latest_s) / passed_s - RATE_WANDER
            fastest = (now.latest_s - anchor.earliest_s) / passed_s + RATE_WANDER
            self._slowest = min(max(self._slowest, slowest), self._fastest)
            self._fastest = max(min(self._fastest, fastest), self._slowest)
        self._anchors.append(now)
        if len(self._anchors) > MOST_ANCHORS:
            self._anchors = self._anchors[::2]
            self._spacing_s *= 2
