"""Keeps fiducials until the sample comes back, days later: one file of numpy's, the pictures and what they are of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch
from operando.protocols.fiducials.find import Fiducial
from operando.protocols.fiducials.sight import Sight

__all__ = ["load_fiducials", "save_fiducials"]


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


def save_fiducials(path: Path, fiducials: Sequence[Fiducial]) -> None:
    """Write a new `.npz` file.

    Raises:
        FileExistsError: if there is one already.
    """
    about = _About(
        fiducials=tuple(
            _FiducialEntry(name=one.name, wide=_entry(one.wide), near=_entry(one.near)) for one in fiducials
        )
    )
    pictures = {f"wide_{number}": one.wide.pixels for number, one in enumerate(fiducials)}
    pictures |= {f"near_{number}": one.near.pixels for number, one in enumerate(fiducials)}
    pictures["about"] = np.array(about.model_dump_json())
    with path.open("xb") as file:
        np.savez_compressed(file, allow_pickle=False, **pictures)


def load_fiducials(path: Path) -> list[Fiducial]:
    """Read them again.

    Raises:
        ConfigMismatch: if this is no such file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            about = _About.model_validate_json(str(file["about"]))
            return [
                Fiducial(one.name, _sight(file[f"wide_{number}"], one.wide), _sight(file[f"near_{number}"], one.near))
                for number, one in enumerate(about.fiducials)
            ]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ConfigMismatch(f"these are no fiducials: {error}", where=str(path), remedy="Name their file.") from error


def _entry(sight: Sight) -> _SightEntry:
    return _SightEntry(pixel_m=sight.pixel_m, stage_m=sight.stage_m)


def _sight(pixels: NDArray[np.generic], entry: _SightEntry) -> Sight:
    return Sight(pixels, entry.pixel_m, entry.stage_m)
