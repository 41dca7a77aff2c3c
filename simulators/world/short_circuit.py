"""Short circuits: a filament that almost bridges the separator conducts a little and restlessly; a bridge conducts.

Resistances are drawn for each whole second of world time, so that it does not matter who asks when.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf

import numpy as np

from operando.simulators.world.presets import CellParameters
from operando.simulators.world.scene_texture import mixed_seed

__all__ = ["InjectedShort", "ShortPath", "parallel_ohm"]

_BLOCK = 1024
_SLOW_S = 16
_FAST_DRAWS, _SLOW_DRAWS, _CHANCE_DRAWS = 1, 2, 3


@dataclass(frozen=True, slots=True)
class InjectedShort:
    """A fault: a short that does not come from the cell's filaments.

    Args:
        median_ohm: of its resistance.
        restless: whether it fluctuates like a soft short.
    """

    median_ohm: float
    restless: bool


class ShortPath:
    """The resistance of the worst path through the separator, second by second. A function of time and path alone."""

    def __init__(self, parameters: CellParameters, seed: int) -> None:
        self._begins, self._ends = parameters.soft_short_path
        self._first_ohm, self._last_ohm = parameters.soft_short_ohm
        self._fast, self._slow = parameters.soft_short_unrest
        low_ohm, high_ohm = parameters.hard_short_ohm
        self._chance_per_s = parameters.hard_short_per_s
        self._seed = seed
        self._draws = lru_cache(64)(self._uncached_draws)
        where = np.random.default_rng(mixed_seed(seed, 0)).random()
        self.bridge_ohm = float(low_ohm * (high_ohm / low_ohm) ** where)
        """Of a filament that has reached the cathode."""

    def conducts(self, path: float) -> bool:
        """Whether a filament that has crossed this share of the separator conducts."""
        return path >= self._begins

    def bridges_by_chance(self, path: float, minute: int) -> bool:
        """Whether a filament that conducts becomes a bridge in this minute."""
        return self._begins <= path < self._ends and self._uniform(minute) < 60.0 * self._chance_per_s

    def filament_ohm(self, path: float, second: int) -> float:
        """Of the worst filament in a second; the median of a soft short falls the further the filament has come."""
        if path >= self._ends:
            return self.bridge_ohm
        if path < self._begins:
            return inf
        share = (path - self._begins) / (self._ends - self._begins)
        return float(self._first_ohm * (self._last_ohm / self._first_ohm) ** share) * self.unrest(second)

    def unrest(self, second: int) -> float:
        """The factor of a soft short's resistance in this second, log-normal: some from second to second, some slow."""
        knot, late = divmod(second, _SLOW_S)
        late_share = late / _SLOW_S
        slow = (1.0 - late_share) * self._normal(_SLOW_DRAWS, knot) + late_share * self._normal(_SLOW_DRAWS, knot + 1)
        return exp(self._fast * self._normal(_FAST_DRAWS, second) + self._slow * slow)

    def injected_ohm(self, short: InjectedShort | None, second: int) -> float:
        """Of an injected short in this second; infinite without one."""
        if short is None:
            return inf
        return short.median_ohm * self.unrest(second) if short.restless else short.median_ohm

    def _normal(self, salt: int, index: int) -> float:
        return self._draws(salt, index // _BLOCK)[index % _BLOCK]

    def _uniform(self, index: int) -> float:
        return self._draws(_CHANCE_DRAWS, index // _BLOCK)[index % _BLOCK]

    def _uncached_draws(self, salt: int, block: int) -> list[float]:
        random = np.random.default_rng(mixed_seed(self._seed, salt, block))
        drawn = random.random(_BLOCK) if salt == _CHANCE_DRAWS else random.standard_normal(_BLOCK)
        return [float(number) for number in drawn]


def parallel_ohm(first_ohm: float, second_ohm: float) -> float:
    """Of two resistors side by side; either may be infinite."""
    if first_ohm == inf or second_ohm == inf:
        return min(first_ohm, second_ohm)
    return first_ohm * second_ohm / (first_ohm + second_ohm)
