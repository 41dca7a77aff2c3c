"""The specimen chamber of the microscope: pumped, vented, outgassing, and taking up what leaks from the box."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import Enum, auto
from math import exp, log

from operando.simulators.world.box import SimulatedBox

__all__ = ["ATMOSPHERE_Pa", "SimulatedChamber"]

ATMOSPHERE_Pa = 101325.0
_VOLUME_m3 = 0.04
_ROUGHING_m3_per_s = 3.0e-3
_TURBO_m3_per_s = 0.05
_CHANGEOVER_Pa = 10.0
_VENTING_S = 20.0
_READY_BELOW_Pa = 0.06

_DRY_OUTGASSING_Pa_m3_per_s = 1.55e-3
_WET_OUTGASSING_Pa_m3_per_s = 2.5e-2
_DRYING_S = 30.0
_PUMPED_BEFORE_S = 7200.0


class _Doing(Enum):
    PUMPING = auto()
    STOPPED = auto()
    VENTING = auto()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time in which the pumps do the same.

    Args:
        since_s: its start.
        from_Pa: pressure then.
        doing: what the pumps do.
        turbo_s: when the turbo pump takes over.
        dry_since_s: when the walls began to dry.
        with_box: whether the box stands in the chamber.
        air_Pa_m3_per_s: what comes in through a leak of the chamber itself.
    """

    since_s: float
    from_Pa: float
    doing: _Doing
    turbo_s: float
    dry_since_s: float
    with_box: bool = True
    air_Pa_m3_per_s: float = 0.0


class SimulatedChamber:
    """The pressure of the chamber, a function of time alone: `V dp/dt = q_box + q_outgas - S p`.

    At time zero it has been pumped for two hours and stands at 0.033 Pa, as real instruments of this kind read with the
    beam on (0.02 to 0.04 Pa). From atmosphere it takes two minutes to the turbo pump and some ten more to the beam.

    Args:
        box: stands in the chamber.
    """

    def __init__(self, box: SimulatedBox) -> None:
        self._box = box
        started = -_PUMPED_BEFORE_S
        self._stretches = [_Stretch(started, _CHANGEOVER_Pa, _Doing.PUMPING, started, started)]
        self._starts = [started]

    def pressure_Pa(self, now: float) -> float:
        """True pressure, whatever a gauge makes of it."""
        stretch = self._stretch(now)
        elapsed_s = now - stretch.since_s
        if stretch.doing is _Doing.VENTING:
            return ATMOSPHERE_Pa - (ATMOSPHERE_Pa - stretch.from_Pa) * exp(-elapsed_s / _VENTING_S)
        if stretch.doing is _Doing.STOPPED:
            leaked = self._leaked_Pa_m3(stretch, now)
            outgassed = (self._outgassing(stretch, stretch.since_s) + stretch.air_Pa_m3_per_s) * elapsed_s
            return min(ATMOSPHERE_Pa, stretch.from_Pa + (leaked + outgassed) / _VOLUME_m3)
        if now < stretch.turbo_s:
            return stretch.from_Pa * exp(-elapsed_s * _ROUGHING_m3_per_s / _VOLUME_m3)
        at_turbo_Pa = min(stretch.from_Pa, _CHANGEOVER_Pa)
        final_Pa = self._inflow(stretch, now) / _TURBO_m3_per_s
        excess_Pa = at_turbo_Pa - self._inflow(stretch, stretch.turbo_s) / _TURBO_m3_per_s
        return final_Pa + excess_Pa * exp(-(now - stretch.turbo_s) * _TURBO_m3_per_s / _VOLUME_m3)

    def pump(self, now: float) -> None:
        """Start to pump, or go on with it."""
        last = self._stretches[-1]
        if last.doing is _Doing.PUMPING:
            return
        now = self._present(now)
        pressure = self.pressure_Pa(now)
        roughing_s = _roughing_s(pressure)
        dry_since = now + roughing_s if last.doing is _Doing.VENTING else last.dry_since_s
        turbo_s = now + roughing_s
        self._begin(
            replace(last, since_s=now, from_Pa=pressure, doing=_Doing.PUMPING, turbo_s=turbo_s, dry_since_s=dry_since),
            outside_Pa=0.0,
        )

    def vent(self, now: float) -> None:
        """Let gas in until the chamber is at atmosphere."""
        last = self._stretches[-1]
        if last.doing is not _Doing.VENTING:
            now = self._present(now)
            from_Pa = self.pressure_Pa(now)
            self._begin(
                replace(last, since_s=now, from_Pa=from_Pa, doing=_Doing.VENTING, turbo_s=now, dry_since_s=now),
                outside_Pa=ATMOSPHERE_Pa,
            )

    def stop_pump(self, now: float) -> None:
        """A fault: the pumps stand still and the valves are closed; `pump` starts them again."""
        now, last = self._present(now), self._stretches[-1]
        stretch = replace(last, since_s=now, from_Pa=self.pressure_Pa(now), doing=_Doing.STOPPED, turbo_s=now)
        self._begin(stretch, outside_Pa=0.0)

    def leak(self, air_Pa_m3_per_s: float, now: float) -> None:
        """A fault: from now on so much air comes in through a leak of the chamber; pumping goes on."""
        now, last = self._present(now), self._stretches[-1]
        stretch = replace(last, since_s=now, from_Pa=self.pressure_Pa(now), air_Pa_m3_per_s=air_Pa_m3_per_s)
        self._begin(stretch, self._outside_Pa(last))

    def ready(self, now: float) -> bool:
        """Whether the vacuum permits the beam: not being vented, and below 0.06 Pa."""
        return self._stretch(now).doing is not _Doing.VENTING and self.pressure_Pa(now) < _READY_BELOW_Pa

    @property
    def venting(self) -> bool:
        """Whether the last order was to vent."""
        return self._stretches[-1].doing is _Doing.VENTING

    def argon_share(self, now: float) -> float:
        """Of the gas in the chamber, in balance with the pumps: what gauges adjusted for nitrogen get wrong."""
        stretch = self._stretch(now)
        if stretch.doing is _Doing.VENTING or not stretch.with_box:
            return 0.0
        argon = max(self._box.leak_Pa_m3_per_s(now), 0.0)
        return argon / (argon + self._outgassing(stretch, now))

    def take_up(self, amount_Pa_m3: float, now: float) -> None:
        """Gas bursts into the chamber at once; the pumps begin again from there."""
        now, last = self._present(now), self._stretches[-1]
        raised_Pa = min(self.pressure_Pa(now) + amount_Pa_m3 / _VOLUME_m3, ATMOSPHERE_Pa)
        turbo_s = now + _roughing_s(raised_Pa) if last.doing is _Doing.PUMPING else now
        self._begin(replace(last, since_s=now, from_Pa=raised_Pa, turbo_s=turbo_s), self._outside_Pa(last))

    def hold_box(self, inside: bool, now: float) -> None:
        """The box is brought into the chamber, or taken out."""
        now, last = self._present(now), self._stretches[-1]
        self._stretches.append(replace(last, since_s=now, from_Pa=self.pressure_Pa(now), with_box=inside))
        self._starts.append(now)

    def _present(self, now: float) -> float:
        """An order that comes late is carried out now: what has been, has been."""
        return max(now, self._starts[-1])

    def _inflow(self, stretch: _Stretch, now: float) -> float:
        from_box = self._box.leak_Pa_m3_per_s(now) if stretch.with_box else 0.0
        return self._outgassing(stretch, now) + from_box + stretch.air_Pa_m3_per_s

    def _leaked_Pa_m3(self, stretch: _Stretch, now: float) -> float:
        """What has come out of the closed box since a stretch began."""
        if not stretch.with_box or self._box.lid_open:
            return 0.0
        return self._box.amount_Pa_m3(stretch.since_s) - self._box.amount_Pa_m3(now)

    @staticmethod
    def _outside_Pa(stretch: _Stretch) -> float:
        return ATMOSPHERE_Pa if stretch.doing is _Doing.VENTING else 0.0

    @staticmethod
    def _outgassing(stretch: _Stretch, now: float) -> float:
        drying = _DRYING_S / (_DRYING_S + max(0.0, now - stretch.dry_since_s))
        return _DRY_OUTGASSING_Pa_m3_per_s + _WET_OUTGASSING_Pa_m3_per_s * drying

    def _begin(self, stretch: _Stretch, outside_Pa: float) -> None:
        self._stretches.append(stretch)
        self._starts.append(stretch.since_s)
        if stretch.with_box:
            self._box.surround(outside_Pa, stretch.since_s)

    def _stretch(self, now: float) -> _Stretch:
        return self._stretches[max(0, bisect_right(self._starts, now) - 1)]


def _roughing_s(pressure_Pa: float) -> float:
    """Time that the roughing pump takes to the pressure at which the turbo pump takes over."""
    return max(0.0, log(pressure_Pa / _CHANGEOVER_Pa)) * _VOLUME_m3 / _ROUGHING_m3_per_s
