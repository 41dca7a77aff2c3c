"""What a check of a record found."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE
from operando.protocols.record.header import RunHeader
from operando.protocols.record.rows import FrameRow, SpectrumRow
from operando.protocols.record.schema import SCHEMA

__all__ = ["Findings", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a check.

    Args:
        closed: whether the run was closed.
        problems: what is wrong, each with its file; empty if the record is good.
        notes: what is worth knowing and not wrong.
        samples, frames, spectra: how many are there and intact.
        parked: whether a session has ended and another may follow.
    """

    folder: Path
    closed: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    samples: int
    frames: int
    spectra: int
    parked: bool = False

    @property
    def ok(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        state = "closed" if self.closed else "parked" if self.parked else "not closed"
        verdict = "nothing is wrong" if self.ok else _counted(len(self.problems))
        counts = f"{self.samples} samples, {self.frames} frames, {self.spectra} spectra"
        return "\n".join([f"{self.folder.name}: {state}, {counts}: {verdict}", *self.problems, *self.notes])


def _counted(problems: int) -> str:
    return "1 thing is wrong" if problems == 1 else f"{problems} things are wrong"


@dataclass(slots=True)
class Findings:
    """Collects what the checks find; what one check has read is there for the next."""

    folder: Path
    header: RunHeader
    closed: bool
    samples: NDArray[np.void] = field(default_factory=lambda: np.empty(0, SAMPLE))
    frames: list[FrameRow] = field(default_factory=list)
    spectra: list[SpectrumRow] = field(default_factory=list)
    resumed: int = 0
    schema: int = SCHEMA
    parked: bool = False
    _problems: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _bad_frames: int = 0
    _bad_spectra: int = 0

    @property
    def counted(self) -> tuple[int, int, int]:
        """Samples, frames and spectra that are there."""
        return len(self.samples), len(self.frames), len(self.spectra)

    def wrong(self, name: str, what: str) -> None:
        """Something is wrong with a file."""
        self._problems.append(f"{name}: {what}")

    def note(self, what: str) -> None:
        """Something is worth knowing."""
        self._notes.append(what)

    def bad_frame(self, row: FrameRow, what: str) -> None:
        """A frame is not what its row says."""
        self._bad_frames += 1
        self.wrong(row.file, f"frame {row.number} (index {row.index}): {what}")

    def bad_spectrum(self, row: SpectrumRow, what: str) -> None:
        """A spectrum is not what its row says."""
        self._bad_spectra += 1
        self.wrong(row.file, f"spectrum {row.number}: {what}")

    def unfinished(self, name: str, what: str) -> None:
        """The end of a file is missing: wrong in a closed record, to be expected of one that was killed."""
        if self.closed:
            self.wrong(name, what)
        else:
            self.note(f"{name}: {what}")

    def verdict(self) -> Verdict:
        return Verdict(
            self.folder,
            self.closed,
            tuple(self._problems),
            tuple(self._notes),
            len(self.samples),
            len(self.frames) - self._bad_frames,
            len(self.spectra) - self._bad_spectra,
            self.parked,
        )
