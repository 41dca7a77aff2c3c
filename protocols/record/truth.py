"""`truth.csv`: the true state of a simulated world at every frame and spectrum, so that analysis can be scored.

No instrument measured it and no protocol sees it. One row for the start and one for the end of each frame and spectrum:
`of` (frame or spectrum), `number`, `moment` (start or end), `time_s`, then whatever the simulated world tells, by name
with unit. A record of real instruments has no such file.
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from operando.drivers.links import Truth
from operando.protocols.record.durable import Disk, DurableFile
from operando.protocols.record.rows import FrameRow, SpectrumRow

__all__ = ["TRUTH", "TrueState", "TruthWriter", "read_truth", "true_state", "truth_names"]

TRUTH = "truth.csv"
_KEYS = ("of", "number", "moment", "time_s")


@dataclass(frozen=True, slots=True)
class TrueState:
    """The true state of the simulated world at the start or the end of a frame or spectrum."""

    of: str
    number: int
    moment: str
    time_s: float
    values: dict[str, float]


class TruthWriter:
    """Writes down what is true whenever a frame or a spectrum is recorded.

    Args:
        truth: of the simulated world; None for real instruments, about which nobody knows it.
    """

    def __init__(self, folder: Path, disk: Disk, truth: Truth | None) -> None:
        self._path = folder / TRUTH
        self._disk = disk
        self._truth = truth
        self._file: DurableFile | None = None
        self._names: tuple[str, ...] = ()

    def tell(self, of: str, rows: Sequence[FrameRow | SpectrumRow]) -> None:
        """Write the true states of some frames or spectra."""
        if self._truth is None:
            return
        told = [
            TrueState(of, row.number, moment, time_s, dict(self._truth.at(time_s)))
            for row in rows
            for moment, time_s in (("start", row.start_s), ("end", row.end_s))
        ]
        file = self._opened(told[0].values)
        lines = [
            [state.of, state.number, state.moment, repr(float(state.time_s)), *self._in_columns(state)]
            for state in told
        ]
        file.append(_text(lines))

    def sync(self) -> None:
        """Put what was told on the disk."""
        if self._file is not None:
            self._file.sync()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self, values: dict[str, float]) -> DurableFile:
        if self._file is None:
            self._file = self._disk.open(self._path)
            if self._file.size == 0:
                self._names = tuple(values)
                self._file.append(_text([[*_KEYS, *self._names]]))
                self._file.sync()
            else:
                self._names = _header(self._path)[len(_KEYS) :]
        return self._file

    def _in_columns(self, state: TrueState) -> list[str]:
        return [repr(float(state.values.get(name, math.nan))) for name in self._names]


def read_truth(folder: Path) -> list[TrueState]:
    """All true states, in the order in which they were recorded; none if nothing was simulated.

    Raises:
        ValueError: if a complete line is no such row.
    """
    path = folder / TRUTH
    if not path.is_file():
        return []
    data = path.read_bytes()
    complete = data[: data.rfind(b"\n") + 1].replace(b"\0", b"").decode()
    names: tuple[str, ...] = ()
    found = []
    for number, line in enumerate(csv.reader(io.StringIO(complete, newline=""))):
        if number == 0:
            names = truth_names(line)
        else:
            found.append(true_state(names, line))
    return found


def truth_names(line: Sequence[str]) -> tuple[str, ...]:
    """The quantities of the simulated world that the first line names."""
    return tuple(line[len(_KEYS) :])


def true_state(names: Sequence[str], line: Sequence[str]) -> TrueState:
    """What another line says.

    Raises:
        ValueError, IndexError: if it is no such row.
    """
    values = dict(zip(names, map(float, line[len(_KEYS) :]), strict=True))
    return TrueState(line[0], int(line[1]), line[2], float(line[3]), values)


def _header(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(next(csv.reader(file), ()))


def _text(lines: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()
