"""The conclusions of the particle-size study follow from numbers: equal cells differ in nothing, swapped ones swap."""

from dataclasses import replace

import numpy as np
import pytest
from measuring import AtCycle, Measurements
from report import sentences
from support.study_cells import cell, measured
from verdict import compared, interphase, modes, winding_words

from operando.protocols.analysis import (
    Interphase,
    Measured,
    Shorts,
    not_detectable,
)

SWAPPED = {"first": "second", "second": "first", "no difference": "no difference", "not measurable": "not measurable"}
WORSE = cell(decay_V=0.05, lost=0.45, winding=1.02, soft_s=4.5e5, layer_m=8e-9)
BETTER = cell(decay_V=0.02, lost=0.15, winding=1.15)


def test_the_worse_cell_is_told_from_the_better_one() -> None:
    found = {finding.question: finding.more for finding in compared(WORSE, BETTER)}
    assert found["electrochemical decay"] == "first"
    assert found["short circuit"] == "first"
    assert found["loss of contact at the lithium"] == "first"
    assert found["tortuosity of cracks"] == "second"
    assert sentences(("A", "B"), compared(WORSE, BETTER), ((), ()))[0] == "B performs better."


def test_swapped_cells_swap_every_finding() -> None:
    one, other = compared(WORSE, BETTER), compared(BETTER, WORSE)
    assert [SWAPPED[finding.more] for finding in one] == [finding.more for finding in other]
    assert sentences(("A", "B"), other, ((), ()))[0] == "A performs better."


@pytest.mark.parametrize("one", [WORSE, BETTER], ids=["worse", "better"])
def test_two_equal_cells_differ_in_nothing(one: Measurements) -> None:
    assert {finding.more for finding in compared(one, one)} <= {"no difference", "not measurable"}
    assert sentences(("A", "B"), compared(one, one), ((), ()))[0].endswith("no difference.")


def test_a_cell_that_decays_less_but_shorts_has_no_verdict() -> None:
    torn = replace(BETTER, shorts=Shorts(1e5, None, 6e5, "restless"))
    whole = replace(WORSE, shorts=Shorts(None, None, 6e5, ""))
    assert sentences(("A", "B"), compared(torn, whole), ((), ()))[0].startswith("No verdict")


def test_modes_stand_in_the_order_in_which_they_were_seen() -> None:
    found = modes(WORSE)
    assert [mode.name for mode in found][-1] == "electrical"
    assert all(mode.shown for mode in found)


def test_a_cell_may_show_no_mode() -> None:
    healthy = cell(decay_V=0.0, lost=0.01, winding=1.02, layer_m=0.2e-9)
    assert not any(mode.shown for mode in modes(healthy))
    told = sentences(("A", "B"), compared(healthy, healthy), (modes(healthy), modes(healthy)))
    assert "A: no mode of failure." in told


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (measured(1.03, 0.01), "straight"),
        (measured(1.06, 0.02), "straight"),
        (measured(1.075, 0.02), "between straight and sinuous"),
        (measured(1.10, 0.02), "between straight and sinuous"),
        (measured(1.14, 0.03), "sinuous"),
        (not_detectable(), "not measurable"),
    ],
)
def test_cracks_are_called_straight_or_sinuous_only_if_that_is_sure(value: Measured, words: str) -> None:
    assert winding_words(value) == words


def test_places_that_differ_make_the_interphase_unsure() -> None:
    nothing = np.empty(0)

    def ring(cycle: int, tile: int, integrated_m: Measured, seen_m: float = 1e-5) -> AtCycle:
        found = Interphase(not_detectable(), not_detectable(), integrated_m, seen_m, nothing, nothing)
        return AtCycle(cycle, 0, tile, cycle * 36e3, found)

    values = [measured(4e-9, 1e-11), measured(6e-9, 1e-11), not_detectable(1e-10)]
    last = [ring(15, tile, value) for tile, value in enumerate(values)]
    found = interphase([ring(5, 0, measured(1e-9, 1e-11)), *last])
    assert found.value == pytest.approx(5e-9)
    assert found.uncertainty == pytest.approx(1e-9, rel=0.01)
    assert not interphase(last[2:]).detectable
    # a place that shows little of an edge counts for little
    assert interphase([last[0], ring(15, 1, measured(6e-9, 1e-11), 1e-6)]).value == pytest.approx(4.18e-9, rel=0.01)
