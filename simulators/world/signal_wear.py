"""What the cell has done to the specimen, laid over the plates: cracks, filaments, rings, torn edges.

The still plates are blurred once. What has changed is painted on the sharp signals, and only the difference, in the
piece of canvas that it touches, goes through the beam again.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell_view import WornCell
from operando.simulators.world.optics_blur import Spread, blurred
from operando.simulators.world.optics_field import Canvas
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_cache import ByteCache
from operando.simulators.world.scene_cracks import Crack
from operando.simulators.world.signal_cathode import CathodeWearView, painted_cathode
from operando.simulators.world.signal_cracks import CrackTrace, crack_key, painted_cracks
from operando.simulators.world.signal_marks import BeamMark, marked
from operando.simulators.world.signal_plates import Plates, SharpPlates, seen_edge_m

__all__ = ["Wear", "WornCanvas"]

_SIGMAS = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Wear:
    """What is to be drawn over a canvas; two with the same `key` look the same but for the marks of the beam."""

    cracks: tuple[tuple[Crack, CrackTrace], ...]
    cathode: CathodeWearView | None
    marks: tuple[BeamMark, ...]
    key: Hashable

    @property
    def worn(self) -> bool:
        """Whether the cell has left anything to draw."""
        return bool(self.cracks) or self.cathode is not None


@dataclass(frozen=True, slots=True, eq=False)
class _Difference:
    """By how much the sharp signals have changed, in a piece of the canvas."""

    rows: slice
    columns: slice
    signal: dict[str, NDArray[np.float16]]

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        return sum(plate.nbytes for plate in self.signal.values())


class WornCanvas:
    """Draws the wear of canvases. Keeps what it has drawn, at most about 100 MB."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._traces: ByteCache[CrackTrace] = ByteCache(40_000_000)
        self._differences: ByteCache[_Difference] = ByteCache(20_000_000)
        self._worn: ByteCache[Plates] = ByteCache(60_000_000)

    def wear(self, canvas: Canvas, sharp: SharpPlates, cell: WornCell, marks: tuple[BeamMark, ...]) -> Wear:
        """What there is to draw on a canvas in a state of the cell."""
        found = []
        keys: list[Hashable] = []
        for crack in self._scene.cracks.within(canvas.bounds_m, cell):
            course = crack.course
            trace = self._traces.get((canvas, course.name), lambda course=course: CrackTrace.of(course, canvas))  # type: ignore[misc]
            key = crack_key(crack, trace, canvas.pixel_m)
            if key is not None:
                found.append((crack, trace))
                keys.append(key)
        cathode = CathodeWearView.of(cell, canvas.pixel_m) if sharp.cathode is not None else None
        cathode = cathode if cathode is not None and cathode.visible else None
        return Wear(tuple(found), cathode, marks, (canvas, tuple(keys), cathode))

    def plates(
        self, base: Plates, sharp: SharpPlates, wear: Wear, beam: tuple[Hashable, Canvas, Spread, float], detector: str
    ) -> Plates:
        """The plates of a detector with the wear on them.

        Args:
            base: without it.
            sharp: what the base was made from.
            wear: what to draw.
            beam: what the beam is called, the canvas, the probe, and the spread of the interaction volume (m).
            detector: "SE" or "BSE".
        """
        name, canvas, probe, volume_m = beam

        def through_beam() -> Plates:
            difference = self._differences.get(wear.key, lambda: _drawn(sharp, wear, canvas.pixel_m))
            return _laid_over(base, difference, detector, probe, volume_m, canvas.pixel_m)

        def with_marks() -> Plates:
            edge_m = seen_edge_m(probe, base.skirt, volume_m, canvas.pixel_m)
            return replace(worn, still=marked(worn.still, detector, wear.marks, canvas, edge_m))

        worn = self._worn.get((wear.key, name, detector), through_beam) if wear.worn else base
        # marks have no fine structure, so that they need not go through the beam as it scans: only their edges
        return self._worn.get((wear.key, wear.marks, name, detector), with_marks) if wear.marks else worn


def _drawn(sharp: SharpPlates, wear: Wear, pixel_m: float) -> _Difference:
    """Paint the wear; the cathode's may lie anywhere on the canvas."""
    before = {name: plate.astype(np.float32) for name, plate in sharp.still.items()}
    after = {name: plate.copy() for name, plate in before.items()}
    rows, columns = painted_cracks(after, wear.cracks, pixel_m) if wear.cracks else (slice(0, 0), slice(0, 0))
    if wear.cathode is not None and sharp.cathode is not None:
        painted_cathode(after, sharp.cathode, wear.cathode, pixel_m)
        rows, columns = slice(None), slice(None)
    changed = {name: (after[name] - before[name])[rows, columns].astype(np.float16) for name in after}
    return _Difference(rows, columns, changed)


def _laid_over(
    base: Plates, difference: _Difference, detector: str, probe: Spread, volume_m: float, pixel_m: float
) -> Plates:
    """Blur the difference as the plates were blurred, and add it."""
    changed = difference.signal[detector]
    if not changed.size:
        return base
    broad = probe.widened(volume_m)
    sigma_m = math.sqrt(max(broad.along_m2, broad.across_m2))
    margin = min(math.ceil(_SIGMAS * sigma_m / pixel_m) + 2, max(base.still.shape))
    seen = blurred(np.pad(changed.astype(np.float32), margin), probe, broad, base.skirt, pixel_m)
    still = base.still.copy()
    first_row, first_column = ((part.start or 0) - margin for part in (difference.rows, difference.columns))
    top, left = max(first_row, 0), max(first_column, 0)
    bottom, right = (
        min(first + size, whole)
        for first, size, whole in zip((first_row, first_column), seen.shape, still.shape, strict=True)
    )
    still[top:bottom, left:right] += seen[
        top - first_row : bottom - first_row, left - first_column : right - first_column
    ]
    return replace(base, still=still)
