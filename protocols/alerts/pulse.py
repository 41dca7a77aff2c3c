"""The dead man's heartbeat: a record that stops growing, a runner that is gone, a disk that fills."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

from operando.drivers.bench.alerts import AlertKind, AlertsEntry
from operando.protocols.alerts.alert import Alert
from operando.protocols.alerts.change import Change, Raised, Settled
from operando.protocols.reading import RunStatus

__all__ = ["Pulse"]

_GONE_FOR_S = 10.0
"""A runner that closes its record lets go of it a moment before the record is complete."""
_ROOM_AGAIN = 1.2
_BYTES_PER_GB = 1e9


class Pulse:
    """Judges from outside whether a run is alive: it asks nothing of the runner.

    Args:
        folder: of the record.
        entry: its limits.
        stale: name of the alert that an earlier watcher left standing about the record; empty if there is none.
        full: the same about the disk.
    """

    def __init__(self, folder: Path, entry: AlertsEntry, stale: str = "", full: str = "") -> None:
        self._folder = folder
        self._entry = entry
        self._size = -1
        self._grew_s = math.nan
        self._gone_since_s = math.nan
        self._stale = stale
        self._full = full

    @property
    def alive(self) -> bool:
        """Whether the last look found the run well."""
        return not self._stale and math.isnan(self._gone_since_s)

    def look(self, status: RunStatus, now_s: float, now_unix_s: float) -> list[Change]:
        """What is different from the last look.

        Args:
            status: of the run.
            now_s: on the watcher's clock.
        """
        grows = False
        if (size := _size(self._folder)) != self._size:
            grows = self._size >= 0
            self._size, self._grew_s = size, now_s
        if status is not RunStatus.KILLED:
            self._gone_since_s = math.nan
        elif math.isnan(self._gone_since_s):
            self._gone_since_s = now_s
        return [*self._life(status, grows, now_s, now_unix_s), *self._room(status, now_unix_s)]

    def _life(self, status: RunStatus, grows: bool, now_s: float, now_unix_s: float) -> Iterator[Change]:
        gone = now_s - self._gone_since_s >= _GONE_FOR_S
        silent_s = now_s - self._grew_s
        closed = status in (RunStatus.CLOSED, RunStatus.PARKED)
        if not self._stale and not closed and (gone or silent_s >= self._entry.stale_after):
            self._stale = f"stale-{int(now_unix_s)}"
            yield Raised("stale", self._stale_alert(gone, silent_s, now_unix_s))
        elif self._stale and (closed or (grows and status is not RunStatus.KILLED)):
            yield Settled(self._stale, "the run was closed" if closed else "the record grows again")
            self._stale = ""

    def _stale_alert(self, gone: bool, silent_s: float, now_unix_s: float) -> Alert:
        if gone:
            headline = "the runner is gone"
            text = "The process that carried out the run is gone and has not closed its record."
            remedy = f"Go on with: operando resume {self._folder.absolute()}"
        else:
            headline = "the record does not grow"
            text = f"Nothing was recorded for {silent_s / 60:.0f} min; nobody has seen the runner's process end."
            remedy = "Look at the computer: it may hang, or its disk."
        guard = "The instruments run on by themselves, within the limits that were set on them."
        return Alert(self._stale, AlertKind.STALE, headline, f"{text}\n{guard}\n{remedy}", now_unix_s)

    def _room(self, status: RunStatus, now_unix_s: float) -> Iterator[Change]:
        free_GB = shutil.disk_usage(self._folder).free / _BYTES_PER_GB
        closed = status in (RunStatus.CLOSED, RunStatus.PARKED)
        if free_GB < self._entry.least_free_GB and not self._full and not closed:
            self._full = f"disk-{int(now_unix_s)}"
            text = f"The disk of the record has {free_GB:.1f} GB left, less than {self._entry.least_free_GB:g} GB."
            remedy = "Make room. A run whose disk is full ends, with cell and beam made safe."
            alert = Alert(self._full, AlertKind.DISK, "the disk is nearly full", f"{text}\n{remedy}", now_unix_s)
            yield Raised("disk", alert)
        elif self._full and (closed or free_GB > _ROOM_AGAIN * self._entry.least_free_GB):
            yield Settled(self._full, "the run was closed" if closed else f"there are {free_GB:.1f} GB again")
            self._full = ""


def _size(folder: Path) -> int:
    """Bytes of everything that grows at the top of a record."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file() and path.suffix != ".part")
