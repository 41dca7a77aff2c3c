"""The frames of a run: a sequence to select from."""

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from numpy.typing import ArrayLike

from operando.protocols.reading.errors import NotInRun, name_in
from operando.protocols.reading.frame import Frame, StateAt
from operando.protocols.record.rows import FrameRow

if TYPE_CHECKING:
    import pandas

__all__ = ["Frames"]

Joined = Callable[[ArrayLike], "pandas.DataFrame"]


class Frames(Sequence[Frame]):
    """Frames in the order in which they were recorded.

    Args:
        rows: of `frames.csv`.
        folder: of the run.
        state_at: the state of the cell at run times.
        joined: a table of everything that is known at run times.
    """

    def __init__(self, rows: Sequence[FrameRow], folder: Path, state_at: StateAt, joined: Joined) -> None:
        self._rows = rows
        self._folder = folder
        self._state_at = state_at
        self._joined = joined

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Frame]:
        return (self._frame(row) for row in self._rows)

    @overload
    def __getitem__(self, index: int) -> Frame: ...

    @overload
    def __getitem__(self, index: slice) -> "Frames": ...

    def __getitem__(self, index: int | slice) -> "Frame | Frames":
        if isinstance(index, slice):
            return self._with(self._rows[index])
        return self._frame(self._rows[index])

    def __repr__(self) -> str:
        return f"<{len(self)} frames of {', '.join(self.regions) or 'no region'} in {self._folder.name}>"

    @property
    def rows(self) -> Sequence[FrameRow]:
        """The rows of `frames.csv`."""
        return self._rows

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.region for row in self._rows))

    @property
    def detectors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.detector for row in self._rows))

    def number(self, number: int) -> Frame:
        """The frame of a number.

        Raises:
            NotInRun: if there is none.
        """
        for row in self._rows:
            if row.number == number:
                return self._frame(row)
        raise NotInRun(f"there is no frame {number}", where=str(self._folder), remedy="Numbers stand in frames.csv.")

    def of(
        self,
        *,
        region: str | None = None,
        detector: str | None = None,
        capture: str | None = None,
        during: str | None = None,
        cycle: int | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> "Frames":
        """The frames of a region, detector, capture, step or cycle, that began between two run times (seconds).

        `during` is the name of a step, or, if no step is called so, the beginning of one: `charge` also finds
        `Charge at C/10 until 4.2 V`.

        Raises:
            NotInRun: if no frame is of that region, detector, capture or step.
        """
        where, rows = str(self._folder), self._rows
        if region is not None:
            region = name_in(region, self.regions, "region", where)
            rows = [row for row in rows if row.region == region]
        if detector is not None:
            detector = name_in(detector, self.detectors, "detector", where)
            rows = [row for row in rows if row.detector == detector]
        if capture is not None:
            capture = name_in(capture, dict.fromkeys(row.capture for row in self._rows), "capture", where)
            rows = [row for row in rows if row.capture == capture]
        if during is not None:
            steps = self._steps_called(during)
            rows = [row for row in rows if row.step_name in steps]
        if cycle is not None:
            rows = [row for row in rows if row.cycle == cycle]
        if since is not None:
            rows = [row for row in rows if row.start_s >= since]
        if until is not None:
            rows = [row for row in rows if row.start_s < until]
        return self._with(rows)

    def at(
        self,
        *,
        voltage: float | None = None,
        time: float | None = None,
        during: str | None = None,
        cycle: int | None = None,
        region: str | None = None,
        detector: str | None = None,
    ) -> Frame:
        """The frame nearest to a voltage of the cell (volt) or a run time (seconds), among those that `of` selects.

        Raises:
            NotInRun: if there is no frame to choose from.
            TypeError: unless either a voltage or a time is given.
        """
        if (voltage is None) == (time is None):
            raise TypeError("give either a voltage or a time")
        chosen = self.of(region=region, detector=detector, during=during, cycle=cycle)
        if voltage is not None:
            distances = [abs(frame.voltage_V - voltage) for frame in chosen]
        else:
            distances = [abs(row.start_s - float(time or 0.0)) for row in chosen.rows]
        known = [(distance, index) for index, distance in enumerate(distances) if not math.isnan(distance)]
        if not known:
            cycles = ", ".join(map(str, sorted({row.cycle for row in self._rows}))) or "none"
            raise NotInRun("no such frame was taken", where=str(self._folder), remedy=f"Cycles with frames: {cycles}.")
        return chosen[min(known)[1]]

    def table(self) -> "pandas.DataFrame":
        """A row for each frame: the columns of `frames.csv`, and everything else known when it began.

        Raises:
            MissingPackage: if pandas is not installed.
        """
        from operando.protocols.reading.tables import table_of_rows

        table = table_of_rows(FrameRow, self._rows)
        joined = self._joined([row.start_s for row in self._rows])
        new = [name for name in joined.columns if name not in table.columns and name != "time_s"]
        return table.join(joined[new])

    def _frame(self, row: FrameRow) -> Frame:
        return Frame(row, self._folder, self._state_at)

    def _with(self, rows: Sequence[FrameRow]) -> "Frames":
        return Frames(rows, self._folder, self._state_at, self._joined)

    def _steps_called(self, name: str) -> set[str]:
        names = dict.fromkeys(row.step_name for row in self._rows)
        wanted = name.casefold()
        found = {step for step in names if step.casefold() == wanted}
        found = found or {step for step in names if step.casefold().startswith(f"{wanted} ")}
        return found or {name_in(name, names, "step with frames called", str(self._folder))}
