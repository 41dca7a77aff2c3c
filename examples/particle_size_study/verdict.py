"""What follows from the measurements of two runs: computed from numbers, blind to which batch is which.

A difference counts if it exceeds twice its uncertainty and what has been fixed as worth naming.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from measuring import AtCycle, Measurements

from operando.protocols.analysis import (
    KINDS,
    Contact,
    CrackPattern,
    Filaments,
    Interphase,
    Measured,
    not_detectable,
)

__all__ = [
    "Finding",
    "Mode",
    "beam_effect",
    "compared",
    "contact_loss",
    "filaments_in",
    "interphase",
    "modes",
    "tortuosity",
    "winding_words",
]

_NO_DIFFERENCE, _FIRST, _SECOND, _UNKNOWN = "no difference", "first", "second", "not measurable"
_WORTH_V, _WORTH_CONTACT, _WORTH_TORTUOSITY, _WORTH_SHARE = 0.015, 0.05, 0.05, 0.2
"""What is worth naming; cells of one batch differ in their decay by up to 10 mV."""
_WORTH_SHORT_S = 3600.0
_SURE = 2.0
_SINUOUS = 1.086
"""Tortuosity with a ruler of 10 um that parts straight cracks from sinuous ones: midway between those along the
cheapest ways through grains of some micrometres (1.029) and of a hundred (1.143), as found before the study."""
_TURNS_BACK = 1.5
"""A line so much longer than its chord is no winding crack but pieces of two, joined at a crossing."""
_LOST_MUCH, _LOST_SOME, _GROWN_SOME = 0.5, 0.1, 0.2
_GROWN_MUCH_M = 10e-9
"""Thickness times contrast of an interphase that counts as a mode in full."""
_NONE_BELOW = 0.1
_STILL_A_CELL = 0.5
"""Efficiency below which a cycle is that of a short circuit."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison.

    Args:
        more: which of the two has more of it: "first", "second", "no difference" or "not measurable".
    """

    question: str
    first: Measured
    second: Measured
    unit: str
    more: str


@dataclass(frozen=True, slots=True)
class Mode:
    """One of the three failure modes of one cell.

    Args:
        score: 0 to 1; below 0.1 the cell does not show it.
        onset_s: run time at which it was first seen; None if it was not.
    """

    name: str
    score: float
    onset_s: float | None
    evidence: str

    @property
    def shown(self) -> bool:
        """Whether the cell shows it."""
        return self.score >= _NONE_BELOW


def compared(first: Measurements, second: Measurements) -> tuple[Finding, ...]:
    """All comparisons; the first says which of the two performs worse electrochemically."""
    shared = [one.cycle for one in first.cycles if one.cycle in {other.cycle for other in second.cycles}]
    found = [_compare("electrochemical decay", _decay(first, shared), _decay(second, shared), "V", _WORTH_V)]
    found.append(_shorted(first, second))
    losses = [contact_loss(run.contact) for run in (first, second)]
    found.append(_compare("loss of contact at the lithium", losses[0], losses[1], "", _WORTH_CONTACT))
    rings = [interphase(run.rings) for run in (first, second)]
    worth_m = _WORTH_SHARE * float(np.nanmax([ring.value for ring in rings] + [0.0]))
    found.append(_compare("interphase on the NMC (thickness x contrast)", rings[0], rings[1], "m", worth_m))
    winding = [tortuosity(run.cracks) for run in (first, second)]
    found.append(_compare("tortuosity of cracks", winding[0], winding[1], "", _WORTH_TORTUOSITY))
    lengths = [_filament_length(run) for run in (first, second)]
    worth_m = _WORTH_SHARE * float(np.nanmax([length.value for length in lengths] + [0.0]))
    found.append(_compare("length of filaments", lengths[0], lengths[1], "m", worth_m))
    return tuple(found)


def contact_loss(contacts: Iterable[AtCycle], cycle: int | None = None) -> Measured:
    """Share of the lithium interface without contact over all tiles after a cycle; the last one if not given."""
    contacts = list(contacts)
    last = max(one.cycle for one in contacts) if cycle is None else cycle
    found = [one.found for one in contacts if one.cycle == last and isinstance(one.found, Contact)]
    seen = [one for one in found if one.seen_m > 0]
    whole_m = sum(one.seen_m for one in seen)
    if not whole_m:
        return not_detectable()
    lost = sum((1.0 - one.fraction.value) * one.seen_m for one in seen) / whole_m
    shares = [1.0 - one.fraction.value for one in seen if one.fraction.detectable]
    # places of one specimen differ by more than patches that are drawn one by one would
    apart = float(np.std(shares, ddof=1)) / len(shares) ** 0.5 if len(shares) > 2 else 0.1
    return Measured(float(lost), apart)


def tortuosity(patterns: Iterable[AtCycle], cycle: int | None = None) -> Measured:
    """Of all cracks of a mosaic that do not turn back, with a ruler of 10 um; of the last mosaic if not given."""
    patterns = list(patterns)
    last = max((one.cycle for one in patterns), default=0) if cycle is None else cycle
    lines = [
        line
        for one in patterns
        if one.cycle == last and isinstance(one.found, CrackPattern)
        for line in one.found.lines
    ]
    long = [line for line in lines if line.chord_m > 30e-6 and line.length_m(10e-6) < _TURNS_BACK * line.chord_m]
    if not long:
        return not_detectable()
    lengths, chords = np.array([(line.length_m(10e-6), line.chord_m) for line in long]).T
    ratio = float(lengths.sum() / chords.sum())
    spread = float(np.sqrt(np.average((lengths / chords - ratio) ** 2, weights=chords) / len(long)))
    return Measured(ratio, max(spread, 0.005))


def filaments_in(found: Iterable[AtCycle]) -> Filaments:
    """Those of all tiles of the last mosaic."""
    found = list(found)
    last = max((one.cycle for one in found), default=0)
    tiles = [one.found for one in found if one.cycle == last and isinstance(one.found, Filaments)]
    each = tuple(filament for tile in tiles for filament in tile.each)
    total_m = sum(one.length_m for one in each)
    error_m = float(np.sqrt(sum(np.nan_to_num(tile.length_m.uncertainty) ** 2 for tile in tiles)))
    least_m = min((tile.length_m.least for tile in tiles), default=np.nan)
    return Filaments(each, Measured(total_m, error_m, least_m) if each else not_detectable(least_m))


def winding_words(value: Measured) -> str:
    """Straight or sinuous, if that is sure."""
    if not value.detectable:
        return "not measurable"
    if abs(value.value - _SINUOUS) <= value.uncertainty:
        return "between straight and sinuous"
    return "sinuous" if value.value > _SINUOUS else "straight"


def modes(run: Measurements) -> tuple[Mode, ...]:
    """Electrical, mechanical and electrochemical failure of one cell, in the order in which they were first seen."""
    found = [_electrical(run), _mechanical(run), _electrochemical(run)]
    return tuple(sorted(found, key=lambda mode: np.inf if mode.onset_s is None else mode.onset_s))


def _compare(question: str, first: Measured, second: Measured, unit: str, worth: float) -> Finding:
    if not first.detectable and not second.detectable:
        return Finding(question, first, second, unit, _UNKNOWN)
    if not (first.detectable and second.detectable):
        seen, least = (first, second.least) if first.detectable else (second, first.least)
        if np.isnan(least):  # it was not looked at, or not the same place: that is no value below a limit
            return Finding(question, first, second, unit, _UNKNOWN)
        more = (_FIRST if first.detectable else _SECOND) if seen.value > least else _NO_DIFFERENCE
        return Finding(question, first, second, unit, more)
    apart = first.value - second.value
    if abs(apart) <= max(_SURE * float(np.hypot(first.uncertainty, second.uncertainty)), worth):
        return Finding(question, first, second, unit, _NO_DIFFERENCE)
    return Finding(question, first, second, unit, _FIRST if apart > 0 else _SECOND)


def _decay(run: Measurements, shared: list[int]) -> Measured:
    """By how much the gap between charge and discharge has widened from the second to the last whole cycle."""
    # what a shorted cell gives back says nothing about its electrodes
    whole = [one for one in run.cycles if one.efficiency.detectable and one.efficiency.value > _STILL_A_CELL]
    own = [one.polarisation_V for one in whole if one.cycle in shared and one.polarisation_V.detectable]
    until = [one for one in own if one.value > 0]
    if len(until) < 3:
        return not_detectable()
    return Measured(until[-1].value - until[1].value, 2**0.5 * until[-1].uncertainty)


def _shorted(first: Measurements, second: Measurements) -> Finding:
    """Who shorts earlier; a cell that did not counts from the end on which it was watched."""
    times = [run.shorts.hard_s if run.shorts.soft_s is None else run.shorts.soft_s for run in (first, second)]
    values = [not_detectable() if time_s is None else Measured(time_s, 60.0) for time_s in times]
    one, other = (np.inf if time_s is None else time_s for time_s in times)
    more = _NO_DIFFERENCE
    if min(one, other) < np.inf and abs(one - other) > _WORTH_SHORT_S:
        more = _FIRST if one < other else _SECOND
    return Finding("short circuit", values[0], values[1], "s", more)


def beam_effect(run: Measurements) -> Finding:
    """Loss of contact where the beam came again and again, beside fields that it saw only when fresh and at the end."""
    ends = {min(one.cycle for one in run.contact), max(one.cycle for one in run.contact)}
    often = {one.region for one in run.contact if one.cycle not in ends}
    last = [one for one in (*run.contact, *run.control) if one.cycle == max(ends)]
    groups = [[one for one in last if (one.region in often) == beam] for beam in (True, False)]
    under, spared = (contact_loss(group) if group else not_detectable() for group in groups)
    # a few fields tell little of how much fields differ: all of them together do
    fractions = [[one.found.fraction for one in group if isinstance(one.found, Contact)] for group in groups]
    shares = [np.array([1.0 - one.value for one in group if one.detectable]) for group in fractions]
    apart = [group - group.mean() for group in shares if group.size > 1]
    spread = float(np.sqrt(sum((group**2).sum() for group in apart) / max(sum(group.size - 1 for group in apart), 1)))
    first, second = (
        Measured(value.value, spread / max(group.size, 1) ** 0.5)
        for value, group in zip((under, spared), shares, strict=True)
    )
    return _compare("loss of contact under the beam", first, second, "", _WORTH_CONTACT)


def interphase(rings: Iterable[AtCycle], cycle: int | None = None) -> Measured:
    """Thickness times contrast after a cycle, the last one if not given: each place counts by its length of edges.

    Places differ by more than each is unsure, so their spread is the uncertainty.
    """
    rings = list(rings)
    last = max((one.cycle for one in rings), default=0) if cycle is None else cycle
    places = [one.found for one in rings if one.cycle == last and isinstance(one.found, Interphase)]
    seen = [place for place in places if place.integrated_m.detectable]
    if not seen:
        return not_detectable(max((place.integrated_m.least for place in places), default=np.nan))
    values, errors = np.array([(place.integrated_m.value, place.integrated_m.uncertainty) for place in seen]).T
    weights = np.array([place.seen_m for place in seen]) / sum(place.seen_m for place in seen)
    mean = float((weights * values).sum())
    own, count = float(np.sqrt(np.square(weights * errors).sum())), len(seen)
    apart = float(np.sqrt(np.square(weights * (values - mean)).sum() * count / (count - 1))) if count > 1 else 0.0
    return Measured(mean, float(np.hypot(apart, own)))


def _filament_length(run: Measurements) -> Measured:
    """As few filaments are in view, their number decides how sure the sum is."""
    found = filaments_in(run.filaments)
    if not found.length_m.detectable:
        return found.length_m
    lengths = np.array([one.length_m for one in found.each])
    chance_m = float(np.sqrt(np.square(lengths).sum()))
    return Measured(found.length_m.value, float(np.hypot(chance_m, found.length_m.uncertainty)), found.length_m.least)


def _electrical(run: Measurements) -> Mode:
    shorts, found = run.shorts, filaments_in(run.filaments)
    onset_s = min((time_s for time_s in (shorts.soft_s, shorts.hard_s) if time_s is not None), default=None)
    score = 1.0 if shorts.hard_s is not None else 0.7 if shorts.soft_s is not None else 0.0
    kinds = [f"{found.of(kind).value * 1e6:.0f} um {kind}" for kind in KINDS if found.of(kind).detectable]
    words = f"{shorts.detail or 'no short while it was watched'}; filaments: {', '.join(kinds) or 'not detectable'}"
    return Mode("electrical", score, onset_s, words)


def _mechanical(run: Measurements) -> Mode:
    loss = {one.cycle: contact_loss(run.contact, one.cycle) for one in run.contact}
    times = {one.cycle: one.time_s for one in run.contact}
    onset = [times[cycle] for cycle, value in sorted(loss.items()) if value.value - value.uncertainty > _LOST_SOME]
    last = loss[max(loss)]
    words = f"{last.value:.2f} of the lithium interface open at the end; {winding_words(tortuosity(run.cracks))} cracks"
    return Mode("mechanical", min(last.value / _LOST_MUCH, 1.0), onset[0] if onset else None, words)


def _electrochemical(run: Measurements) -> Mode:
    """By the interphase, and by what the interface resists per area that is still in contact.

    What the lost contact adds to the resistance is the mechanical mode and does not count twice.
    """
    layers = {one.cycle: interphase(run.rings, one.cycle) for one in run.rings}
    grown = {cycle: layer.value / _GROWN_MUCH_M for cycle, layer in layers.items() if layer.detectable}
    per_area = _resistance_per_contact(run)
    if len(per_area) > 1:
        start = per_area[min(per_area)]
        for cycle, ohm in per_area.items():
            grown[cycle] = max(grown.get(cycle, 0.0), ohm / start - 1.0)
    times = {one.cycle: one.time_s for one in (*run.contact, *run.rings)}
    onset = [times[cycle] for cycle, share in sorted(grown.items()) if share > _GROWN_SOME]
    words = f"interphase on the NMC {_nanometres(layers[max(layers)])}" if layers else "interphase not looked at"
    spectra = [(cycle, one.interface_ohm) for cycle, one in run.impedance if one.interface_ohm.detectable]
    if len(spectra) > 1:
        words += f"; interface resistance {spectra[0][1].value:.0f} to {spectra[-1][1].value:.0f} ohm"
    if len(per_area) > 1:
        words += f", without what the lost contact explains {start:.0f} to {per_area[max(per_area)]:.0f}"
    score = grown[max(grown)] if grown else 0.0
    return Mode("electrochemical", min(max(score, 0.0), 1.0), onset[0] if onset else None, words)


def _resistance_per_contact(run: Measurements) -> dict[int, float]:
    """The interface's resistance times the share in contact, by cycle; that of the fresh cell is of its first cycle."""
    ohms = {cycle: one.interface_ohm.value for cycle, one in run.impedance if one.interface_ohm.detectable}
    if not ohms:
        return {}
    shares = {cycle: contact_loss(run.contact, cycle) for cycle in {one.cycle for one in run.contact}}
    return {
        cycle: ohms[max(cycle, min(ohms))] * (1.0 - lost.value)
        for cycle, lost in shares.items()
        if lost.detectable and max(cycle, min(ohms)) in ohms
    }


def _nanometres(layer: Measured) -> str:
    return f"{layer.value * 1e9:.1f} nm x contrast" if layer.detectable else "not detectable"
