"""Calibrations in force: which ones a protocol rests on, whether there are any, and whether they are too old."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from operando.drivers.bench import BenchFile
from operando.drivers.bench.file import CalibrationEntry
from operando.protocols.program import Program

__all__ = ["GOOD_FOR_DAYS", "JudgedCalibration", "judge_calibrations", "needed_calibrations", "simulated_throughout"]

GOOD_FOR_DAYS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "beam current": 2.0,
        "pixel size": 365.0,
        "EDS energy scale": 30.0,
        "load cell tare": 7.0,
        "potentiostat dummy cell": 90.0,
    }
)
"""By what they are of, in days, unless the bench file says otherwise (`good_for`). Rules of thumb: a beam current read
in a Faraday cup wanders with the gun, a load cell creeps, a pixel size stays until somebody mends the column."""
_SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class JudgedCalibration:
    """A calibration that is needed, or given.

    Args:
        of: what it is of.
        entry: as given; None if it is missing.
        good_for_days: its age limit; None if nobody has stated one.
        verdict: a date that is still to come is no calibration either.
    """

    of: str
    entry: CalibrationEntry | None
    age_days: float | None
    good_for_days: float | None
    verdict: Literal["in force", "stale", "missing", "not yet"]

    @property
    def said(self) -> str:
        """In words, with the numbers."""
        if self.entry is None:
            return f"no calibration of the {self.of} is in force"
        if self.verdict == "not yet":
            return f"the calibration of the {self.of} is dated {self.entry.on.isoformat()}, after the run"
        age = f"the calibration of the {self.of} ({self.entry.value}, {self.entry.by}) is {self.age_days:g} days old"
        return age if self.good_for_days is None else f"{age}, good for {self.good_for_days:g}"


def needed_calibrations(program: Program, *, with_load_cell: bool) -> Iterator[str]:
    """What a protocol rests on: its doses on the beam current, its lengths on the pixel size, and so on."""
    if program.captures:
        yield "beam current"
        yield "pixel size"
    if any(capture.eds is not None for capture in program.captures.values()):
        yield "EDS energy scale"
    if with_load_cell:
        yield "load cell tare"
    yield "potentiostat dummy cell"


def judge_calibrations(
    program: Program, given: Mapping[str, CalibrationEntry], day: date, *, with_load_cell: bool
) -> list[JudgedCalibration]:
    """Those that are needed, and after them what else is given.

    Args:
        given: of the bench file.
        day: on which the run begins.
    """
    needed = list(needed_calibrations(program, with_load_cell=with_load_cell))
    return [_judged(name, given.get(name), day) for name in [*needed, *(name for name in given if name not in needed)]]


def simulated_throughout(file: BenchFile) -> bool:
    """Whether a simulator stands at every address: what it says of itself needs no calibration."""
    return all(entry.simulated or entry.address.startswith("sim://") for entry in file.instruments.values())


def _judged(of: str, entry: CalibrationEntry | None, day: date) -> JudgedCalibration:
    limit_days = GOOD_FOR_DAYS.get(of)
    if entry is None:
        return JudgedCalibration(of, None, None, limit_days, "missing")
    if entry.good_for is not None:
        limit_days = entry.good_for / _SECONDS_PER_DAY
    age_days = float((day - entry.on).days)
    stale = limit_days is not None and age_days > limit_days
    return JudgedCalibration(
        of, entry, age_days, limit_days, "not yet" if age_days < 0 else "stale" if stale else "in force"
    )
