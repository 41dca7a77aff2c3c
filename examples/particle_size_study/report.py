"""The folder of the study: figures, a page, and the table of measured against true values."""

from collections.abc import Mapping, Sequence
from html import escape
from math import hypot
from pathlib import Path

from drawing import draw_curves, draw_damage, draw_elements, draw_series
from free_parameters import free_sentence, free_table
from measuring import Measurements
from scoring import Score, as_markdown
from verdict import Finding, Mode, beam_effect, compared, modes, tortuosity, winding_words

from operando.drivers.errors import ConfigMismatch
from operando.protocols.analysis import Measured

__all__ = ["BEAM_PAGE", "beam_page_of", "better", "sentences", "write_study"]

BEAM_PAGE = "beam.md"
"""What `beam.py` leaves in its folder."""

_LONG, _LONG_M = (1e6, "um"), 1e-6
_SCALE = {"V": (1e3, "mV"), "m": (1e9, "nm"), "s": (1 / 3600, "h"), "": (1.0, "")}


def write_study(
    out: Path,
    runs: Mapping[str, tuple[Path, Measurements]],
    batches: Sequence[str],
    scored: Sequence[Score],
    beam: str = "",
) -> Path:
    """Write `report.html`, `conclusions.txt`, `measured_and_true.md`, `free_parameters.md` and `figures/`.

    Args:
        runs: the records and what was measured in them, by the names that the cells are to have.
        batches: of the cells, for their free parameters; no conclusion knows them.
        beam: what `beam.py` wrote, if it is to be shown.
    """
    names = list(runs)
    first, second = (found for _, found in runs.values())
    figures = {
        "curves": draw_curves(runs),
        "damage": draw_damage(runs),
        "anode": draw_series(runs, "anode", "SE", "Interface to the lithium, SE, left part of the first tile, 160 um"),
        "separator": draw_series(runs, "separator", "BSE", "Separator, BSE, first tile of the mosaic, 600 um"),
        "filaments": draw_series(runs, "separator", "SE", "Lithium in the separator, SE, second tile, 600 um", 1),
        "edge": draw_series(runs, "edge", "BSE", "Interface to the composite, BSE, 100 um"),
        "elements": draw_elements(runs),
    }
    (out / "figures").mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        figure.savefig(out / "figures" / f"{name}.png", dpi=160)
    table = as_markdown(list(scored))
    (out / "measured_and_true.md").write_text(table, encoding="utf-8")
    free = free_table(batches)
    (out / "free_parameters.md").write_text(free, encoding="utf-8")
    told = sentences(names, compared(first, second), (modes(first), modes(second)))
    told += [f"Cracks are {winding_words(tortuosity(found.cracks))} in {name}." for name, (_, found) in runs.items()]
    told += [_oxygen(name, found) for name, (_, found) in runs.items()]
    told += [_beam(name, beam_effect(found)) for name, (_, found) in runs.items()]
    told.append(free_sentence(batches))
    (out / "conclusions.txt").write_text("\n".join(told) + "\n", encoding="utf-8")
    page = out / "report.html"
    tables = {"Measured and true": table, "Free parameters": free}
    page.write_text(_page(told, list(figures), tables, beam), encoding="utf-8")
    return page


def beam_page_of(folder: Path | None) -> str:
    """What `beam.py` wrote to its folder; empty if none is given.

    Raises:
        ConfigMismatch: if there is nothing.
    """
    if folder is None:
        return ""
    page = folder / BEAM_PAGE
    if not page.is_file():
        remedy = f"Write it with beam.py --out {folder}, or leave --beam away."
        raise ConfigMismatch("nothing is there of a pair of runs with and without beam", where=str(page), remedy=remedy)
    return page.read_text(encoding="utf-8")


def _oxygen(name: str, found: Measurements) -> str:
    """Oxygen over nickel, fresh and at the end: the interphase brings oxygen, that of the NMC stays."""
    ratios = []
    for elements in (found.elements[0], found.elements[-1]):
        oxygen, nickel = elements["O"], elements["Ni"]
        if not (oxygen.detectable and nickel.detectable):
            return f"Oxygen or nickel was not detectable in the composite of {name}."
        ratio = oxygen.value / nickel.value
        share = hypot(oxygen.uncertainty / oxygen.value, nickel.uncertainty / nickel.value)
        ratios.append(Measured(ratio, ratio * share))
    change, error = ratios[1].value - ratios[0].value, hypot(ratios[0].uncertainty, ratios[1].uncertainty)
    seen = "an interphase shows" if change > 3 * error else f"no interphase is detectable (least {3 * error:.2f})"
    return f"Oxygen per nickel in the composite of {name}, net counts: changed by {change:+.2f} +- {error:.2f}; {seen}."


def _beam(name: str, found: Finding) -> str:
    """What was lost in the fields that the beam saw often, beside those that it saw only fresh and at the end."""
    said = {"first": "more under the beam", "second": "less under the beam"}.get(found.more, found.more)
    under, spared = (_value(value, found.unit) for value in (found.first, found.second))
    return (
        f"Contact lost at the lithium of {name}: {said} ({under} in fields that were looked at all along, {spared} in "
        "those that were looked at only fresh and at the end)."
    )


def sentences(names: Sequence[str], found: Sequence[Finding], of_cells: Sequence[Sequence[Mode]]) -> list[str]:
    """The conclusions in words; the first is the verdict."""
    told = [_verdict(names, found)]
    for finding in found:
        who = {"first": f"more in {names[0]}", "second": f"more in {names[1]}"}.get(finding.more, finding.more)
        values = " and ".join(_value(value, finding.unit) for value in (finding.first, finding.second))
        told.append(f"{finding.question[0].upper()}{finding.question[1:]}: {who} ({values}).")
    for name, cell in zip(names, of_cells, strict=True):
        shown = [f"{one.name} ({one.score:.2f}, {_onset(one)}: {one.evidence})" for one in cell if one.shown]
        told.append(f"{name}: {', then '.join(shown) or 'no mode of failure'}.")
    return told


def better(found: Sequence[Finding]) -> str:
    """Which one performs better, that is, decays less and does not short: "first", "second" or "neither".

    "undecided" if decay and shorts contradict each other.
    """
    worse = {finding.more for finding in found[:2]} & {"first", "second"}
    if len(worse) == 1:
        return "second" if worse == {"first"} else "first"
    return "undecided" if worse else "neither"


def _verdict(names: Sequence[str], found: Sequence[Finding]) -> str:
    return {
        "first": f"{names[0]} performs better.",
        "second": f"{names[1]} performs better.",
        "neither": "Neither performs better: no difference.",
        "undecided": "No verdict: decay and shorts contradict each other.",
    }[better(found)]


def _value(value: Measured, unit: str) -> str:
    scale, shown = _LONG if unit == "m" and value.value > _LONG_M else _SCALE[unit]
    if not value.detectable:
        return "not detectable"
    return f"{value.value * scale:.3g} +- {value.uncertainty * scale:.2g} {shown}".strip()


def _onset(mode: Mode) -> str:
    return "onset not dated" if mode.onset_s is None else f"from {mode.onset_s / 3600:.0f} h"


def _page(told: Sequence[str], figures: Sequence[str], tables: Mapping[str, str], beam: str) -> str:
    lines = ["<!doctype html><meta charset='utf-8'><title>Particle size study</title>"]
    lines.append(
        "<style>body{font:15px sans-serif;max-width:60em;margin:2em auto}img{width:100%}td,th{padding:2px 8px}</style>"
    )
    lines.append("<h1>Particle size study <small>SIMULATED</small></h1>")
    lines += [f"<p>{escape(sentence)}</p>" for sentence in told]
    lines.append("<p>In the figures, n. d. stands for what was looked for and is not detectable; it is no zero.</p>")
    lines += [f"<img src='figures/{name}.png' alt='{name}'>" for name in figures]
    lines += [_part_as_html(part) for part in beam.split("\n\n") if part]
    for title, table in tables.items():
        lines.append(f"<h2>{escape(title)}</h2>{_as_html(table)}")
    return "\n".join(lines) + "\n"


def _part_as_html(part: str) -> str:
    """A heading, a table or a paragraph in Markdown as HTML."""
    if part.startswith("# "):
        return f"<h2>{escape(part[2:])}</h2>"
    return _as_html(part) if part.startswith("| ") else f"<p>{escape(part)}</p>"


def _as_html(table: str) -> str:
    """A table in Markdown as one in HTML."""
    rows = [row.strip("|").split("|") for row in table.splitlines() if not row.startswith("| ---")]
    lines = ["<tr>" + "".join(f"<td>{escape(cell.strip())}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join(["<table>", *lines, "</table>"])
