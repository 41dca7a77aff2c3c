"""Made-up cells of the particle-size study: measurements that nobody has measured."""

import numpy as np
from measuring import AtCycle, Measurements

from operando.protocols.analysis import (
    Contact,
    CrackPattern,
    Cycled,
    Filament,
    FilamentKind,
    Filaments,
    ImpedanceFeatures,
    Interphase,
    Measured,
    Shorts,
    not_detectable,
)
from operando.protocols.analysis.lines import Line

__all__ = ["cell", "filaments", "measured", "ring"]


def measured(value: float, uncertainty: float = 1e-3) -> Measured:
    """A value."""
    return Measured(value, uncertainty)


def cell(
    *, decay_V: float, lost: float, winding: float, soft_s: float | None = None, layer_m: float = 4e-9
) -> Measurements:
    """A cell of sixteen cycles; `layer_m` is the thickness times contrast of its interphase at the end."""
    cycles = [
        Cycled(
            n, measured(4.2), measured(4.2 - 0.01 * n), measured(0.99), measured(0.08 + decay_V * (n - 2) / 14, 1e-4)
        )
        for n in range(1, 17)
    ]
    ohms = [
        (
            n,
            ImpedanceFeatures(
                measured(50.0), measured(70.0 + 500 * decay_V * n / 16), measured(130.0), measured(200.0)
            ),
        )
        for n in range(1, 17)
    ]
    tiles = [
        AtCycle(
            cycle,
            0,
            tile,
            cycle * 36e3,
            Contact(measured(1 - lost * cycle / 16 + 0.01 * (tile - 2)), not_detectable(), 4e-4),
            "anode" if tile < 3 else "left",
        )
        for cycle in (0, 4, 8, 12, 16)
        for tile in range(5 if cycle in (0, 16) else 3)
    ]
    angle = np.arccos(1.0 / winding)
    teeth = np.column_stack([20e-6 * np.tan(angle) * (np.arange(11) % 2), 20e-6 * np.arange(11)])
    way = np.linspace(0, 10, 2001)
    line = Line(np.column_stack([np.interp(way, np.arange(11), teeth[:, axis]) for axis in (0, 1)]))
    pattern = CrackPattern((line,) * 4, np.zeros((1, 1), bool), measured(line.length_m(10e-6)), measured(winding), 1e-7)
    nothing = np.empty(0)
    rings = [
        AtCycle(
            cycle,
            0,
            tile,
            cycle * 36e3,
            Interphase(
                not_detectable(),
                not_detectable(),
                Measured(layer_m * (cycle / 16) ** 0.5 * (1 + 0.02 * tile), 1e-11),
                1e-5,
                nothing,
                nothing,
            ),
        )
        for cycle in (4, 8, 12, 16)
        for tile in range(3)
    ]
    length_m = 2e-6 / max(decay_V, 1e-3)
    threads = tuple(Filament("straight" if n % 2 else "branching", length_m, 0.9 * length_m) for n in range(9))
    filaments = Filaments(threads, Measured(9 * length_m, 3e-6))
    return Measurements(
        cycles=tuple(cycles),
        impedance=tuple(ohms),
        shorts=Shorts(soft_s, None, 6e5, "restless" if soft_s else ""),
        contact=tuple(tiles),
        control=(),
        cracks=(AtCycle(16, 1, 0, 6e5, pattern),),
        filaments=(AtCycle(16, 1, 0, 6e5, filaments),),
        rings=tuple(rings),
        elements=(),
    )


def ring(cycle: int, integrated_m: Measured) -> AtCycle:
    """What one place shows of the layer on NMC."""
    nothing = np.empty(0)
    found = Interphase(not_detectable(), not_detectable(), integrated_m, 1e-5, nothing, nothing)
    return AtCycle(cycle, 0, 0, cycle * 36e3, found)


def filaments(cycle: int, *kinds: FilamentKind) -> AtCycle:
    """One filament of a tenth of a millimetre of each kind."""
    each = tuple(Filament(kind, 1e-4, 5e-5) for kind in kinds)
    return AtCycle(cycle, 0, 0, cycle * 36e3, Filaments(each, measured(1e-4 * len(each), 1e-6)))
