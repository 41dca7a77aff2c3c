"""A vendor's program that plays a schedule and writes a file; what a reader sees of that file is its wire."""

from datetime import datetime, timedelta
from pathlib import Path

from operando.drivers.clock import VIRTUAL_EPOCH
from operando.simulators.potentiostats.vendor_program.ec_lab import ec_lab_header, ec_lab_row
from operando.simulators.potentiostats.vendor_program.pstrace import pstrace_table
from operando.simulators.potentiostats.vendor_program.schedule import (
    DEFAULT_SCHEDULE,
    PlayedRow,
    Schedule,
    ScheduledStep,
)
from operando.simulators.potentiostats.vendor_program.written_file import WrittenFile
from operando.simulators.world.world import World

__all__ = ["EcLab", "FileConversation", "PsTrace"]

FLUSH_EVERY_S = 2.0


class _Program:
    """What both programs have in common. The schedule begins when the file is looked at for the first time.

    Args:
        world: whose cell it cycles.
        steps: of one cycle.
        path: the file is written to disk there, too.
        epoch: wall time of world time zero, which the file names; it has no time zone there.
    """

    def __init__(
        self,
        world: World,
        steps: tuple[ScheduledStep, ...] = DEFAULT_SCHEDULE,
        path: Path | None = None,
        epoch: datetime = VIRTUAL_EPOCH,
    ) -> None:
        self.world = world
        self.file = WrittenFile(path)
        self.changed_s = 0.0
        """When the file was last written to."""
        self._epoch = epoch
        self._schedule = Schedule(world, steps, self._row)
        self._running = False

    every_s = FLUSH_EVERY_S
    """How often the file is written to, at least."""

    def connect(self, endpoint: str, local_port: int, now: float) -> "FileConversation":
        """Somebody opens the file to read it."""
        self.world.advance(now)
        if not self._running:
            self.start(now)
        return FileConversation(self)

    def start(self, now: float) -> None:
        """Somebody presses start in the program."""
        self._running, self.changed_s = True, now
        self._begin(self._epoch + timedelta(seconds=now))
        self._schedule.start(now)

    def _begin(self, started: datetime) -> None:
        raise NotImplementedError

    def _row(self, row: PlayedRow, now: float) -> None:
        raise NotImplementedError


class EcLab(_Program):
    """Appends each row to a text file, through a buffer. Set `decimal_comma` for a German Windows."""

    decimal_comma = False

    def start_anew(self, now: float) -> None:
        """Somebody stops and starts again, under the same name: the file is replaced."""
        self.file.replace(ec_lab_header(self._epoch + timedelta(seconds=now)))

    def _begin(self, started: datetime) -> None:
        self.file.append(ec_lab_header(started))
        self.file.flush()

    def _row(self, row: PlayedRow, now: float) -> None:
        self.file.append(ec_lab_row(row, decimal_comma=self.decimal_comma))
        if now - self.changed_s >= self.every_s:
            self.changed_s = now
            self.file.flush()


class PsTrace(_Program):
    """Writes the whole file anew when a measurement ends, and every so often while it runs."""

    every_s = 10.0

    def _begin(self, started: datetime) -> None:
        self._started = started
        self._steps: list[list[PlayedRow]] = []
        self.file.replace(pstrace_table(started, ()))

    def _row(self, row: PlayedRow, now: float) -> None:
        if row.begins:
            self._steps.append([])
        self._steps[-1].append(row)
        if now - self.changed_s >= self.every_s:
            self.changed_s = now
            self.file.replace(pstrace_table(self._started, self._steps))


class FileConversation:
    """One reader of the file: it sees what is there, then what is added, until the file is replaced."""

    def __init__(self, program: _Program) -> None:
        self._program = program
        self._generation = program.file.generation
        self._position = 0
        self._gone = False

    @property
    def closed(self) -> bool:
        """Whether the file that was opened is not there any more."""
        return self._gone or self._program.file.generation != self._generation

    def feed(self, data: bytes, now: float) -> None:
        """A reader says nothing."""

    def due(self) -> float | None:
        """When the file will have grown, at the latest."""
        unread = len(self._program.file.seen) > self._position
        return self._program.changed_s if unread else self._program.changed_s + self._program.every_s

    def collect(self, now: float) -> list[bytes]:
        """What was added since the last look."""
        self._program.world.advance(now)
        if self.closed:
            return []
        new = self._program.file.seen[self._position :]
        self._position += len(new)
        return [new] if new else []

    def disconnect(self, now: float) -> None:
        """The reader goes away; the program goes on."""
        self._gone = True
