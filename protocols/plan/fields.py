"""The fields that a capture looks at: where the stage stands for each, and what is done there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from operando.drivers.roles import StagePosition
from operando.protocols.program import BeamChoice, Capture, Region

__all__ = ["FieldVisit", "field_position", "fields_of", "picture_shape"]

TILE_OVERLAP = 0.1
"""Share of a tile that its neighbour shows again."""


@dataclass(frozen=True, slots=True)
class FieldVisit:
    """One field of one region, for one capture.

    Args:
        region: its name.
        tile: (column, row) from the top left; None for the middle of a tiled region, where spectra are taken.
        stage: where the stage has to stand.
        beam: that the capture wants.
        width_m: of the field.
        pictures: whether frames are taken here.
        spectra: whether spectra are taken here.
    """

    region: str
    tile: tuple[int, int] | None
    stage: StagePosition
    beam: BeamChoice
    width_m: float
    pictures: bool
    spectra: bool


def fields_of(capture: Capture, regions: Iterable[Region], found: StagePosition) -> Iterator[FieldVisit]:
    """All fields of a capture, region by region and row by row.

    Args:
        capture: what is wanted there.
        regions: that it looks at.
        found: where the operator left the stage, for the axes that the protocol leaves out.
    """
    shape = picture_shape(capture)
    for region in regions:
        columns, rows = region.tiles
        tiled = columns * rows > 1
        for index in range(columns * rows if capture.detectors else 0):
            tile = (index % columns, index // columns)
            stage = field_position(region, found, tile, shape)
            spectra = capture.eds is not None and not tiled
            yield FieldVisit(region.name, tile, stage, capture.beam, region.width_m, pictures=True, spectra=spectra)
        if capture.eds is not None and (tiled or not capture.detectors):
            tile_or_middle = None if tiled else (0, 0)
            stage = region.target(found)
            yield FieldVisit(
                region.name, tile_or_middle, stage, capture.beam, region.width_m, pictures=False, spectra=True
            )


def picture_shape(capture: Capture) -> float:
    """Height of a picture over its width."""
    return capture.pixels[1] / capture.pixels[0]


def field_position(
    region: Region, found: StagePosition, tile: tuple[int, int] | None, height_per_width: float
) -> StagePosition:
    """Stage position of a tile; tiles are laid out around the region's middle, with a little overlap.

    Args:
        region: with `tiles` (columns, rows).
        found: where the operator left the stage, for the axes that the protocol leaves out.
        tile: (column, row), from the top left; None for the middle.
        height_per_width: of one picture.
    """
    middle = region.target(found)
    if tile is None:
        return middle
    columns, rows = region.tiles
    step_x = region.width_m * (1.0 - TILE_OVERLAP)
    step_y = step_x * height_per_width
    column, row = tile
    return replace(
        middle,
        x_m=middle.x_m + (column - (columns - 1) / 2) * step_x,
        y_m=middle.y_m - (row - (rows - 1) / 2) * step_y,
    )
