"""What the wear of the cathode does to the signals: interphase rings, crescents beside particles, and a torn edge."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell_view import WornCell
from operando.simulators.world.scene_cathode_edge import CathodeEdges
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_relief import band
from operando.simulators.world.signal_yields import backscatter_yield

__all__ = ["INTERPHASE_SIGNAL", "CathodeWearView", "delamination_gap_m", "painted_cathode"]

_ARGYRODITE, _INTERPHASE = MATERIALS[Phase.ARGYRODITE], MATERIALS[Phase.CATHODE_INTERPHASE]
INTERPHASE_SIGNAL: Final = {
    "BSE": backscatter_yield(_INTERPHASE.mass_fractions) / backscatter_yield(_ARGYRODITE.mass_fractions),
    "SE": _INTERPHASE.secondary_yield / _ARGYRODITE.secondary_yield,
}
"""Of the interphase on the NMC, by detector, as share of what the argyrodite had there."""
_SLIT = {"BSE": 0.14, "SE": 0.16}
#: width of the slit beside a particle that has come off, and widest gap at the edge to the separator (free)
_CRESCENT_M, _WIDEST_GAP_M, _OPENS_OVER = 0.16e-6, 1.1e-6, 0.10
_THINNEST_STEP_M, _SHARE_STEP = 1e-9, 0.005


@dataclass(frozen=True, slots=True)
class CathodeWearView:
    """What of the cell's state shows at the cathode, in steps that make a visible difference.

    Args:
        ring_m: thickness of the interphase on the NMC.
        isolated: share of the NMC without contact, and `delaminated` of the edge to the separator.
    """

    ring_m: float
    isolated: float
    delaminated: float

    @classmethod
    def of(cls, cell: WornCell, pixel_m: float) -> "CathodeWearView":
        """Of a state, for pixels of a size."""
        step_m = max(_THINNEST_STEP_M, 0.05 * pixel_m)
        shares = (round(share / _SHARE_STEP) * _SHARE_STEP for share in (cell.isolated, cell.delaminated))
        return cls(round(cell.cathode_sei_m / step_m) * step_m, *shares)

    @property
    def visible(self) -> bool:
        """Whether there is anything to draw."""
        return self.ring_m > 0 or self.isolated > 0 or self.delaminated > 0


def delamination_gap_m(delaminated: float, opens_at: NDArray[np.float32]) -> NDArray[np.float32]:
    """Width of the gap at the cathode's edge where it opens at these shares."""
    open_for = np.clip((delaminated - opens_at) / np.float32(_OPENS_OVER), 0, 1)
    return np.asarray(np.float32(_WIDEST_GAP_M) * np.sqrt(open_for), np.float32)


def painted_cathode(
    signal: dict[str, NDArray[np.float32]], edges: CathodeEdges, wear: CathodeWearView, pixel_m: float
) -> None:
    """Paint the wear over the sharp signals, in place."""
    below = edges.below_top_m > 0
    ring = band(-edges.inside_m, wear.ring_m, pixel_m) * below
    crescent = band(-edges.inside_m, _CRESCENT_M, pixel_m) * (below & (edges.off_at < wear.isolated))
    gap_m = delamination_gap_m(wear.delaminated, edges.opens_at)
    torn = band(edges.below_top_m, gap_m, pixel_m) * (gap_m > 0)
    for name, plate in signal.items():
        plate *= 1 + ring * np.float32(INTERPHASE_SIGNAL[name] - 1)
        dark = np.maximum(crescent, torn)
        plate += dark * (np.float32(_SLIT[name]) - plate)
