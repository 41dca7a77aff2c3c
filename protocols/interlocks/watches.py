"""What follows the readings for one condition, and says whether it holds."""

import math
from collections import deque
from typing import Protocol

from operando.protocols.interlocks.conditions import (
    Always,
    Band,
    BenchLimit,
    Change,
    Condition,
    Difference,
    Leak,
    Limit,
    Report,
    Source,
)
from operando.protocols.interlocks.leak import LeakEstimator
from operando.protocols.interlocks.readings import Readings, level
from operando.protocols.interlocks.verdict import CLEAR, State, Verdict

__all__ = ["LeakWatch", "Watch", "watch_of"]

SIGMAS = 3.0
MBAR_LITRE_Pa_m3 = 0.1


class Watch(Protocol):
    """Follows the sources of one condition."""

    def take(self, source: Source, time_s: float) -> None:
        """There is a new reading, measured or not."""
        ...

    def verdict(self, now: float) -> Verdict:
        """Whether the condition holds."""
        ...

    def forget(self) -> None:
        """A new phase has begun: what was followed until now means nothing for it."""
        ...


class _BandWatch:
    """Outside is outside at once, or after `lasting_s`; inside counts again only once it is stable."""

    def __init__(self, band: Band, readings: Readings) -> None:
        self._source = band.source
        self._readings = readings
        self._lowest, self._highest = _number(band.lowest, -math.inf), _number(band.highest, math.inf)
        self._again = _number(band.again_lowest, self._lowest), _number(band.again_highest, self._highest)
        self._stable_s = band.stable_s
        self._lasting_s = _number(band.lasting_s, 0.0)
        self._inside_since_s: float | None = None
        self._outside_since_s: float | None = None
        self._was_outside = False

    def take(self, source: Source, time_s: float) -> None:
        if source != self._source:
            return
        if self._readings.believable(source, time_s).state is not State.CLEAR:
            self._inside_since_s = None
            return
        value = self._value()
        if not self._lowest <= value <= self._highest:
            self._inside_since_s = None
            self._outside_since_s = time_s if self._outside_since_s is None else self._outside_since_s
            self._was_outside = self._was_outside or time_s - self._outside_since_s >= self._lasting_s
            return
        self._outside_since_s = None
        well_inside = self._again[0] <= value <= self._again[1]
        if self._was_outside and not well_inside:
            self._inside_since_s = None
        elif self._inside_since_s is None:
            self._inside_since_s = time_s
        if self._settled(time_s):
            self._was_outside = False

    def verdict(self, now: float) -> Verdict:
        believable = self._readings.believable(self._source, now)
        if believable.state is not State.CLEAR:
            return believable
        if self._was_outside:
            return Verdict(State.HOLDS, self._words())
        if self._outside_since_s is not None:
            return CLEAR  # outside, but not yet for as long as it takes
        if not self._settled(now):
            return Verdict(State.UNKNOWN, f"the {self._source} is not stable yet for {self._stable_s:g} s")
        return CLEAR

    def forget(self) -> None:
        self._inside_since_s = self._outside_since_s = None
        self._was_outside = False
        if (known := self._readings.latest(self._source)) is not None:
            self.take(self._source, known.end_s)  # what is outside now does not wait for the next reading

    def _settled(self, now: float) -> bool:
        return self._stable_s == 0 or (
            self._inside_since_s is not None and now - self._inside_since_s >= self._stable_s
        )

    def _value(self) -> float:
        reading = self._readings.latest(self._source)
        return math.nan if reading is None else level(reading)

    def _words(self) -> str:
        reading = self._readings.latest(self._source)
        measured = "unknown" if reading is None else f"{reading.value:.4g} {reading.unit}"
        if reading is not None and not math.isfinite(level(reading)):
            measured = str(reading.quality)
        limits = []
        if self._lowest > -math.inf:
            limits.append(f"not below {self._lowest:g}")
        if self._highest < math.inf:
            limits.append(f"not above {self._highest:g}")
        return f"the {self._source} is {measured}, allowed is {' and '.join(limits)}"


class _ChangeWatch:
    """The change between the newest reading and the last one that is old enough."""

    def __init__(self, change: Change, readings: Readings) -> None:
        self._change = change
        self._readings = readings
        self._fastest = _number(change.rise_per_s, math.inf), _number(change.fall_per_s, math.inf)
        self._values: deque[tuple[float, float]] = deque()

    def take(self, source: Source, time_s: float) -> None:
        reading = self._readings.latest(source)
        if source != self._change.source or reading is None:
            return
        if self._readings.believable(source, time_s).state is not State.CLEAR or not math.isfinite(level(reading)):
            self.forget()
            return
        self._values.append((time_s, reading.value))
        while len(self._values) > 2 and time_s - self._values[1][0] >= self._change.over_s:
            self._values.popleft()

    def verdict(self, now: float) -> Verdict:
        believable = self._readings.believable(self._change.source, now)
        if believable.state is not State.CLEAR:
            return believable
        if len(self._values) < 2:
            return CLEAR
        (start_s, start), (end_s, end) = self._values[0], self._values[-1]
        if end_s - start_s < max(self._change.over_s, 1e-9):
            return CLEAR
        rate = (end - start) / (end_s - start_s)
        rise, fall = self._fastest
        if -fall <= rate <= rise:
            return CLEAR
        word, limit = ("rises", rise) if rate > 0 else ("falls", fall)
        return Verdict(State.HOLDS, f"the {self._change.source} {word} by {abs(rate):.3g} per s, allowed is {limit:g}")

    def forget(self) -> None:
        self._values.clear()


class _ReportWatch:
    def __init__(self, report: Report, readings: Readings) -> None:
        self._report = report
        self._readings = readings

    def take(self, source: Source, time_s: float) -> None:
        del source, time_s  # the last reading says all

    def verdict(self, now: float) -> Verdict:
        believable = self._readings.believable(self._report.source, now)
        reading = self._readings.latest(self._report.source)
        if reading is not None and reading.detail in self._report.words:
            return Verdict(State.HOLDS, f"the {self._report.source.place} reports: {reading.detail}")
        return believable

    def forget(self) -> None: ...


class LeakWatch:
    """Follows p/T of a sealed volume. Where a leak test is asked for, only one that was passed is clear."""

    def __init__(self, leak: Leak, readings: Readings, volume_m3: float) -> None:
        self._pressure = Source(leak.place, "pressure")
        self._temperature = Source(leak.place, "temperature")
        self._leak = leak
        self._largest = _number(leak.largest, math.inf)
        self._readings = readings
        self._estimator = LeakEstimator(volume_m3)
        self._test: Verdict | None = None

    @property
    def place(self) -> str:
        """What is sealed."""
        return self._leak.place

    def tested(self, result: Verdict) -> None:
        """What a leak test has found."""
        self._test = result

    def take(self, source: Source, time_s: float) -> None:
        reading = self._readings.latest(source)
        if reading is None or self._readings.believable(source, time_s).state is not State.CLEAR:
            return
        value = level(reading)
        if source == self._temperature and math.isfinite(value):
            self._estimator.temperature(value)
        if source == self._pressure and value < math.inf:
            self._estimator.pressure(reading.start_s, max(0.0, value))

    def verdict(self, now: float) -> Verdict:
        for source in (self._pressure, self._temperature):
            believable = self._readings.believable(source, now)
            if believable.state is not State.CLEAR:
                return believable
        if self._estimator.opened:
            return Verdict(State.HOLDS, f"the {self._leak.place} {self._estimator.opened}: its seal is open")
        if self._leak.tested and (self._test is None or self._test.state is not State.CLEAR):
            return self._test or Verdict(State.UNKNOWN, f"the {self._leak.place} has not been leak-tested yet")
        estimate = self._estimator.estimate()
        if estimate is None or abs(estimate.rate_Pa_m3_per_s) - SIGMAS * estimate.sigma_Pa_m3_per_s <= self._largest:
            return CLEAR
        rate, sigma, limit = (
            value / MBAR_LITRE_Pa_m3 for value in (estimate.rate_Pa_m3_per_s, estimate.sigma_Pa_m3_per_s, self._largest)
        )
        return Verdict(
            State.HOLDS,
            f"the {self._leak.place} leaks {rate:.2g} +- {sigma:.1g} mbar l/s over {estimate.window_s / 60:.0f} min, "
            f"allowed is {limit:.2g} mbar l/s",
        )

    def forget(self) -> None:
        self._estimator.forget()
        self._test = None


class _DifferenceWatch:
    def __init__(self, difference: Difference, readings: Readings) -> None:
        self._sources = difference.source, difference.other
        self._largest = _number(difference.largest, math.inf)
        self._readings = readings

    def take(self, source: Source, time_s: float) -> None:
        del source, time_s  # the last readings say all

    def verdict(self, now: float) -> Verdict:
        levels = []
        for source in self._sources:
            believable = self._readings.believable(source, now)
            reading = self._readings.latest(source)
            if believable.state is not State.CLEAR or reading is None:
                return believable
            levels.append(max(0.0, level(reading)))
        difference = abs(levels[0] - levels[1]) if math.isfinite(sum(levels)) else math.inf
        if difference <= self._largest:
            return CLEAR
        first, second = self._sources
        return Verdict(State.HOLDS, f"{first} and {second} differ by {difference:.4g}, allowed is {self._largest:g}")

    def forget(self) -> None: ...


class _AlwaysWatch:
    def take(self, source: Source, time_s: float) -> None: ...

    def verdict(self, now: float) -> Verdict:
        return Verdict(State.HOLDS, "always in this phase")

    def forget(self) -> None: ...


def watch_of(condition: Condition, readings: Readings, volume_m3: float) -> Watch:
    """What follows a condition, whose limits must be numbers by now.

    Args:
        condition: of a rule.
        readings: of everything.
        volume_m3: of the box, for its leak.
    """
    match condition:
        case Band():
            return _BandWatch(condition, readings)
        case Change():
            return _ChangeWatch(condition, readings)
        case Report():
            return _ReportWatch(condition, readings)
        case Leak():
            return LeakWatch(condition, readings, volume_m3)
        case Difference():
            return _DifferenceWatch(condition, readings)
        case Always():
            return _AlwaysWatch()


def _number(limit: Limit | None, otherwise: float) -> float:
    if isinstance(limit, BenchLimit):
        raise TypeError(f"the limit {limit} was never looked up")
    return otherwise if limit is None else limit
