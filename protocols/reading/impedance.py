"""The impedance spectra of a run."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import IMPEDANCE_POINT

__all__ = ["RecordedImpedance", "read_impedance"]


@dataclass(frozen=True, slots=True, repr=False)
class RecordedImpedance:
    """One spectrum.

    Args:
        file: relative to the folder of the run.
        points: dtype IMPEDANCE_POINT, from high to low frequency, as far as it has come.
    """

    file: str
    step: int
    cycle: int
    points: NDArray[np.void]

    def __repr__(self) -> str:
        frequencies_Hz = self.points["frequency_Hz"]
        span = f", {frequencies_Hz.max():g} to {frequencies_Hz.min():g} Hz" if len(frequencies_Hz) else ""
        return f"<impedance of step {self.step} in cycle {self.cycle}, {len(self.points)} points{span}>"

    @property
    def impedance_ohm(self) -> NDArray[np.complex128]:
        """Shape (n,)."""
        return self.points["real_ohm"] + 1j * self.points["imaginary_ohm"]


def read_impedance(folder: Path) -> tuple[RecordedImpedance, ...]:
    """All spectra in the order in which they were taken; a last line without its end is not there yet."""
    return tuple(found for path in sorted(folder.glob("eis/*.csv")) if (found := _read(path)) is not None)


def _read(path: Path) -> RecordedImpedance | None:
    data = path.read_bytes()
    text = data[: data.rfind(b"\n") + 1].replace(b"\0", b"").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows:
        return None
    points = np.zeros(len(rows), IMPEDANCE_POINT)
    for field, label in (
        ("time_s", "Test Time / s"),
        ("frequency_Hz", "Frequency / Hz"),
        ("real_ohm", "Real Impedance / ohm"),
        ("imaginary_ohm", "Imaginary Impedance / ohm"),
    ):
        points[field] = [float(row[label]) for row in rows]
    step, cycle = int(rows[0]["Step Count / 1"]), int(rows[0]["Cycle Count / 1"])
    points["step"] = step
    return RecordedImpedance(f"eis/{path.name}", step, cycle, points)
