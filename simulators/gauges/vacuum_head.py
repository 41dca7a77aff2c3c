"""Vacuum gauge heads: what each makes of the pressure and the gas at its flange.

A Pirani loses heat to the gas, a cold cathode ionises it; both are adjusted for nitrogen. Factors are general
knowledge: a Pirani shows argon 1.65 times too low, a cold cathode 1.3 times too high.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from operando.simulators.world.world import World

__all__ = ["HeadKind", "HeadState", "VacuumHead"]

PIRANI_SEES_ARGON, COLD_CATHODE_SEES_ARGON = 1 / 1.65, 1.3
BOTH_FROM_Pa, BOTH_TO_Pa = 0.1, 1.0


class HeadKind(Enum):
    """A head, by its name at a Pfeiffer controller, its range in Pa, and how much of it is a Pirani."""

    PIRANI = ("TPR", (5e-2, 1e5), 1.0)
    COLD_CATHODE = ("IKR", (2e-7, 1.0), 0.0)
    FULL_RANGE = ("PKR", (5e-7, 1e5), None)
    DIAPHRAGM = ("APR", (10.0, 1.5e5), None)

    def __init__(self, identifier: str, range_Pa: tuple[float, float], pirani_share: float | None) -> None:
        self.identifier = identifier
        self.range_Pa = range_Pa
        self.pirani_share = pirani_share


class HeadState(Enum):
    """Whether a value comes from the head."""

    OK = "ok"
    UNDER = "under range"
    OVER = "over range"
    ERROR = "sensor error"
    OFF = "switched off"
    MISSING = "no sensor"
    UNKNOWN = "not identified"


@dataclass(slots=True)
class VacuumHead:
    """A head at a flange; change what is wrong with it at any time.

    Args:
        kind: of head.
        pressure_Pa: true pressure at the flange at a time.
        noise_name: of its random numbers in the world.
        argon_share: of the gas at the flange, or what gives it at a time.
        noise: relative, of one reading.
        state: anything but `OK` is what it reports whatever the pressure is.
        stuck_Pa: shows this for ever.
    """

    kind: HeadKind
    pressure_Pa: Callable[[float], float]
    noise_name: str = "vacuum head"
    argon_share: float | Callable[[float], float] = 0.0
    noise: float = 0.005
    state: HeadState = HeadState.OK
    stuck_Pa: float | None = None

    def measure(self, world: World, now: float) -> tuple[float, HeadState]:
        """What it shows in Pa, and whether that is a measurement."""
        world.advance(now)
        shown_Pa = self.stuck_Pa
        if shown_Pa is None:
            true_Pa = self.pressure_Pa(now)
            noise = 1.0 + self.noise * float(world.noise(self.noise_name).standard_normal())
            shown_Pa = true_Pa * self._sensitivity(true_Pa, now) * noise
        if self.state is not HeadState.OK:
            return shown_Pa, self.state
        low_Pa, high_Pa = self.kind.range_Pa
        if shown_Pa < low_Pa:
            return low_Pa, HeadState.UNDER
        return (high_Pa, HeadState.OVER) if shown_Pa > high_Pa * 1.2 else (shown_Pa, HeadState.OK)

    def _sensitivity(self, true_Pa: float, now: float) -> float:
        """To the gas at the flange, of which nitrogen is 1."""
        if self.kind is HeadKind.DIAPHRAGM:
            return 1.0
        share = self.kind.pirani_share
        if share is None:
            share = min(max((true_Pa - BOTH_FROM_Pa) / (BOTH_TO_Pa - BOTH_FROM_Pa), 0.0), 1.0)
        argon = share * PIRANI_SEES_ARGON + (1.0 - share) * COLD_CATHODE_SEES_ARGON
        there = self.argon_share(now) if callable(self.argon_share) else self.argon_share
        return (1.0 - there) + there * argon
