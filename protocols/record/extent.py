"""How much of a record something is made of, so that another process makes the same of it while the run goes on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from operando.protocols.record.contents import Contents
from operando.protocols.record.reader import read_header
from operando.protocols.record.recover import read_rows_into

__all__ = ["Extent"]


@dataclass(frozen=True, slots=True)
class Extent:
    """Counts of what a folder had at a moment; what came later is left out.

    Args:
        impedance: points by step, in the order of the files.
        end_s: the latest run time that was known.
        outcome: of the run; None while it runs.
    """

    folder: Path
    samples: int
    frames: int
    spectra: int
    sensors: int
    events: int
    impedance: dict[int, int]
    end_s: float
    outcome: str | None = None

    @classmethod
    def of(cls, contents: Contents) -> "Extent":
        """All that is recorded now."""
        return cls(
            contents.folder.absolute(),
            contents.sample_count,
            len(contents.frames),
            len(contents.spectra),
            len(contents.sensors),
            len(contents.events),
            {step: sum(map(len, pieces)) for step, pieces in contents.impedance.items()},
            contents.end_s,
            contents.outcome,
        )

    @classmethod
    def read(cls, line: bytes) -> "Extent":
        """From a line of JSON."""
        return TypeAdapter(cls).validate_json(line)

    @property
    def line(self) -> bytes:
        """As one line of JSON."""
        return TypeAdapter(Extent).dump_json(self) + b"\n"

    def contents(self) -> Contents:
        """Read it from the folder, which may have grown since.

        Raises:
            RecordError: if the folder is no record.
        """
        contents = Contents(self.folder, read_header(self.folder), self.samples)
        read_rows_into(contents)
        contents.frames = contents.frames[: self.frames]
        contents.spectra = contents.spectra[: self.spectra]
        contents.sensors = contents.sensors[: self.sensors]
        contents.events = contents.events[: self.events]
        contents.impedance = {
            step: [np.concatenate(contents.impedance[step])[:count]] for step, count in self.impedance.items() if count
        }
        contents.end_s, contents.outcome = self.end_s, self.outcome
        return contents
