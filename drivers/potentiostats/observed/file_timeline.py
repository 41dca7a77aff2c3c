"""When a row of another program's file was measured, on our timeline, and with which uncertainty.

The file says at which wall time it begins, by the clock of its own computer. One thing is certain beyond that: what
stands in the file was measured before it was read.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch

__all__ = ["FileTimeline", "PlacedMoment"]

SAME_MOMENT_S = 1e-4
SHORTEST_STEP_S = 1e-6


@dataclass(frozen=True, slots=True)
class PlacedMoment:
    """Where a row lies.

    Args:
        time_s: run time.
        uncertainty_s: of it.
    """

    time_s: float
    uncertainty_s: float


class FileTimeline:
    """Puts the rows of one file after another on the timeline of the run.

    Args:
        clock: of the bench.
        time_zone: of the wall times in the file; empty for that of this computer.
        uncertainty_s: of the other computer's clock.
        trusted: whether that clock is believed; if not, its times only tell one measurement from another.

    Raises:
        ConfigMismatch: if there is no such time zone.
    """

    def __init__(self, clock: Clock, time_zone: str, uncertainty_s: float, *, trusted: bool = True) -> None:
        self._clock = clock
        self._trusted = trusted
        self._zone = _zone(time_zone)
        self._uncertainty_s = uncertainty_s
        self._any_file = False
        self._origin_s = 0.0
        self._started: datetime | None = None
        self._reread_until_s = float("-inf")
        self._last_elapsed_s = float("-inf")
        self._last_s = float("-inf")
        self._first_of_file = True
        self._pushed_s = 0.0

    def file_begins(self) -> None:
        """The rows that follow come from a file that was replaced or written anew."""
        self._first_of_file = True

    def arrived(self, newest_s: float, started: datetime | None) -> bool:
        """Rows have been read, of which the newest cannot be younger than now.

        Args:
            newest_s: elapsed time of the newest, as the file counts.
            started: the wall time of zero, as the file tells it; None if it does not.

        Returns:
            Whether a measurement begins with them that has a beginning of its own.
        """
        another = self._first_of_file and self._begin(newest_s, started)
        self._first_of_file = False
        early_s = self._origin_s + newest_s - self._clock.now()
        if early_s > 0.0:  # their clock is ahead of ours
            self._origin_s -= early_s
            self._pushed_s += early_s
        return another

    def place(self, elapsed_s: float) -> PlacedMoment | None:
        """Where the next row lies; None if it stood in the file before this one and was given out then."""
        if elapsed_s <= self._reread_until_s:
            return None
        self._last_elapsed_s = elapsed_s
        counted_s = self._origin_s + elapsed_s
        self._last_s = max(counted_s, self._last_s + SHORTEST_STEP_S)  # rows keep their order when they are pushed
        return PlacedMoment(self._last_s, self._uncertainty_s + self._pushed_s + self._last_s - counted_s)

    def _begin(self, newest_s: float, started: datetime | None) -> bool:
        """Whether the file that begins is another measurement, rather than the same one written anew."""
        if self._any_file and started is not None and started == self._started:
            self._reread_until_s = self._last_elapsed_s + SAME_MOMENT_S
            return False
        first, self._any_file = not self._any_file, True
        self._started, self._reread_until_s, self._pushed_s = started, float("-inf"), 0.0
        told = started if self._trusted else None
        self._origin_s = self._clock.now() - newest_s if told is None else self._run_time(told)
        return not first

    def _run_time(self, started: datetime) -> float:
        moment = started.replace(tzinfo=self._zone) if self._zone is not None else started.astimezone()
        return (moment.astimezone(UTC) - self._clock.epoch).total_seconds()


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        if name == "UTC":
            return UTC  # needs no database
        raise ConfigMismatch(
            f"there is no time zone {name!r}", remedy="Write one of the IANA names, such as Europe/Berlin or UTC."
        ) from error
