"""What a vendor's program does with the cell: steps, one after the other, by the instrument's own end conditions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from operando.simulators.world.world import World

__all__ = ["DEFAULT_SCHEDULE", "PlayedRow", "Schedule", "ScheduledStep"]

Controlled = Literal["current", "voltage", "nothing"]
COMPLIANCE_A = 10e-3


@dataclass(frozen=True, slots=True)
class ScheduledStep:
    """One step of the other program.

    Args:
        controlled: what is kept constant, at `value` (A or V).
        at_most_s: ends it in any case.
        until_V: ends a charge from below, a discharge from above.
        until_A: ends a hold when the magnitude of the current is as small.
        every_s: between rows.
    """

    controlled: Controlled
    value: float
    at_most_s: float
    until_V: float | None = None
    until_A: float | None = None
    every_s: float = 1.0

    def is_over(self, voltage_V: float, current_A: float, elapsed_s: float) -> bool:
        """Whether a measured point ends the step."""
        if elapsed_s >= self.at_most_s - 1e-9:
            return True
        if self.controlled == "current" and self.until_V is not None:
            return voltage_V >= self.until_V if self.value > 0 else voltage_V <= self.until_V
        return self.controlled == "voltage" and self.until_A is not None and abs(current_A) <= self.until_A


DEFAULT_SCHEDULE = (
    ScheduledStep("nothing", 0.0, 300.0),
    ScheduledStep("current", 240e-6, 1200.0, until_V=4.2),
    ScheduledStep("voltage", 3.75, 300.0, until_A=24e-6),
    ScheduledStep("nothing", 0.0, 600.0),
    ScheduledStep("current", -240e-6, 1200.0, until_V=2.8),
)
"""Repeated for ever, as a cycle each."""


@dataclass(frozen=True, slots=True)
class PlayedRow:
    """One measured row: when by the program's own count, in which step and cycle, and what."""

    elapsed_s: float
    step: ScheduledStep
    place: int
    """Of the step in the schedule, from 0."""
    cycle: int
    begins: bool
    """Whether it is the first row of its step."""
    voltage_V: float
    current_A: float
    charge_C: float
    """Net, since the program began."""


class Schedule:
    """Plays steps on the cell of a world; rows come out as they are measured.

    Args:
        world: whose cell it drives.
        steps: of one cycle.
        told: takes each row, and the world time.
    """

    def __init__(
        self, world: World, steps: tuple[ScheduledStep, ...], told: Callable[[PlayedRow, float], None]
    ) -> None:
        self._world = world
        self._steps = steps
        self._told = told
        self._noise = world.noise("vendor program")
        self._place, self._cycle = 0, 1
        self._started_s = self._step_s = self._last_s = 0.0
        self._last_A = self._charge_C = 0.0
        self._rows = 0

    def start(self, now: float) -> None:
        """Somebody presses start."""
        self._started_s = self._last_s = now
        self._begin_step(now)

    @property
    def step(self) -> ScheduledStep:
        """The present one."""
        return self._steps[self._place]

    def _begin_step(self, now: float) -> None:
        self._step_s, self._rows = now, 0
        cell, step = self._world.cell, self.step
        if step.controlled == "current":
            cell.drive_current(step.value, now)
        elif step.controlled == "voltage":
            cell.drive_voltage(step.value, now, COMPLIANCE_A)
        else:
            cell.open_circuit(now)
        self._next_row()

    def _next_row(self) -> None:
        self._world.call_at(self._step_s + (self._rows + 1) * self.step.every_s, self._measure)

    def _measure(self, now: float) -> None:
        voltage_V, current_A = self._world.cell.measure(now)
        voltage_V += 2e-5 * float(self._noise.standard_normal())
        mean_A = current_A if self._rows == 0 else 0.5 * (self._last_A + current_A)
        self._charge_C += mean_A * (now - self._last_s)
        self._last_s, self._last_A = now, current_A
        begins = self._rows == 0
        self._rows += 1
        elapsed_s = now - self._started_s
        self._told(
            PlayedRow(elapsed_s, self.step, self._place, self._cycle, begins, voltage_V, current_A, self._charge_C), now
        )
        if not self.step.is_over(voltage_V, current_A, now - self._step_s):
            self._next_row()
            return
        self._place += 1
        if self._place == len(self._steps):
            self._place, self._cycle = 0, self._cycle + 1
        self._begin_step(now)
