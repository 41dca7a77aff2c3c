"""The first minutes of a resumed run: the beam is blanked, and what cannot be known is said to be unknown."""

from operando.drivers.bench import Bench
from operando.drivers.roles import Blanking
from operando.protocols.record import RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.standing_of import LeftBehind
from operando.protocols.runner.taking_up_cell import note_gap, remember_samples, take_up_cell

__all__ = ["TakingUp"]


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
        lent_to = self._left.asked.lent_to
        if self._bench.has_microscope and lent_to:
            self._note("imaging", "microscope left alone", f"it is still handed over to {lent_to}")
        elif self._bench.has_microscope:
            await self._blank()
        note_gap(self._left, self._record, now)
        self._note_losses()
        remember_samples(self._left, self._cell)
        if self._cycling is not None:
            await take_up_cell(self._left, self._cycling)

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
                sample_s=asked.wanted_s,
                why="the run was killed before it was done",
            )
        if self._left.standing.moving:
            self._note("imaging", "stage move in flight", "its outcome is unknown; targets are absolute, none is added")

    def _note(self, source: str, kind: str, message: str) -> None:
        self._record.event(self._bench.clock.now(), source, kind, message)
