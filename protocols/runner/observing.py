"""Follows a potentiostat that another program runs: its samples and steps go where those of our own cycling go."""

from collections.abc import Iterator

import anyio
import numpy as np
from numpy.typing import NDArray

from operando.drivers.bench import Bench
from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, TransportError
from operando.drivers.roles import Guard, ObservedStep, Potentiostat, Samples, Step
from operando.protocols.program import Program
from operando.protocols.record import RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.observer import Observer
from operando.protocols.runner.polling import SHORTEST_POLL_S
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.runner.triggers import Triggers

__all__ = ["Observing", "is_observed"]

LONGEST_POLL_S = 1.0
UNBOUNDED = (-np.inf, np.inf)
SOURCE = "cycling"


def is_observed(bench: Bench) -> bool:
    """Whether another program cycles the cell of a bench, and its potentiostat can only be watched."""
    return bench.has_potentiostat and bench.potentiostat.capabilities.observed


class Observing:
    """Polls, records, and tells triggers and page what the other program does. Commands nothing.

    A file that cannot be read for a while is looked for again; the first failure of each loss is in the record.
    """

    def __init__(
        self,
        program: Program,
        potentiostat: Potentiostat,
        clock: Clock,
        commands: Commands,
        record: RunRecord,
        cell: CellTimeline,
        triggers: Triggers,
        observer: Observer,
    ) -> None:
        contracts = [t.start_within_s / 3 for t in program.triggers if t.start_within_s is not None]
        self._every_s = max(SHORTEST_POLL_S, min([LONGEST_POLL_S, *contracts]))
        self._potentiostat = potentiostat
        self._clock = clock
        self._commands = commands
        self._record = record
        self._cell = cell
        self._triggers = triggers
        self._observer = observer
        self._next_sequence = 0
        self._first_step = 0
        self.running: StepInProgress | None = None

    def carry_on(self, samples: NDArray[np.void], next_sequence: int) -> None:
        """Count steps and samples on from where the record of an earlier process ends.

        Args:
            samples: of that record.
            next_sequence: the number that follows them.
        """
        self._first_step = int(samples["step"].max()) if samples.size else 0
        self._next_sequence = next_sequence

    async def follow(self) -> None:
        """Until cancelled."""
        lost = ""
        while True:
            try:
                samples = await self._commands.ask(self._potentiostat, self._potentiostat.poll)
                self._take_in(samples)
                lost = ""
            except (TransportError, FramingError) as error:
                if not lost:
                    lost = str(error)
                    self._event("not readable", lost)
            await anyio.sleep(self._every_s)

    def _take_in(self, samples: Samples) -> None:
        """First to disk, then to everyone who decides on it; steps begin between their samples."""
        begun = {step.number: step for step in samples.begun}
        for block in _by_step(samples.block):
            self._step(begun.pop(int(block["step"][0]), None))
            self._block(block)
        for points in _by_step(samples.impedance):
            self._step(begun.pop(int(points["step"][0]), None))
            points["step"] += self._first_step
            cycle = self.running.cycle if self.running is not None else 0
            self._record.impedance(points, step=int(points["step"][0]), cycle=cycle)
            self._triggers.impedance(points)

    def _block(self, block: NDArray[np.void]) -> None:
        block["step"] += self._first_step
        block["sequence"] = np.arange(self._next_sequence, self._next_sequence + block.size)
        self._next_sequence += block.size
        self._record.samples(block)
        self._cell.add(block)
        self._observer.samples(block)
        self._triggers.samples(block)

    def _step(self, begun: ObservedStep | None) -> None:
        if begun is None:
            return
        if self.running is not None:
            self._triggers.step_ended(self.running, begun.time_s)
            self._event("step ended", f"{self.running.name}: the other program has begun {begun.name}", self.running)
            self._record.step_ended()
        number = begun.number + self._first_step
        step = Step(number, begun.technique, Guard(UNBOUNDED, UNBOUNDED, np.inf))
        self.running = StepInProgress(number, begun.name, 0, begun.time_s, step)
        self._event("step started", begun.name, self.running)
        self._triggers.step_started(self.running)
        self._observer.step_started(self.running)

    def _event(self, kind: str, message: str, step: StepInProgress | None = None) -> None:
        details = {} if step is None else {"step": step.number, "cycle": step.cycle, "line": 0}
        self._record.event(self._clock.now(), SOURCE, kind, message, observed=True, **details)


def _by_step(rows: NDArray[np.void]) -> Iterator[NDArray[np.void]]:
    """Stretches of rows of one step each, in order."""
    if rows.size:
        yield from np.split(rows, np.flatnonzero(np.diff(rows["step"])) + 1)
