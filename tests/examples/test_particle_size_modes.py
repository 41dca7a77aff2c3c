"""Modes of failure are told apart, and what was not seen is no value: on made-up cells with everything in them."""

from dataclasses import replace

import numpy as np
import pytest
from measuring import Measurements
from report import sentences
from support.study_cells import cell, measured
from verdict import beam_effect, compared, contact_loss, modes

from operando.protocols.analysis import Contact, Interphase, Measured, Shorts, not_detectable

WORSE = cell(decay_V=0.05, lost=0.45, winding=1.02, soft_s=4.5e5, layer_m=8e-9)
NEARLY = cell(decay_V=0.0501, lost=0.455, winding=1.021, soft_s=4.52e5, layer_m=8.1e-9)
BETTER = cell(decay_V=0.02, lost=0.15, winding=1.15)
SWAPPED = {"first": "second", "second": "first", "no difference": "no difference"}


def more(first: Measurements, second: Measurements) -> dict[str, str]:
    return {finding.question: finding.more for finding in compared(first, second)}


def short_circuit(first_s: float | None, second_s: float | None) -> str:
    one, other = (replace(BETTER, shorts=Shorts(time_s, None, 6e5, "")) for time_s in (first_s, second_s))
    return more(one, other)["short circuit"]


def test_cells_that_differ_within_their_uncertainty_differ_in_nothing() -> None:
    assert set(more(WORSE, NEARLY).values()) == {"no difference"}
    assert sentences(("A", "B"), compared(WORSE, NEARLY), ((), ()))[0].endswith("no difference.")


def test_swapped_cells_swap_every_finding() -> None:
    one, other = more(WORSE, BETTER), more(BETTER, WORSE)
    assert {question: SWAPPED[who] for question, who in one.items()} == other
    assert one["interphase on the NMC (thickness x contrast)"] == "first"


@pytest.mark.parametrize(
    ("first_s", "second_s", "who"),
    [
        (7.2e4, 3.6e5, "first"),
        (3.6e5, 7.2e4, "second"),
        (7.2e4, 7.3e4, "no difference"),
        (None, 7.2e4, "second"),
        (None, None, "no difference"),
    ],
)
def test_the_cell_that_shorts_earlier_shorts_more(first_s: float | None, second_s: float | None, who: str) -> None:
    assert short_circuit(first_s, second_s) == who


def test_what_was_not_looked_at_is_not_measurable_and_no_small_value() -> None:
    lost = Interphase(not_detectable(), not_detectable(), not_detectable(), 0.0, np.empty(0), np.empty(0))
    unseen = replace(BETTER, rings=tuple(replace(ring, found=lost) for ring in BETTER.rings))
    assert more(WORSE, unseen)["interphase on the NMC (thickness x contrast)"] == "not measurable"
    below = Interphase(not_detectable(), not_detectable(), not_detectable(1e-9), 1e-5, np.empty(0), np.empty(0))
    faint = replace(BETTER, rings=tuple(replace(ring, found=below) for ring in BETTER.rings))
    assert more(WORSE, faint)["interphase on the NMC (thickness x contrast)"] == "first"


def test_a_field_in_which_nothing_was_judged_spoils_no_mean() -> None:
    nothing = Contact(not_detectable(), not_detectable(), 0.0)
    with_one = (*WORSE.contact, replace(WORSE.contact[-1], found=nothing))
    assert contact_loss(with_one) == contact_loss(WORSE.contact)


def test_resistance_that_lost_contact_explains_is_no_electrochemical_mode() -> None:
    torn = cell(decay_V=0.0, lost=0.5, winding=1.02, layer_m=0.2e-9)
    doubled = tuple((n, replace(one, interface_ohm=measured(70.0 / (1 - 0.5 * n / 16)))) for n, one in torn.impedance)
    found = {mode.name: mode for mode in modes(replace(torn, impedance=doubled))}
    assert found["mechanical"].shown
    assert not found["electrochemical"].shown
    assert "without what the lost contact explains" in found["electrochemical"].evidence


def test_what_the_beam_did_is_told_from_fields_that_it_spared() -> None:
    assert beam_effect(WORSE).more == "no difference"
    nothing = Contact(not_detectable(), not_detectable(), 0.0)
    unjudged = replace(WORSE.contact[-1], found=nothing)
    assert beam_effect(replace(WORSE, contact=(*WORSE.contact, unjudged))) == beam_effect(WORSE)
    kept = [one for one in WORSE.contact if one.region == "anode" or one.cycle == 0]
    less = Contact(Measured(0.9, 1e-3), not_detectable(), 4e-4)
    spared = [replace(kept[-1], tile=tile, region="left", found=less) for tile in range(4)]
    assert beam_effect(replace(WORSE, contact=(*kept, *spared))).more == "first"
