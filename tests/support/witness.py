"""Watches the simulated world itself, whatever the runner says of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from support.laboratory import SimulatedBench

__all__ = ["Seen", "Witness"]


@dataclass(frozen=True, slots=True)
class Seen:
    """The world at a time."""

    time_s: float
    beam_on: bool
    """On the specimen, with high voltage: electrons arrive."""
    chamber_Pa: float
    voltage_V: float
    current_A: float


@dataclass
class Witness:
    """Looks at the world every so often, from its own schedule.

    Args:
        bench: whose world it is.
        every_s: how often.
        until_s: how long.
    """

    bench: SimulatedBench
    every_s: float = 0.5
    until_s: float = 800.0
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        for index in range(int(self.until_s / self.every_s)):
            self.bench.world.call_at(index * self.every_s, self.look)

    def after(self, time_s: float, what: Callable[[Seen], bool]) -> float:
        """Seconds from a time to the first moment from which on something holds for good."""
        bad = [seen.time_s for seen in self.seen if seen.time_s >= time_s and not what(seen)]
        return max(bad, default=time_s) - time_s

    def look(self, now: float) -> None:
        """Take down the world as it is at a time."""
        world = self.bench.world
        voltage_V, current_A = world.cell.measure(now)
        beam_on = world.beam.on_specimen and world.beam.settings.voltage_V > 0
        self.seen.append(Seen(now, beam_on, world.chamber.pressure_Pa(now), voltage_V, current_A))
