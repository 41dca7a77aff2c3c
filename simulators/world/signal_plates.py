"""The still parts of a picture, ready to be exposed line by line: plates of what each detector would see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.optics_blur import Spread, blurred
from operando.simulators.world.optics_field import Canvas
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_cathode_edge import CathodeEdges
from operando.simulators.world.scene_lithium import Lithium
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_relief import edge, shaded

__all__ = ["BoundaryPlates", "LithiumPlates", "Plates", "SharpPlates", "seen_edge_m", "skirt_share"]

#: lithium within this distance of a canvas may come into view
_LITHIUM_REACH_M = 60e-6


def skirt_share(detector: str) -> float:
    """Share of a detector's signal that comes from the whole interaction volume and not from the probe's own spot."""
    return {"SE": 0.35, "BSE": 0.60}[detector]


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryPlates:
    """Where the lithium's boundary and its gap would be.

    Args:
        above_m: height over the boundary as it was at the beginning.
        opens_at: share of lost contact at which the boundary above or below a point opens.
        gap_scale: width of the gap there over its mean.
    """

    above_m: NDArray[np.float32]
    opens_at: NDArray[np.float32]
    gap_scale: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        """Memory taken; the gap's plates are views of a line if the canvas is not turned."""
        gap = (plate for plate in (self.opens_at, self.gap_scale) if plate.strides[0])
        return self.above_m.nbytes + sum(plate.nbytes for plate in gap)

    @classmethod
    def of(cls, lithium: Lithium, raster: Raster) -> "BoundaryPlates":
        """On an upright raster."""

        def along_x(line: NDArray[np.float64]) -> NDArray[np.float32]:
            return np.broadcast_to(line.astype(np.float32), raster.shape)

        above_m = raster.y_m[:, None] - lithium.boundary_y_m(raster.x_m)
        return cls(
            above_m.astype(np.float32), along_x(lithium.opens_at(raster.x_m)), along_x(lithium.gap_scale(raster.x_m))
        )

    def turned(self, places: NDArray[np.float64]) -> "BoundaryPlates":
        """At the points of a turned canvas."""
        return BoundaryPlates(*(_resampled(plate, places) for plate in (self.above_m, self.opens_at, self.gap_scale)))


@dataclass(frozen=True, slots=True, eq=False)
class SharpPlates:
    """The signals on a canvas as an ideal beam would see them.

    Args:
        still: signal of each detector without lithium, half precision to keep more of them.
        lithium: the same of the lithium; empty if it cannot come into view.
        boundary: of the lithium, or None.
        cathode: where the cathode wears, or None.
    """

    still: dict[str, NDArray[np.float16]]
    lithium: dict[str, NDArray[np.float16]]
    boundary: BoundaryPlates | None
    cathode: CathodeEdges | None = None

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        arrays = [*self.still.values(), *self.lithium.values()]
        parts = (part for part in (self.boundary, self.cathode) if part is not None)
        return sum(array.nbytes for array in arrays) + sum(part.nbytes for part in parts)

    @classmethod
    def of(cls, scene: Scene, canvas: Canvas, gain: dict[str, float]) -> "SharpPlates":
        """Draw them. `gain` brings bulk argyrodite to 1."""
        turned = bool(canvas.rotation_rad)
        raster = canvas.upright() if turned else canvas.raster
        boundary = BoundaryPlates.of(scene.lithium, raster)
        near = float(boundary.above_m.max()) > -_LITHIUM_REACH_M
        still = _signals(shaded(scene.relief(raster), raster.spacing_m), gain)
        lithium = _signals(shaded(scene.lithium_relief(raster), raster.spacing_m), gain) if near else {}
        cathode = scene.cathode_edges(raster)
        outside = np.abs(raster.x_m) > scene.layout.half_width_m
        for signal in (*still.values(), *lithium.values()):
            signal[:, outside] = 0
        if turned:
            places = canvas.places_in(raster)
            still, lithium = (
                {name: _resampled(plate, places) for name, plate in plates.items()} for plates in (still, lithium)
            )
            boundary = boundary.turned(places)
            cathode = None if cathode is None else _turned(cathode, places)
        return cls(_halves(still), _halves(lithium), boundary if near else None, cathode)


@dataclass(frozen=True, slots=True, eq=False)
class LithiumPlates:
    """The lithium's signal, where it ends, and over which distance a detector sees it end."""

    signal: NDArray[np.float32]
    boundary: BoundaryPlates
    edge_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Plates:
    """One detector's signals on a canvas through the beam as it is."""

    still: NDArray[np.float32]
    lithium: LithiumPlates | None
    skirt: float = 0.0
    """Share of the signal from the whole interaction volume."""
    at_cathode: NDArray[np.float32] | None = None
    """1 where the surface has the cathode's potential, 0 where the lithium's; None without a cathode in view."""

    @property
    def nbytes(self) -> int:
        """Memory taken; the lithium's boundary belongs to the sharp plates."""
        return self.still.nbytes + (0 if self.lithium is None else self.lithium.signal.nbytes)

    @classmethod
    def of(cls, sharp: SharpPlates, detector: str, probe: Spread, volume_m: float, pixel_m: float) -> "Plates":
        """Blur them with the probe and, for the skirt, with the interaction volume."""
        broad, share = probe.widened(volume_m), skirt_share(detector)

        def through_beam(plate: NDArray[np.float16]) -> NDArray[np.float32]:
            return blurred(plate.astype(np.float32), probe, broad, share, pixel_m)

        still = through_beam(sharp.still[detector])
        at_cathode = None if sharp.cathode is None else edge(sharp.cathode.below_top_m, 1e-6)
        if sharp.boundary is None:
            return cls(still, None, share, at_cathode)
        edge_m = seen_edge_m(probe, share, volume_m, pixel_m)
        return cls(
            still, LithiumPlates(through_beam(sharp.lithium[detector]), sharp.boundary, edge_m), share, at_cathode
        )


def seen_edge_m(probe: Spread, skirt: float, volume_m: float, pixel_m: float) -> float:
    """Half of the distance over which a detector sees a sharp edge."""
    core_m2 = max(probe.along_m2, probe.across_m2)
    return float(max(2.0 * (core_m2 + (skirt * volume_m) ** 2) ** 0.5, 0.75 * pixel_m))


def _signals(
    shades: tuple[NDArray[np.float32], NDArray[np.float32]], gain: dict[str, float]
) -> dict[str, NDArray[np.float32]]:
    return {name: shade * np.float32(gain[name]) for name, shade in zip(("BSE", "SE"), shades, strict=True)}


def _resampled(plate: NDArray[np.float32], places: NDArray[np.float64]) -> NDArray[np.float32]:
    from scipy.ndimage import map_coordinates

    return np.asarray(map_coordinates(plate, places, order=1, mode="nearest", output=np.float32))


def _turned(edges: CathodeEdges, places: NDArray[np.float64]) -> CathodeEdges:
    """At the points of a turned canvas."""
    plates = (edges.below_top_m, edges.opens_at, edges.inside_m, edges.off_at)
    return CathodeEdges(*(_resampled(plate, places) for plate in plates))


def _halves(plates: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float16]]:
    return {name: plate.astype(np.float16) for name, plate in plates.items()}
