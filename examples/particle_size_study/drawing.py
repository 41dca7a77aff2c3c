"""Figures of the study: curves of both batches, and pictures side by side.

What was looked for and not seen is no zero: "n. d." stands for not detectable.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from measuring import AtCycle, Measurements
from numpy.typing import NDArray
from verdict import contact_loss, filaments_in, interphase

from operando.protocols import open_run
from operando.protocols.analysis import KINDS, CrackPattern, Interphase
from operando.protocols.report.cycles import passed_charge_C
from operando.protocols.report.micrograph import common_grey_scale
from operando.protocols.summary.style import BLUE, RC, VERMILION, new_figure

__all__ = ["draw_curves", "draw_damage", "draw_elements", "draw_series"]

Runs = Mapping[str, tuple[Path, Measurements]]
_COLORS = (BLUE, VERMILION)
_mAh, _um = 3.6, 1e6
_UNSEEN = "n. d."


def draw_curves(runs: Runs) -> Figure:
    """Voltage, capacity, efficiency and impedance, cycle by cycle."""
    with matplotlib.style.context(RC):
        figure = new_figure(17.0, 12.0, simulated=True)
        voltage, capacity, efficiency, impedance = figure.subplots(2, 2).ravel()
        for number, ((name, (folder, found)), color) in enumerate(zip(runs.items(), _COLORS, strict=True)):
            _voltage(voltage, open_run(folder).samples, name, color)
            cycles = [one.cycle for one in found.cycles]
            capacity.plot(
                cycles, [one.discharge_C.value / _mAh for one in found.cycles], "o-", ms=3, color=color, label=name
            )
            efficiency.plot(cycles, [100 * one.efficiency.value for one in found.cycles], "o-", ms=3, color=color)
            numbers = [cycle for cycle, _ in found.impedance]
            for style, of in (("o-", "interface_ohm"), ("s--", "high_frequency_ohm")):
                ohms = [getattr(one, of).value for _, one in found.impedance]
                _seen(impedance, numbers, ohms, color, number, style=style)
        _label(voltage, "Capacity / mAh", "Voltage / V", "First (full) and last (dashed) cycle")
        _label(capacity, "Cycle", "Discharge capacity / mAh", "Capacity")
        _label(efficiency, "Cycle", "Efficiency / %", "Coulombic efficiency")
        _label(impedance, "Cycle", "Resistance / ohm", "Interface (full), electrolyte (dashed)")
        efficiency.set_ylim(70, 102)
        capacity.legend()
    return figure


def draw_damage(runs: Runs) -> Figure:
    """Loss of contact, cracks and their tortuosity, filaments by kind, the interphase and how it grows."""
    with matplotlib.style.context(RC):
        figure = new_figure(19.0, 12.0, simulated=True)
        contact, length, winding, kinds, ring, growth = figure.subplots(2, 3).ravel()
        for number, ((name, (_, found)), color) in enumerate(zip(runs.items(), _COLORS, strict=True)):
            filaments = filaments_in(found.filaments)
            _bars(kinds, [_um * filaments.of(kind).value for kind in KINDS], color, number)
            _interphase(growth, found.rings, color, number)
            cycles = sorted({one.cycle for one in found.contact})
            losses = [contact_loss(found.contact, cycle) for cycle in cycles]
            errors = [loss.uncertainty for loss in losses]
            _seen(contact, cycles, [loss.value for loss in losses], color, number, errors)
            contact.plot([], [], "o-", ms=3, color=color, label=name)
            _cracks(length, winding, found.cracks, color, number)
            for one in found.rings:
                if isinstance(one.found, Interphase) and one.found.integrated_m.detectable:
                    shade = 0.3 + 0.7 * one.cycle / max(other.cycle for other in found.rings)
                    ring.plot(1e9 * one.found.away_m, 100 * one.found.difference, color=color, alpha=shade)
            if not interphase(found.rings).detectable:
                _nothing_at_all(ring, color, number)
        for axes in (length, growth):
            axes.set_ylim(bottom=0)
        kinds.set_ylim(-0.6, len(KINDS) - 0.4)
        _label(contact, "Cycle", "Lithium interface open", "Loss of contact")
        _label(length, "Cycle", "Length / um", "Cracks, ruler of 10 um")
        _label(winding, "Length of a crack / um", "Tortuosity", "Each crack at the end")
        kinds.set_yticks(range(len(KINDS)), KINDS)
        _label(kinds, "Length / um", "", "Filaments at the end")
        _label(ring, "Distance from NMC / nm", "Signal lost / %", "Interphase, SE at 2 kV")
        _label(growth, "Cycle", "Thickness x contrast / nm", "Interphase grows")
        contact.legend()
    return figure


def draw_elements(runs: Runs) -> Figure:
    """Net counts of the lines in the composite when fresh and at the end, and the map of oxygen."""
    with matplotlib.style.context(RC):
        figure = new_figure(17.0, 7.0, simulated=True)
        places = figure.subplots(1, 1 + len(runs), squeeze=False).ravel()
        for number, ((name, (folder, found)), color) in enumerate(zip(runs.items(), _COLORS, strict=True)):
            for last, elements in enumerate((found.elements[0], found.elements[-1])):
                when, alpha = (("fresh", 0.4), ("end", 1.0))[last]
                values = [one.value for one in elements.values()]
                places[0].plot(range(len(values)), values, "o", color=color, alpha=alpha, label=f"{name}, {when}")
                for place in np.flatnonzero(np.isnan(values)):
                    _not_detectable(places[0], float(place), color, 2 * number + last, alpha)
            spectrum = open_run(folder).spectra.maps[-1]
            window = np.abs(spectrum.energy_eV - 525.0) < 90.0
            extent = [0, 6, 4.5, 0]
            places[1 + number].imshow(spectrum.counts[..., window].sum(axis=-1), cmap="cividis", extent=extent)
            _label(places[1 + number], "um", "", f"O K, {name}, at the end")
        places[0].set_yscale("log")
        places[0].set_ylim(bottom=100)
        lines = list(next(iter(runs.values()))[1].elements[-1])
        places[0].set_xticks(range(len(lines)), lines)
        _label(places[0], "", "Net counts", "Lines of the composite, 3 kV")
        places[0].legend(fontsize=6, loc="upper center")
    return figure


def draw_series(runs: Runs, region: str, detector: str, title: str, tile: int = 0) -> Figure:
    """Pictures of one tile of a region in order of time, a row for each batch."""
    with matplotlib.style.context(RC):
        series = {name: _pictures(folder, region, detector, tile) for name, (folder, _) in runs.items()}
        columns = max(len(pictures) for pictures in series.values())
        height, width = next(iter(series.values()))[0][1].shape
        figure = new_figure(17.0, 1.2 + len(series) * (16.0 / columns * height / width + 0.6), simulated=True)
        places = figure.subplots(len(series), columns, squeeze=False)
        for row, (name, pictures) in zip(places, series.items(), strict=True):
            grey = common_grey_scale([pixels for _, pixels in pictures])
            for place, (cycle, pixels) in zip(row, pictures, strict=False):
                place.imshow(grey.applied(pixels), cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
                place.set_title(f"{name}, {'fresh' if cycle == 0 else f'cycle {cycle}'}", fontsize=6.5)
            for place in row:
                place.axis("off")
        figure.supxlabel(title, fontsize=7)
    return figure


def _pictures(
    folder: Path, region: str, detector: str, tile: int
) -> list[tuple[int, NDArray[np.uint8] | NDArray[np.uint16]]]:
    frames = [
        frame for frame in open_run(folder).frames.of(region=region, detector=detector) if frame.row.tile_column == tile
    ]
    frames.sort(key=lambda frame: frame.row.start_s)
    pixels = [frame.pixels[:, : 2 * frame.shape[0]] for frame in frames]
    return [
        (frame.row.cycle if number else 0, one) for number, (frame, one) in enumerate(zip(frames, pixels, strict=True))
    ]


def _voltage(axes: Axes, samples: NDArray[np.void], name: str, color: str) -> None:
    passed = passed_charge_C(samples) / _mAh
    cycles = np.unique(samples["cycle"][samples["cycle"] > 0])
    for cycle, style in ((cycles[0], "-"), (cycles[-1], "--")):
        for sign in (1.0, -1.0):
            own = (samples["cycle"] == cycle) & (sign * passed > 0)
            every = slice(None, None, max(int(own.sum()) // 800, 1))
            axes.plot(np.cumsum(sign * passed[own])[every], samples["voltage_V"][own][every], style, color=color)


def _cracks(length: Axes, winding: Axes, patterns: tuple[AtCycle, ...], color: str, row: int) -> None:
    """What is called a crack has changed since the cell was fresh: the fresh cell has no value."""
    cycles = sorted({one.cycle for one in patterns})
    lines = {
        cycle: [
            line
            for one in patterns
            if one.cycle == cycle and isinstance(one.found, CrackPattern)
            for line in one.found.lines
        ]
        for cycle in cycles
    }
    totals = [_um * sum(line.length_m(10e-6) for line in of) if of else np.nan for of in lines.values()]
    _seen(length, cycles, totals, color, row)
    long = [line for line in lines[cycles[-1]] if line.chord_m > 30e-6] if cycles else []
    lengths = [line.length_m(10e-6) for line in long]
    ratios = [of / line.chord_m for of, line in zip(lengths, long, strict=True)]
    winding.plot(_um * np.array(lengths), ratios, "o", ms=3, color=color)
    if not long:
        _nothing_at_all(winding, color, row)


def _interphase(axes: Axes, rings: tuple[AtCycle, ...], color: str, row: int) -> None:
    """The growth of what can always be told, and beside it the thickness where it was resolved."""
    cycles = sorted({one.cycle for one in rings})
    grown = [interphase(rings, cycle) for cycle in cycles]
    _seen(axes, cycles, [1e9 * one.value for one in grown], color, row, [1e9 * one.uncertainty for one in grown])
    for one in rings:
        if isinstance(one.found, Interphase) and one.found.thickness_m.detectable:
            told = f"{1e9 * one.found.thickness_m.value:.0f} nm"
            at = (one.cycle, 1e9 * one.found.integrated_m.value)
            axes.annotate(told, at, (-4, 5), textcoords="offset points", fontsize=6)


def _seen(
    axes: Axes,
    cycles: Sequence[int],
    values: Sequence[float],
    color: str,
    row: int,
    errors: Sequence[float] | None = None,
    style: str = "o-",
) -> None:
    """A curve by cycle; the cycles at which nothing was seen are marked below it."""
    axes.errorbar(cycles, values, errors, fmt=style, ms=3, color=color)
    for cycle, value in zip(cycles, values, strict=True):
        if np.isnan(value):
            _not_detectable(axes, cycle, color, row)


def _bars(axes: Axes, values: Sequence[float], color: str, row: int) -> None:
    """A bar for each value, or the words that there is none."""
    for place, value in enumerate(values):
        up = place + 0.4 * row - 0.2
        if np.isnan(value):
            axes.annotate(_UNSEEN, (0, up), (3, 0), textcoords="offset points", va="center", color=color, fontsize=6)
        else:
            axes.barh(up, value, 0.36, color=color)


def _not_detectable(axes: Axes, place: float, color: str, row: int, alpha: float = 1.0) -> None:
    """At the lower end of a plot, a row for each cell."""
    transform = axes.get_xaxis_transform()
    axes.text(place, 0.02 + 0.06 * row, _UNSEEN, transform=transform, ha="center", color=color, alpha=alpha, fontsize=6)


def _nothing_at_all(axes: Axes, color: str, row: int) -> None:
    """In the corner of a plot, a row for each cell."""
    axes.text(0.98, 0.9 - 0.07 * row, _UNSEEN, transform=axes.transAxes, ha="right", color=color, fontsize=6)


def _label(axes: Axes, across: str, up: str, title: str) -> None:
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_title(title)
