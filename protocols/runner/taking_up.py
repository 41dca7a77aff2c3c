"""The first minutes of a resumed run: the beam is blanked, and what cannot be known is said to be unknown."""

import numpy as np

from operando.drivers.bench import Bench
from operando.drivers.roles import Blanking
from operando.protocols.record import RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.standing_of import LeftBehind

__all__ = ["TakingUp"]

REMEMBERED_S = 3600.0
"""Of the samples that triggers and pictures look back on."""


class TakingUp:
    """Takes over from a process that was killed."""

    def __init__(
        self,
        left: LeftBehind,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        cell: CellTimeline,
        cycling: Cycling | None,
    ) -> None:
        self._left = left
        self._bench = bench
        self._commands = commands
        self._record = record
        self._cell = cell
        self._cycling = cycling

    async def run(self) -> None:
        """The beam first, then what is known, then the cell."""
        now = self._bench.clock.now()
        if self._bench.has_microscope:
            await self._blank()
        self._note_gap(now)
        self._note_losses()
        self._remember_samples()
        if self._cycling is not None:
            await self._take_up_cell(self._cycling)

    async def _blank(self) -> None:
        """Nothing is known of the beam but what the microscope says now."""
        column, scanner, stage = self._bench.column, self._bench.scanner, self._bench.stage
        await self._commands.effect(column, "blank", lambda: column.blank(Blanking.ALWAYS), sync=True)
        await self._commands.effect(scanner, "stop scan", scanner.stop)
        voltage = await self._commands.ask(column, column.high_voltage)
        position = await self._commands.ask(stage, stage.position)
        moving = await self._commands.ask(stage, stage.moving)
        said = f"beam blanked; high voltage {voltage}; stage {'still moves' if moving else 'stands'} at {position}"
        self._note("imaging", "microscope found", said)

    def _note_gap(self, now: float) -> None:
        said = f"nobody commanded or listened between {self._left.end_s:.3f} s and {now:.3f} s"
        self._record.event(now, "run", "resumed", said, from_s=self._left.end_s, to_s=now)

    def _note_losses(self) -> None:
        for exposure in self._left.lost:
            said = f"the {exposure.action} that began at {exposure.time_s:.3f} s was under way when the run was killed"
            kind = "frame lost" if exposure.action == "scan" else "spectrum lost"
            self._note("imaging", kind, said)
        for asked in self._left.unfinished:
            self._record.event(
                self._bench.clock.now(),
                "imaging",
                "capture not taken",
                f"{asked.capture} ({asked.reason}): the run was killed before it was done",
                line=asked.line,
                capture=asked.capture,
                trigger=asked.reason,
                why="the run was killed before it was done",
            )
        if self._left.standing.moving:
            self._note("imaging", "stage move in flight", "its outcome is unknown; targets are absolute, none is added")

    def _remember_samples(self) -> None:
        samples = self._left.samples
        if samples.size:
            samples = samples[samples["time_s"] >= samples["time_s"].max() - REMEMBERED_S]
            self._cell.add(samples[np.argsort(samples["time_s"], kind="stable")])

    async def _take_up_cell(self, cycling: Cycling) -> None:
        """Count on; a rest of the runner's own is ended, a step of the protocol is left to its action."""
        standing = self._left.standing
        cycling.carry_on(standing.last_step, self._left.next_sequence)
        step = standing.open_step
        if step is None:
            if standing.last_end_s is not None:
                cycling.left_alone(standing.last_end_s)
        elif not step.action:
            await cycling.adopt(step, to_its_end=False)
            standing.open_step = None

    def _note(self, source: str, kind: str, message: str) -> None:
        self._record.event(self._bench.clock.now(), source, kind, message)
