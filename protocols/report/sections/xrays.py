"""X-ray spectra with their lines, and element maps."""

import numpy as np
from numpy.typing import NDArray

from operando.protocols.reading import RecordedSpectrum
from operando.protocols.record import RecordError
from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.element_counts import net_counts
from operando.protocols.report.figures import draw_element_maps, draw_spectra
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, in_hours, setting
from operando.protocols.summary.spectrum_panel import lines_seen
from operando.protocols.summary.xray_lines import CELL_ELEMENTS, Line

__all__ = ["elements_of", "xrays_section"]

MOST_SPECTRA = 6
MOST_MAPS = 5
MOST_LINES = 7


def xrays_section(material: Material, studio: Studio) -> Section | None:
    """None if there is no spectrum."""
    spectra = material.run.spectra
    if not len(spectra):
        return None
    elements = elements_of(material.header.sample.elements)
    points, lost = _readable(_spread(list(spectra.points), MOST_SPECTRA))
    maps, lost_maps = _readable(_spread(list(spectra.maps), MOST_MAPS))
    told = (
        f"Lines are named where one of {', '.join(elements)} stands five standard deviations above what is beside it; "
        "lithium has no line in reach. Net counts are no quantification."
    )
    blocks: list[Block] = [Paragraph(told)]
    if lost + lost_maps:
        blocks.append(Paragraph(f"{lost + lost_maps} spectra or maps cannot be read; see operando verify.", "warning"))
    if points:
        drawn = draw_spectra([(one.row, counts) for one, counts in points], elements, simulated=material.simulated)
        caption = f"X-ray spectra of points ({len(points)} of {len(spectra.points)})."
        blocks += [studio.place("spectra", drawn, caption), _table(points, elements)]
    if maps:
        lines, weaker = _lines_of_maps(maps, elements)
        if lines:
            shown = [(one.row, [(str(line), _net(one, counts, line)) for line in lines]) for one, counts in maps]
            caption = (
                f"Element maps ({len(maps)} of {len(spectra.maps)}): net counts of each line, "
                "one scale for each column, so that rows compare."
                + (f" Not drawn, because weaker: {', '.join(map(str, weaker))}." if weaker else "")
            )
            blocks.append(studio.place("element_maps", draw_element_maps(shown, simulated=material.simulated), caption))
        else:
            blocks.append(Paragraph("The maps show no line above the background."))
    return Section("xrays", "X-ray spectra", blocks)


def elements_of(named: tuple[str, ...]) -> tuple[str, ...]:
    """The elements of the sample as the record names them, with carbon and oxygen; else those of a usual cell."""
    return tuple(dict.fromkeys([*named, "C", "O"])) if named else CELL_ELEMENTS


def _spread(spectra: list[RecordedSpectrum], most: int) -> list[RecordedSpectrum]:
    if len(spectra) <= most:
        return spectra
    return [spectra[index] for index in np.linspace(0, len(spectra) - 1, most).round().astype(int)]


def _readable(spectra: list[RecordedSpectrum]) -> tuple[list[tuple[RecordedSpectrum, NDArray[np.uint32]]], int]:
    found = []
    for one in spectra:
        try:
            found.append((one, one.counts))
        except RecordError:
            continue  # counted below, and named by `operando verify`
    return found, len(spectra) - len(found)


def _net(one: RecordedSpectrum, counts: NDArray[np.uint32], line: Line) -> NDArray[np.float64]:
    return net_counts(counts, line, one.row.channel_width_eV / 1e3, one.row.offset_eV / 1e3)


def _lines_of_maps(
    maps: list[tuple[RecordedSpectrum, NDArray[np.uint32]]], elements: tuple[str, ...]
) -> tuple[list[Line], list[Line]]:
    """The strongest line of each element that any map shows as a whole, by energy: those to draw, and weaker ones."""
    strongest: dict[str, tuple[float, Line]] = {}
    for one, counts in maps:
        summed = counts.sum(axis=(0, 1), dtype=np.uint32)
        for line, _ in lines_seen(one.energy_eV / 1e3, summed, elements):
            if line.energy_keV * 1e3 >= one.row.beam_voltage_V > 0:
                continue
            net = float(_net(one, summed, line))
            strongest[line.element] = max(
                strongest.get(line.element, (0.0, line)), (net, line), key=lambda pair: pair[0]
            )
    by_counts = [line for _, line in sorted(strongest.values(), key=lambda pair: -pair[0])]
    return _by_energy(by_counts[:MOST_LINES]), _by_energy(by_counts[MOST_LINES:])


def _by_energy(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.energy_keV)


def _table(points: list[tuple[RecordedSpectrum, NDArray[np.uint32]]], elements: tuple[str, ...]) -> Table:
    seen = {line for one, counts in points for line, _ in lines_seen(one.energy_eV / 1e3, counts, elements)}
    lines = sorted(seen, key=lambda line: line.energy_keV)
    columns = [Column("", ""), Column("Region"), Column("Time", numbers=True), Column("Beam")]
    columns += [Column("Live", "s", numbers=True), Column("Dead", "%", numbers=True)]
    columns += [Column(str(line), f"{line.energy_keV:.3f} keV", numbers=True) for line in lines]
    rows = []
    for letter, (one, counts) in zip("abcdefghijkl", points, strict=False):
        row = one.row
        dead = 100.0 * (1.0 - row.live_time_s / row.real_time_s) if row.real_time_s > 0 else float("nan")
        beam = f"{setting(row.beam_voltage_V, 'V')}, {setting(row.beam_current_A, 'A')}"
        net = [fixed(float(_net(one, counts, line)), "", 0) for line in lines]
        rows.append(
            (letter, row.region, in_hours(row.start_s), beam, fixed(row.live_time_s, "", 1), fixed(dead, "", 1), *net)
        )
    return Table("Net counts of the lines above the background beside them.", tuple(columns), rows)
