"""`metadata.json`: what a reviewer asks about a run, answered once, and what nobody has told listed as such."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pydantic import TypeAdapter

from operando.drivers.roles import Identity
from operando.protocols.record.circumstances import Calibration, DriverUsed
from operando.protocols.record.surroundings import Range
from operando.protocols.sample_info import SampleInfo

__all__ = ["METADATA", "METADATA_SCHEMA", "Answer", "Note", "RegionSeen", "RunMetadata", "SpotSeen", "not_given"]

METADATA = "metadata.json"
METADATA_SCHEMA = 1
"""Raised by one whenever a reader of the version before would fail, or be misled."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the pre-flight."""

    check: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said during the run; `time_s` is run time."""

    time_s: float
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class RegionSeen:
    """How much of the beam a region got: pictures, focusing and X-ray maps count in its dose; None without any.

    A control is looked at only at the start and the end.
    """

    name: str
    control: bool
    frames: int
    spectra: int
    dose_C_per_m2: float | None


@dataclass(frozen=True, slots=True)
class SpotSeen:
    """How much of the beam a spot got where spectra were taken; x and y as fractions of the field from its top left.

    A map counts as its first spot; its dose is that of its worst.
    """

    region: str
    x: float
    y: float
    spectra: int
    dose_C_per_m2: float | None


@dataclass(frozen=True, slots=True)
class RunMetadata:
    """What is known about a run as a whole.

    Args:
        metadata_schema: version of this list.
        simulation: whether no specimen existed; `simulated_instruments` names those that did not, in a mixed bench.
        outcome: empty while the run goes on.
        start, end: wall time, ISO 8601 with offset.
        time_zone: in which the people live; the record itself is in UTC.
        temperature_K, chamber_pressure_Pa, box_pressure_Pa, stack_pressure_Pa: measured during the run; None: never.
        hours_in_vacuum: during the run, as far as the chamber gauge tells; None without one.
        not_given: what nobody has told and no instrument measured, by its name in this list.
    """

    metadata_schema: int
    simulation: bool
    simulation_notice: str
    simulated_instruments: tuple[str, ...]
    run_id: str
    title: str
    outcome: str
    start: str
    end: str
    time_zone: str
    institution: str
    operator: str
    operando_version: str
    protocol_file: str
    sample: SampleInfo
    working_electrode: str
    counter_electrode: str
    earthed: str
    temperature_K: Range | None
    chamber_pressure_Pa: Range | None
    box_pressure_Pa: Range | None
    stack_pressure_Pa: Range | None
    hours_in_vacuum: float | None
    microscope_vendor: str
    microscope_model: str
    emitter_type: str
    instruments: tuple[Identity, ...]
    drivers: tuple[DriverUsed, ...]
    calibrations: tuple[Calibration, ...]
    preflight: tuple[Answer, ...]
    bench_notes: str
    operator_notes: tuple[Note, ...]
    regions: tuple[RegionSeen, ...]
    control_regions: tuple[str, ...]
    spots: tuple[SpotSeen, ...]
    frames: int
    spectra: int
    samples: int
    not_given: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As the file holds it."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def read(cls, folder: Path) -> "RunMetadata":
        """Of a record.

        Raises:
            ValueError: if the file is not what this version of operando knows.
            OSError: if there is none.
        """
        return TypeAdapter(cls).validate_json((folder / METADATA).read_bytes())


_MAY_BE_EMPTY = {"outcome", "simulated_instruments", "simulation_notice", "not_given", "regions", "spots"}
_NEED_NOT_BE_TOLD = {"sample.notes", "bench_notes", "operator_notes", "control_regions"}


def not_given(known: RunMetadata) -> tuple[str, ...]:
    """The names of all that is empty: nothing is made up for it."""
    missing = list(_empty(known, ""))
    missing += [f"sample.{name}" for name in _empty(known.sample, "sample.")]
    if known.sample.stack_pressure_Pa is not None and "stack_pressure_Pa" in missing:
        missing.remove("stack_pressure_Pa")
    return tuple(missing)


def _empty(part: RunMetadata | SampleInfo, prefix: str) -> Iterable[str]:
    for field in fields(part):
        if field.name in _MAY_BE_EMPTY or f"{prefix}{field.name}" in _NEED_NOT_BE_TOLD:
            continue
        if getattr(part, field.name) in (None, "", ()):
            yield field.name
