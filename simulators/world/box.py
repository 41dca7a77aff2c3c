"""The sealed transfer box: argon that leaks, at a temperature that follows the day."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, pi, sin
from typing import Literal

__all__ = ["SimulatedBox", "room_temperature_K"]

_MEAN_K = 298.0
_SWING_K = 0.3
_DAY_S = 86400.0


def room_temperature_K(now: float) -> float:
    """Temperature of the laboratory and of everything in it: it swings by a fraction of a kelvin through the day."""
    return _MEAN_K + _SWING_K * sin(2.0 * pi * now / _DAY_S)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time in which leak and surroundings stay the same. Density of gas is written as p/T (Pa/K).

    With the lid open the pressure is that of the surroundings, `open_to`.
    """

    since_s: float
    density_Pa_per_K: float
    conductance_m3_per_s: float
    outside_Pa: float
    open_to: Callable[[float], float] | None = None

    def density(self, now: float, volume_m3: float) -> float:
        """Gas density at a time: it approaches the one outside exponentially."""
        if self.open_to is not None:
            return self.open_to(now) / room_temperature_K(now)
        outside = self.outside_Pa / _MEAN_K
        decay = exp(-self.conductance_m3_per_s / volume_m3 * (now - self.since_s))
        return outside + (self.density_Pa_per_K - outside) * decay


class SimulatedBox:
    """Argon in a closed box: `dn/dt = -C (p - p_outside) / RT`, `p = nRT/V`. A function of time alone.

    Args:
        volume_m3: of the box.
        pressure_Pa: absolute, at time zero.
        leak_Pa_m3_per_s: what leaves at that time; 1 mbar l/s is 0.1 Pa m3/s.
        outside_Pa: pressure around the box.
    """

    def __init__(
        self,
        volume_m3: float = 0.2e-3,
        pressure_Pa: float = 1.1e5,
        leak_Pa_m3_per_s: float = 1.0e-7,
        outside_Pa: float = 0.0,
    ) -> None:
        self.volume_m3 = volume_m3
        density = pressure_Pa / room_temperature_K(0.0)
        conductance = leak_Pa_m3_per_s / (pressure_Pa - outside_Pa) if leak_Pa_m3_per_s else 0.0
        self._stretches = [_Stretch(0.0, density, conductance, outside_Pa)]
        self._starts = [0.0]

    def pressure_Pa(self, now: float) -> float:
        """Absolute pressure in the box."""
        return self._density(now) * self.temperature_K(now)

    def temperature_K(self, now: float) -> float:
        """Temperature of the gas and of the gauge."""
        return room_temperature_K(now)

    def leak_Pa_m3_per_s(self, now: float) -> float:
        """What leaves the box; negative if gas comes in, zero while the lid is open."""
        stretch = self._stretch(now)
        if stretch.open_to is not None:
            return 0.0
        return stretch.conductance_m3_per_s * (self.pressure_Pa(now) - stretch.outside_Pa)

    def amount_Pa_m3(self, now: float) -> float:
        """How much gas is in the box, as pressure times volume at the mean temperature."""
        return self._density(now) * _MEAN_K * self.volume_m3

    def inject_leak(self, leak_Pa_m3_per_s: float, now: float) -> None:
        """A fault: from now on this much more leaves at the present difference of pressure.

        Raises:
            ValueError: if there is no overpressure in the box that could leak.
        """
        stretch = self._stretch(now)
        difference = self.pressure_Pa(now) - stretch.outside_Pa
        if difference <= 0.0:
            raise ValueError(f"the box has no overpressure at {now:g} s that could leak")
        self._begin(now, stretch.conductance_m3_per_s + leak_Pa_m3_per_s / difference, stretch.outside_Pa)

    def open_leak(self, conductance_m3_per_s: float, now: float) -> None:
        """A fault: from now on a leak of this conductance, through which gas goes either way."""
        stretch = self._stretch(now)
        self._begin(now, stretch.conductance_m3_per_s + conductance_m3_per_s, stretch.outside_Pa)

    def surround(self, outside_Pa: float, now: float) -> None:
        """The pressure around the box changes."""
        self._begin(now, self._stretch(now).conductance_m3_per_s, outside_Pa)

    @property
    def lid_open(self) -> bool:
        """Whether the lid is open, after everything that was ordered."""
        return self._stretches[-1].open_to is not None

    def open_lid(self, surroundings_Pa: Callable[[float], float], now: float) -> None:
        """From now on the box has the pressure of its surroundings, a function of time."""
        last = self._stretches[-1]
        self._begin(now, last.conductance_m3_per_s, last.outside_Pa, surroundings_Pa)

    def close_lid(self, now: float) -> None:
        """From now on the box keeps what gas it has, but for its leak."""
        if self.lid_open:
            last = self._stretches[-1]
            outside_Pa = self.pressure_Pa(max(now, self._starts[-1]))
            self._begin(now, last.conductance_m3_per_s, outside_Pa, open_to=None)

    def fill(self, pressure_Pa: float, now: float) -> None:
        """Bring the closed box to a pressure through its valve."""
        self.close_lid(now)
        since = max(now, self._starts[-1])
        density = pressure_Pa / room_temperature_K(since)
        self._stretches.append(replace(self._stretches[-1], since_s=since, density_Pa_per_K=density))
        self._starts.append(since)

    def _begin(
        self,
        now: float,
        conductance_m3_per_s: float,
        outside_Pa: float,
        open_to: Callable[[float], float] | Literal["as it is"] | None = "as it is",
    ) -> None:
        since = max(now, self._starts[-1])
        lid = self._stretches[-1].open_to if open_to == "as it is" else open_to
        assert not isinstance(lid, str)
        self._stretches.append(_Stretch(since, self._density(since), conductance_m3_per_s, outside_Pa, lid))
        self._starts.append(since)

    def _density(self, now: float) -> float:
        return self._stretch(now).density(now, self.volume_m3)

    def _stretch(self, now: float) -> _Stretch:
        return self._stretches[max(0, bisect_right(self._starts, now) - 1)]
