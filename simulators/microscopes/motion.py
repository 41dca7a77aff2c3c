"""A motion of the stage in time; the axes go at their own speeds, so its way is no straight line."""

import math
from dataclasses import dataclass
from typing import cast

from operando.simulators.microscopes.settings import AxisValues, TescanSettings

__all__ = ["Motion"]

STILL: AxisValues = (0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Motion:
    """Each axis moves at its own constant rate until its own end (mm and degrees, per second).

    `ends_s` is when the stage says that it is done; infinite for a motion that only a stop ends.
    """

    start: AxisValues
    rates: AxisValues
    durations_s: AxisValues
    started_s: float
    ends_s: float

    @classmethod
    def at_rest(cls, position: AxisValues, now: float = 0.0) -> "Motion":
        """No motion."""
        return cls(position, STILL, STILL, now, now)

    @classmethod
    def to(cls, start: AxisValues, target: AxisValues, settings: TescanSettings, now: float) -> "Motion":
        """To a target at the speed of each axis, with time to settle at the end."""
        ways = [end - begin for begin, end in zip(start, target, strict=True)]
        durations = [abs(way) / speed for way, speed in zip(ways, settings.stage_speed, strict=True)]
        rates = [way / time if time > 0 else 0.0 for way, time in zip(ways, durations, strict=True)]
        ends_s = now + max(durations) + settings.stage_settle_s
        return cls(start, cast(AxisValues, tuple(rates)), cast(AxisValues, tuple(durations)), now, ends_s)

    @classmethod
    def driven(
        cls, start: AxisValues, rates: AxisValues, limits: tuple[AxisValues, AxisValues], now: float
    ) -> "Motion":
        """At given rates, each axis until its limit; the motion itself ends only by a stop."""
        durations = []
        for position, rate, lowest, highest in zip(start, rates, *limits, strict=True):
            end = highest if rate > 0 else lowest
            durations.append((end - position) / rate if rate else 0.0)
        ends_s = math.inf if any(rates) else now
        return cls(start, rates, cast(AxisValues, tuple(durations)), now, ends_s)

    def moving(self, now: float) -> bool:
        """Whether it is still under way."""
        return now < self.ends_s

    def position(self, now: float) -> AxisValues:
        """Where the axes are."""
        passed = max(0.0, now - self.started_s)
        axes = zip(self.start, self.rates, self.durations_s, strict=True)
        return cast(AxisValues, tuple(begin + rate * min(passed, end) for begin, rate, end in axes))
