"""A potentiostat that another program runs: we read what it writes, and can start and end nothing."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import Field

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext
from operando.drivers.documents import StrictModel
from operando.drivers.errors import FramingError, LimitRefused, TransportClosed, located
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.potentiostats.observed.collector import ObservedCollector
from operando.drivers.potentiostats.observed.file_timeline import FileTimeline
from operando.drivers.potentiostats.observed.row import FileReader, ObservedRow
from operando.drivers.potentiostats.observed.steps import FollowedSteps, PlacedRow
from operando.drivers.roles import (
    Identity,
    KnownOfStep,
    PotentiostatCapabilities,
    RunningStep,
    SafeState,
    Safety,
    Samples,
    Step,
)

__all__ = ["ObservedOptions", "ObservedPotentiostat"]

OBSERVED = PotentiostatCapabilities(
    voltage_range_V=(-math.inf, math.inf),
    current_range_A=(-math.inf, math.inf),
    galvanostatic=False,
    impedance_frequency_Hz=None,
    impedance_amplitude_V=None,
    shortest_interval_s=0.0,
    ends_steps_by_itself=True,
    observed=True,
)
MOST_READS = 64
"""Of one poll: what a week has written is taken in over a few polls."""


class ObservedOptions(StrictModel):
    """Options in the bench file.

    Args:
        time_zone: of the wall times in the file (`Europe/Berlin`); by default that of this computer.
        trust_clock: whether the wall time in the file is believed. If not, the newest row is taken to be of the moment
            at which it is first seen: for a computer whose clock is not set.
        clock_uncertainty_s: how far the clock of the other program's computer may be off.
        quiet_after_s: a file that has not grown for so long belongs to no running step.
    """

    time_zone: str = ""
    trust_clock: bool = True
    clock_uncertainty_s: float = Field(default=1.0, gt=0.0)
    quiet_after_s: float = Field(default=120.0, gt=0.0)


class ObservedPotentiostat:
    """Role `Potentiostat`, of which only reading is possible.

    Rows from before the connection are not given out: they belong to no run of ours. They count for the charge of the
    step that runs.

    Args:
        context: of the bench.
        new_reader: makes a reader for a file that begins.
        vendor: of the other program.
        program: its name.
        stop_there: how somebody ends the cycling in that program.
    """

    capabilities = OBSERVED

    def __init__(
        self, context: DriverContext, new_reader: Callable[[], FileReader], vendor: str, program: str, stop_there: str
    ) -> None:
        self._options = read_options(context, ObservedOptions)
        self._timeline = FileTimeline(
            context.clock,
            self._options.time_zone,
            self._options.clock_uncertainty_s,
            trusted=self._options.trust_clock,
        )
        self.name = context.name
        self.connection = str(context.address)
        self._where = f"{context.name} at {context.address}"
        self._vendor, self._program, self._stop_there = vendor, program, stop_there
        self._clock = context.clock
        self._opened_s = context.clock.now()
        self._link = ReopeningLink(context.links, context.address)
        self._new_reader = new_reader
        self._reader = new_reader()
        self._steps = FollowedSteps()
        self._collector = ObservedCollector()
        self._lock = threading.RLock()
        self._last: PlacedRow | None = None
        self._grown_s = -math.inf

    def identify(self) -> Identity:
        """Who writes the file, as its header says."""
        with self._call():
            self._take_in()
            return Identity(
                self._vendor,
                f"{self._program} (observed)",
                self._reader.instrument or "not told",
                self._reader.program or "not told",
                self.connection,
            )

    @property
    def keep_alive_every_s(self) -> None:
        """A file does not forget its reader."""

    def keep_alive(self) -> None:
        """A file does not forget its reader."""

    def start(self, step: Step) -> None:
        raise self._refused(f"start step {step.number}")

    def end_step(self) -> None:
        raise self._refused("end a step")

    def adopt(self, step: Step, known: KnownOfStep) -> None:
        raise self._refused(f"take up step {step.number}")

    def poll(self) -> Samples:
        with self._call():
            self._take_in()
            if garbage := self._reader.take_garbage():
                raise FramingError(garbage, remedy="The other rows of the file are good and come with the next poll.")
            return self._collector.take()

    def running(self) -> RunningStep | None:
        """The step that the other program is in, if its file has grown lately."""
        with self._call():
            self._take_in()
            last = self._last
            if last is None or self._clock.now() - self._grown_s > self._options.quiet_after_s:
                return None
            return RunningStep(last.step, last.elapsed_s, last.charge_C)

    def make_safe(self) -> SafeState:
        """Says what is true: the other program has the cell, and nothing is known of what it does next."""
        detail = f"the cell is in the hands of {self._program}, which is only watched from here. {self._stop_there}"
        return SafeState(self.name, Safety.UNKNOWN, detail)

    def close(self) -> None:
        with self._lock:
            self._link.close()

    def _take_in(self) -> None:
        """Read what the file has grown by; once it is replaced, the next one from its beginning.

        Raises:
            TransportClosed: if there is no file any more; what the old one had last is taken in.
        """
        if self._read_file():
            self._read_file()

    def _read_file(self) -> bool:
        """Read the file that is there to its present end; returns whether it was replaced."""
        losses, data, replaced = self._link.losses, b"", False
        try:
            for _ in range(MOST_READS):
                if not (piece := self._link.read(0.0)):
                    break
                data += piece
        except TransportClosed:
            if self._link.losses == losses:
                raise  # there is nothing to read at all
            replaced = True
        rows = self._reader.feed(data)
        if rows and self._timeline.arrived(rows[-1].elapsed_s, self._reader.started):
            self._steps.another_file()
        for row in rows:
            self._take_row(row)
        if replaced:
            self._reader = self._new_reader()
            self._timeline.file_begins()
        return replaced

    def _take_row(self, row: ObservedRow) -> None:
        moment = self._timeline.place(row.elapsed_s)
        if moment is None:
            return
        self._last, self._grown_s = self._steps.place(row), self._clock.now()
        if moment.time_s >= self._opened_s:
            self._collector.add(self._last, moment.time_s, moment.uncertainty_s)

    def _refused(self, action: str) -> LimitRefused:
        return LimitRefused(
            f"cannot {action}: the cell is cycled by {self._program}, and this potentiostat is only watched",
            where=self._where,
            remedy="Take 'cycling' out of the protocol and give 'imaging_only', or name a driver that cycles.",
        )

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call at a time; errors say where they happened."""
        with self._lock, located(self._where):
            yield
