"""Where a scan lies on the specimen, and the piece of scene that serves it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import BeamSettings, StagePose
from operando.simulators.world.scene_raster import Raster

__all__ = ["Canvas", "ScanField"]

#: canvases lie on a lattice of so many pixels, so that small drifts and stage errors find the same one
_LATTICE = 128
#: that of pictures with fewer lines than the first, such as strips along an interface: they would be mostly margin
_LOW, _LATTICE_OF_LOW = 384, 32
#: pixels around the field, beside half a lattice step: drift within a frame, blur
_MARGIN = 40


@dataclass(frozen=True, slots=True)
class Canvas:
    """A piece of the scene a little larger than a field, on a lattice of pixels fixed to the specimen.

    Args:
        column: lattice number of the first column along the scan's fast axis; `row` of the first row, counted down.
        width: pixels; `height` alike.
        pixel_m: side of a pixel.
        rotation_rad: of the fast axis from the specimen's x axis.
    """

    column: int
    row: int
    width: int
    height: int
    pixel_m: float
    rotation_rad: float

    @property
    def raster(self) -> Raster:
        """The points, in specimen coordinates if not rotated, else in the scan's."""
        x_m = (self.column + 0.5 + np.arange(self.width, dtype=np.float64)) * self.pixel_m
        y_m = -(self.row + 0.5 + np.arange(self.height, dtype=np.float64)) * self.pixel_m
        return Raster(x_m, y_m, self.pixel_m)

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """Smallest x, largest x, smallest y, largest y of a specimen-parallel rectangle that holds the canvas."""
        return self.upright().bounds if self.rotation_rad else self.raster.bounds

    def upright(self) -> Raster:
        """The raster parallel to the specimen's axes that contains every point of a rotated canvas."""
        cosine, sine = abs(math.cos(self.rotation_rad)), abs(math.sin(self.rotation_rad))
        columns = math.ceil(self.width * cosine + self.height * sine) + 4
        rows = math.ceil(self.width * sine + self.height * cosine) + 4
        raster = self.raster
        middle_x, middle_y = _turned(float(raster.x_m.mean()), float(raster.y_m.mean()), self.rotation_rad)
        x_m = middle_x + (np.arange(columns, dtype=np.float64) - (columns - 1) / 2) * self.pixel_m
        y_m = middle_y - (np.arange(rows, dtype=np.float64) - (rows - 1) / 2) * self.pixel_m
        return Raster(x_m, y_m, self.pixel_m)

    def places_in(self, upright: Raster) -> NDArray[np.float64]:
        """Row and column of every canvas point in the upright raster, shape (2, height, width)."""
        raster = self.raster
        along, across = np.meshgrid(raster.x_m, raster.y_m)
        cosine, sine = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        x_m, y_m = along * cosine - across * sine, along * sine + across * cosine
        return np.stack([(upright.y_m[0] - y_m) / self.pixel_m, (x_m - upright.x_m[0]) / self.pixel_m])


@dataclass(frozen=True, slots=True)
class ScanField:
    """The field of a scan: its centre in specimen coordinates, without drift, and its lines and columns.

    The stage's x and y are the specimen's point under the optical axis; rotating the stage turns the specimen about
    that point. Beam shift moves the field along the microscope's axes.
    """

    centre_m: tuple[float, float]
    width_m: float
    pixels: tuple[int, int]
    rotation_rad: float

    @classmethod
    def of(cls, stage: StagePose, beam: BeamSettings, pixels: tuple[int, int]) -> "ScanField":
        """The field of a stage pose and a state of the column."""
        shift_x, shift_y = _turned(*beam.shift_m, -stage.rotation_rad)
        rotation = math.remainder(beam.scan_rotation_rad - stage.rotation_rad, 2 * math.pi)
        return cls((stage.x_m + shift_x, stage.y_m + shift_y), beam.field_width_m, pixels, rotation)

    @property
    def pixel_m(self) -> float:
        """Side of a pixel."""
        return self.width_m / self.pixels[0]

    def point_m(self, fraction: tuple[float, float]) -> tuple[float, float]:
        """The place on the specimen of a spot given as fractions of the field from the top left."""
        height_m = self.width_m * self.pixels[1] / self.pixels[0]
        along, up = (fraction[0] - 0.5) * self.width_m, (0.5 - fraction[1]) * height_m
        x_m, y_m = _turned(along, up, self.rotation_rad)
        return self.centre_m[0] + x_m, self.centre_m[1] + y_m

    def first_pixel(self, drift_m: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lattice column and row (fractional) of the top left pixel under drifts of shape (n, 2)."""
        x_m, y_m = self.centre_m[0] + drift_m[:, 0], self.centre_m[1] + drift_m[:, 1]
        cosine, sine = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        along, up = x_m * cosine + y_m * sine, y_m * cosine - x_m * sine
        width, height = self.pixels
        return along / self.pixel_m - width / 2, -up / self.pixel_m - height / 2

    def canvas(self, drift_m: tuple[float, float]) -> Canvas:
        """The canvas for a scan that begins under this drift."""
        column, row = self.first_pixel(np.array([drift_m]))
        width, height = self.pixels
        step = _LATTICE_OF_LOW if height < _LOW else _LATTICE
        margin = _MARGIN + step // 2
        return Canvas(
            round(float(column[0]) / step) * step - margin,
            round(float(row[0]) / step) * step - margin,
            width + 2 * margin,
            height + 2 * margin,
            self.pixel_m,
            self.rotation_rad,
        )


def _turned(x_m: float, y_m: float, angle_rad: float) -> tuple[float, float]:
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    return x_m * cosine - y_m * sine, x_m * sine + y_m * cosine
