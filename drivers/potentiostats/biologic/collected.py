"""Samples and points on their way from the channel to the runner, numbered without a gap."""

import numpy as np

from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE, Samples, StepEnd

__all__ = ["Collected"]

Row = tuple[float | int, ...]


class Collected:
    """What has been fetched and not been given out yet.

    Rows of before an adoption are late; they are given out apart, and numbered after the others of the same poll.
    """

    def __init__(self) -> None:
        self._sequence = 0
        self._rows: list[Row] = []
        self._late: list[Row] = []
        self._points: list[Row] = []
        self.end: StepEnd | None = None

    def add(self, row: Row, *, late: bool) -> None:
        """One sample: everything of `SAMPLE` but its sequence number."""
        (self._late if late else self._rows).append(row)

    def add_point(self, row: Row) -> None:
        """One point of a spectrum, as `IMPEDANCE_POINT`."""
        self._points.append(row)

    def take(self) -> Samples:
        """Everything since the last time."""
        samples = Samples(
            self._numbered(self._rows), np.array(self._points, IMPEDANCE_POINT), self.end, self._numbered(self._late)
        )
        self._rows, self._late, self._points, self.end = [], [], [], None
        return samples

    def _numbered(self, rows: list[Row]) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
        numbered = np.array([(self._sequence + place, *row) for place, row in enumerate(rows)], SAMPLE)
        self._sequence += len(rows)
        return numbered
