"""Keeps fiducials until the sample comes back, days later: one file of numpy's, the pictures and what they are of."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch
from operando.protocols.fiducials.find import Fiducial
from operando.protocols.fiducials.sight import Sight

__all__ = ["fiducials_as_bytes", "load_fiducials", "load_regions", "save_fiducials"]


class _SightEntry(StrictModel):
    pixel_m: float
    stage_m: tuple[float, float]


class _FiducialEntry(StrictModel):
    name: str
    wide: _SightEntry
    near: _SightEntry


class _About(StrictModel):
    operando_fiducials: Literal[1] = 1
    fiducials: tuple[_FiducialEntry, ...]
    regions: dict[str, _SightEntry] = Field(default_factory=dict)


def fiducials_as_bytes(fiducials: Sequence[Fiducial], regions: Mapping[str, Sight] | None = None) -> bytes:
    """A whole `.npz` file; equal pictures give equal bytes.

    Args:
        regions: sights of regions, by name, taken in the same mounting.
    """
    regions = regions or {}
    about = _About(
        fiducials=tuple(
            _FiducialEntry(name=one.name, wide=_entry(one.wide), near=_entry(one.near)) for one in fiducials
        ),
        regions={name: _entry(sight) for name, sight in regions.items()},
    )
    pictures = {f"wide_{number}": one.wide.pixels for number, one in enumerate(fiducials)}
    pictures |= {f"near_{number}": one.near.pixels for number, one in enumerate(fiducials)}
    pictures |= {f"region_{number}": sight.pixels for number, sight in enumerate(regions.values())}
    pictures["about"] = np.array(about.model_dump_json())
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **pictures)
    return file.getvalue()


def save_fiducials(path: Path, fiducials: Sequence[Fiducial], regions: Mapping[str, Sight] | None = None) -> None:
    """Write a new `.npz` file.

    Raises:
        FileExistsError: if there is one already.
    """
    with path.open("xb") as file:
        file.write(fiducials_as_bytes(fiducials, regions))


def load_fiducials(path: Path) -> list[Fiducial]:
    """Read them again.

    Raises:
        ConfigMismatch: if this is no such file.
    """
    with _opened(path) as (about, pictures):
        return [
            Fiducial(
                one.name, _sight(pictures[f"wide_{number}"], one.wide), _sight(pictures[f"near_{number}"], one.near)
            )
            for number, one in enumerate(about.fiducials)
        ]


def load_regions(path: Path) -> dict[str, Sight]:
    """The sights of regions that were kept with the fiducials, by name.

    Raises:
        ConfigMismatch: if this is no such file.
    """
    with _opened(path) as (about, pictures):
        entries = enumerate(about.regions.items())
        return {name: _sight(pictures[f"region_{number}"], entry) for number, (name, entry) in entries}


@contextmanager
def _opened(path: Path) -> Iterator[tuple[_About, Mapping[str, NDArray[np.generic]]]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            yield _About.model_validate_json(str(file["about"])), file
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ConfigMismatch(f"these are no fiducials: {error}", where=str(path), remedy="Name their file.") from error


def _entry(sight: Sight) -> _SightEntry:
    return _SightEntry(pixel_m=sight.pixel_m, stage_m=sight.stage_m)


def _sight(pixels: NDArray[np.generic], entry: _SightEntry) -> Sight:
    return Sight(pixels, entry.pixel_m, entry.stage_m)
