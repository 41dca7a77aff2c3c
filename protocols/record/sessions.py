"""The sessions of an experiment that outlasts a day: parked and continued, in one record.

`sessions/001/parked.json` ends the first session and seals it: it has the length and the sum of every file that is only
ever appended to, so that what was recorded until then can be checked for ever, however much is appended later.
`sessions/002/continued.json` begins the second. Each is one file with a name or without; whether a run is parked is a
matter of which names are there, and no kill leaves it in between.
"""

import hashlib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from operando.protocols.record.checksums import files_of
from operando.protocols.record.durable import PART, Disk, RecordError

__all__ = [
    "SESSIONS",
    "ContinuedSession",
    "ImportedFile",
    "ParkedSession",
    "PlacedRegion",
    "SealedPart",
    "continued_sessions",
    "is_parked",
    "parked_sessions",
    "part_of",
    "sealed_parts",
    "session_folder",
    "session_number",
    "write_continued",
    "write_parked",
]

Session = TypeVar("Session", bound=BaseModel)

SESSIONS = "sessions"
_PARKED, _CONTINUED = "parked.json", "continued.json"
_MADE_ANEW = ("run.nxs", "metadata.json", ".parquet")
_SUMMED_ELSEWHERE = ("images/", "spectra/")
"""Their rows in `frames.csv` and `spectra.csv` have the sum of each picture and spectrum."""
_PIECE_BYTES = 1 << 22


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SealedPart(_Strict):
    """The beginning of a file, which never changes any more: so many bytes, and their SHA-256."""

    bytes: int
    sha256: str


class ParkedSession(_Strict):
    """How a session ended.

    Args:
        number: of the session; the first is 1.
        from_s, to_s: run times.
        to_wall: wall time of its end, ISO 8601.
        who, reason: as it was asked for.
        standing: of cell, regions and dose, for people; nothing is decided on it.
        files: what is sealed, by name.
    """

    operando_session: int = 1
    number: int
    from_s: float
    to_s: float
    to_wall: str
    who: str
    reason: str
    standing: dict[str, JsonValue]
    files: dict[str, SealedPart]


class PlacedRegion(_Strict):
    """Where a region is in the stage coordinates of this session; one standard deviation of each coordinate.

    `before_m` is its middle in the protocol. `seen` says whether its own picture was found there.
    """

    before_m: tuple[float, float]
    now_m: tuple[float, float]
    uncertainty_m: float
    seen: bool


class ImportedFile(_Strict):
    """Cycling that another program has recorded: the copy in this record, its sum, and what became of its rows."""

    file: str
    sha256: str
    program: str
    from_s: float
    to_s: float
    samples: int
    impedance_points: int
    first_step: int
    last_step: int
    first_cycle: int
    last_cycle: int
    charge_C: float


class ContinuedSession(_Strict):
    """How a session began.

    Args:
        number: of the session; the first one that was continued is 2.
        from_s: run time; `away_s` the time since the last session had ended.
        from_wall: wall time, ISO 8601.
        recognised: `fiducials`, `confirmed` by a person, or `no regions` to be found.
        who, reason: of a person who confirmed the sample; empty if nobody had to.
        rotation_rad: of the regions against the protocol's coordinates, counter-clockwise.
        turned_rad, shift_m, uncertainty_m: of the sample since the last session, by its fiducials; NaN is not known.
        regions: by name; empty if they are where the protocol says.
        fiducials: where each of them is now, stage coordinates in metres.
        imported: files of cycling elsewhere since the last session.
        cycles_elsewhere: so many cycles were done elsewhere in all, since the beginning of the run.
    """

    operando_session: int = 1
    number: int
    from_s: float
    away_s: float
    from_wall: str
    recognised: str
    who: str = ""
    reason: str = ""
    rotation_rad: float = 0.0
    turned_rad: float | None = None
    shift_m: tuple[float, float] | None = None
    uncertainty_m: float | None = None
    regions: dict[str, PlacedRegion]
    fiducials: dict[str, tuple[float, float]] = Field(default_factory=dict)
    imported: tuple[ImportedFile, ...] = ()
    cycles_elsewhere: int = 0


def session_folder(folder: Path, number: int) -> Path:
    """Where the files of a session are."""
    return folder / SESSIONS / f"{number:03d}"


def session_number(folder: Path) -> int:
    """The session that goes on, or has ended last; 1 until a run is continued."""
    number = 1
    while (session_folder(folder, number + 1) / _CONTINUED).is_file():
        number += 1
    return number


def is_parked(folder: Path) -> bool:
    """Whether the last session of a run has ended so that another may follow."""
    return (session_folder(folder, session_number(folder)) / _PARKED).is_file()


def parked_sessions(folder: Path) -> list[ParkedSession]:
    """How each session ended that was parked, in order.

    Raises:
        RecordError: if a file makes no sense.
    """
    paths = [session_folder(folder, number) / _PARKED for number in range(1, session_number(folder) + 1)]
    return [_read(path, ParkedSession) for path in paths if path.is_file()]


def continued_sessions(folder: Path) -> list[ContinuedSession]:
    """How each session after the first one began, in order.

    Raises:
        RecordError: if a file makes no sense.
    """
    numbers = range(2, session_number(folder) + 1)
    return [_read(session_folder(folder, number) / _CONTINUED, ContinuedSession) for number in numbers]


def write_parked(disk: Disk, folder: Path, session: ParkedSession) -> None:
    """From now on the run is parked."""
    disk.make_folder(session_folder(folder, session.number))
    disk.write_whole(session_folder(folder, session.number) / _PARKED, _text(session))


def write_continued(disk: Disk, folder: Path, session: ContinuedSession) -> None:
    """From now on the run goes on."""
    disk.make_folder(session_folder(folder, session.number))
    disk.write_whole(session_folder(folder, session.number) / _CONTINUED, _text(session))


def sealed_parts(folder: Path) -> dict[str, SealedPart]:
    """Everything that is only ever appended to, or never changes, as it is now."""
    names = [name for name in files_of(folder) if _is_sealed(name)]
    return {name: part_of(folder / name, (folder / name).stat().st_size) for name in names}


def part_of(path: Path, size: int) -> SealedPart:
    """The first so many bytes of a file, or as many as there are."""
    digest, there = hashlib.sha256(), 0
    with path.open("rb") as file:
        while there < size and (piece := file.read(min(_PIECE_BYTES, size - there))):
            digest.update(piece)
            there += len(piece)
    return SealedPart(bytes=there, sha256=digest.hexdigest())


def _is_sealed(name: str) -> bool:
    own = name.removeprefix("control/")
    return not (own.endswith((*_MADE_ANEW, PART)) or own.startswith(_SUMMED_ELSEWHERE))


def _text(session: ParkedSession | ContinuedSession) -> bytes:
    return session.model_dump_json(indent=1).encode() + b"\n"


def _read(path: Path, kind: type[Session]) -> Session:
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        place = path.relative_to(path.parents[2]).as_posix()
        raise RecordError(f"does not say how a session began or ended: {error}", where=place) from error
