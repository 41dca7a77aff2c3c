"""Everything that the study measures in one recorded run: pictures, spectra and curves, and nothing else of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.protocols import open_run
from operando.protocols.analysis import (
    Contact,
    CrackPattern,
    Cycled,
    Filaments,
    ImpedanceFeatures,
    Interphase,
    Measured,
    Shorts,
    brought_back,
    crack_pattern,
    cycles_of,
    drift_between,
    find_interface,
    find_shorts,
    impedance_features,
    line_intensities,
    measure_contact,
    measure_filaments,
    measure_interphase,
)
from operando.protocols.following import Box
from operando.protocols.reading import Frame, Run

__all__ = ["AtCycle", "Measurements", "measure_run", "mosaic_width_m"]

_BELOW_LITHIUM = Box(0.0, 0.35, 1.0, 1.0)
_ALL = Box(0.0, 0.0, 1.0, 1.0)
_ELEMENTS = ("O", "P", "S", "Cl", "Ni")
_WANDERS = 0.5
"""Share of a field of some micrometres by which it may have been displaced when it is looked at after days."""
_BESIDE_LITHIUM_M = 2e-6
"""So far below the lithium a dark line may be its gap."""


@dataclass(frozen=True, slots=True)
class AtCycle:
    """What one picture showed: of which frame, in which tile of a region, after which cycle; cycle 0 is fresh."""

    cycle: int
    frame: int
    tile: int
    time_s: float
    found: Contact | CrackPattern | Filaments | Interphase
    region: str = ""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was measured in a run; pictures in order of time.

    Args:
        elements: net counts of lines in the composite when fresh and at the end.
    """

    cycles: tuple[Cycled, ...]
    impedance: tuple[tuple[int, ImpedanceFeatures], ...]
    shorts: Shorts
    contact: tuple[AtCycle, ...]
    control: tuple[AtCycle, ...]
    cracks: tuple[AtCycle, ...]
    filaments: tuple[AtCycle, ...]
    rings: tuple[AtCycle, ...]
    elements: tuple[dict[str, Measured], ...]


def measure_run(folder: Path) -> Measurements:
    """Measure a run from its record."""
    run = open_run(folder)
    cracks, filaments = _cracked(run)
    spectra = [(one.cycle, impedance_features(one.points["frequency_Hz"], one.impedance_ohm)) for one in run.impedance]
    return Measurements(
        cycles=cycles_of(run.samples),
        # the first one is that of the look at the cell before the run
        impedance=tuple(spectra[1:]),
        shorts=find_shorts(run.samples[run.samples["cycle"] > 0]),
        contact=_contacts(run, "anode", "left", "right"),
        control=_contacts(run, "control"),
        cracks=cracks,
        filaments=filaments,
        rings=_rings(run),
        elements=_elements(run),
    )


def mosaic_width_m(run: Run, region: str) -> float:
    """How wide the tiles of a region are together."""
    rows = [frame.row for frame in run.frames.of(region=region)]
    left = min(row.stage_x_m + row.shift_x_m - 0.5 * row.field_width_m for row in rows)
    return max(row.stage_x_m + row.shift_x_m + 0.5 * row.field_width_m for row in rows) - left


def _series(run: Run, region: str, detector: str) -> dict[int, list[Frame]]:
    """Frames of each tile in order of time."""
    found: dict[int, list[Frame]] = {}
    for frame in sorted(run.frames.of(region=region, detector=detector), key=lambda frame: frame.row.start_s):
        found.setdefault(frame.row.tile_column, []).append(frame)
    return found


def _pairs(run: Run, region: str, detectors: Sequence[str]) -> list[tuple[list[Frame], list[Frame]]]:
    """For each tile the frames of two detectors, side by side."""
    first, second = (_series(run, region, detector) for detector in detectors)
    return [(first[tile], second[tile]) for tile in sorted(first)]


def _back(fresh: Frame, frame: Frame, part: Box, shown: Frame, farthest_share: float = 0.25) -> NDArray[np.float32]:
    """The fresh picture `shown` brought onto a later one, by the drift between `fresh` and `frame`; NaN if it is not
    recognised as one of the same place, so that nothing is measured there."""
    drift = drift_between(frame.pixels, fresh.pixels, frame.pixel_size_m, part, farthest_share)
    if not drift.recognised:
        return np.full(shown.shape, np.nan, np.float32)
    return brought_back(shown.pixels, drift, frame.pixel_size_m)


def _contacts(run: Run, *regions: str) -> tuple[AtCycle, ...]:
    found = []
    for frames in (frames for region in regions for frames in _series(run, region, "SE").values()):
        for number, frame in enumerate(frames):
            before = _back(frames[0], frame, _BELOW_LITHIUM, frames[0])
            seen = measure_contact(frame.pixels, frame.pixel_size_m, before)
            found.append(_at(frame, number, seen))
    return _in_time(found)


def _cracked(run: Run) -> tuple[tuple[AtCycle, ...], tuple[AtCycle, ...]]:
    """Cracks, and the lithium in them."""
    cracks, filaments = [], []
    for secondary, backscattered in _pairs(run, "separator", ("SE", "BSE")):
        for number, (frame, atoms) in enumerate(zip(secondary, backscattered, strict=True)):
            if not number:
                continue
            pixel_m, seam = frame.pixel_size_m, find_interface(atoms.pixels)
            # the metal is mottled in secondary electrons: which line is its end only the backscattered ones tell surely
            interface = replace(find_interface(frame.pixels), row=seam.row)
            before = _back(backscattered[0], atoms, _ALL, backscattered[0])
            rows = np.arange(frame.shape[0])[:, None]
            below = rows > interface.row[None, :] + _BESIDE_LITHIUM_M / pixel_m
            pattern = crack_pattern(atoms.pixels, before, pixel_m, below)
            cracks.append(_at(atoms, number, pattern))
            lithium = measure_filaments(pattern, frame.pixels, atoms.pixels, interface, pixel_m)
            filaments.append(_at(frame, number, lithium))
    return _in_time(cracks), _in_time(filaments)


def _rings(run: Run) -> tuple[AtCycle, ...]:
    found = []
    for secondary, backscattered in _pairs(run, "particle", ("SE", "BSE")):
        for number, (frame, atoms) in enumerate(zip(secondary, backscattered, strict=True)):
            if number:
                before = _back(backscattered[0], atoms, _ALL, secondary[0], _WANDERS)
                seen = measure_interphase(frame.pixels, before, atoms.pixels, frame.pixel_size_m)
                found.append(_at(frame, number, seen))
    return _in_time(found)


def _elements(run: Run) -> tuple[dict[str, Measured], ...]:
    return tuple(
        dict(line_intensities(one.counts.sum(axis=(0, 1)), one.energy_eV, _ELEMENTS)) for one in run.spectra.maps
    )


def _at(frame: Frame, number: int, found: Contact | CrackPattern | Filaments | Interphase) -> AtCycle:
    row = frame.row
    return AtCycle(row.cycle if number else 0, frame.number, row.tile_column, row.start_s, found, row.region)


def _in_time(found: Sequence[AtCycle]) -> tuple[AtCycle, ...]:
    return tuple(sorted(found, key=lambda one: one.time_s))
