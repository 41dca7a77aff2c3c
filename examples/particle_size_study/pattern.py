"""The pattern of the study that the world comes from: does a pair of cells show it, fine first and coarse second?"""

from collections.abc import Iterator
from itertools import pairwise
from math import hypot

from measuring import Measurements
from report import better
from verdict import Finding, compared, contact_loss, filaments_in, tortuosity, winding_words

from operando.protocols.analysis import KINDS

__all__ = ["EXPECTED", "INTERPHASE", "failures"]

INTERPHASE = "interphase on the NMC (thickness x contrast)"
EXPECTED = {
    "electrochemical decay": "first",
    "short circuit": "first",
    "loss of contact at the lithium": "first",
    INTERPHASE: "first",
    "tortuosity of cracks": "second",
}
"""What more of is expected in the first (fine) and in the second (coarse) cell of a pair."""
_CRACKS = ("straight", "sinuous")
_NAMES = ("first", "second")
_SURE = 2.0
_TOLD_KINDS = KINDS[:-1]
"""Without those that are too short to tell."""


def failures(fine: Measurements, coarse: Measurements) -> list[str]:
    """What of the pattern was not found, in words; an opposite finding and none at all both count."""
    findings = compared(fine, coarse)
    found = {finding.question: finding for finding in findings}
    return [
        *([] if better(findings) == "second" else [f"performs better: {better(findings)} instead of second"]),
        *(f"{question}: {found[question].more}" for question, more in EXPECTED.items() if found[question].more != more),
        *_interphase(found[INTERPHASE]),
        *_cracks(fine, coarse),
        *_contact(fine, coarse),
        *_filaments(fine),
    ]


def _interphase(found: Finding) -> Iterator[str]:
    for name, value in zip(_NAMES, (found.first, found.second), strict=True):
        if not value.detectable:
            yield f"no interphase is detectable in the {name} cell"


def _cracks(*cells: Measurements) -> Iterator[str]:
    for name, cell, expected in zip(_NAMES, cells, _CRACKS, strict=True):
        if (said := winding_words(tortuosity(cell.cracks))) != expected:
            yield f"cracks of the {name} cell: {said} instead of {expected}"


def _contact(*cells: Measurements) -> Iterator[str]:
    for name, cell in zip(_NAMES, cells, strict=True):
        yield from (f"the {name} cell {said}" for said in _grows(cell))


def _grows(cell: Measurements) -> Iterator[str]:
    """Contact is lost with cycling: more after each look than when fresh, and never surely less than before."""
    losses = [(cycle, contact_loss(cell.contact, cycle)) for cycle in sorted({one.cycle for one in cell.contact})]
    if len(losses) < 3 or not all(loss.detectable for _, loss in losses):
        yield "was not seen to lose contact with cycling: too few looks at it"
        return
    fresh = losses[0][1]
    for (_, before), (cycle, loss) in pairwise(losses):
        if loss.value - fresh.value <= _SURE * hypot(loss.uncertainty, fresh.uncertainty):
            yield f"has not surely lost contact after {cycle} cycles: {loss.value:.2f} +- {loss.uncertainty:.2f}"
        if before.value - loss.value > _SURE * hypot(loss.uncertainty, before.uncertainty):
            yield f"has regained contact after {cycle} cycles: {before.value:.2f} before, {loss.value:.2f} then"
    if losses[-1][1].value <= losses[1][1].value:
        yield f"has lost no more contact at the end than after {losses[1][0]} cycles"


def _filaments(fine: Measurements) -> Iterator[str]:
    found = filaments_in(fine.filaments)
    kinds = [kind for kind in _TOLD_KINDS if found.of(kind).detectable]
    if len(kinds) < 2:
        yield f"filaments of the first cell are not of several kinds: {', '.join(kinds) or 'none told'}"
