"""What was not seen is drawn as such: no bar of length zero, no point at zero."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawing import draw_damage
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from measuring import Measurements
from support.study_cells import cell, filaments, measured, ring

from operando.protocols.analysis import CrackPattern, not_detectable

NOWHERE = Path()


def panels(first: Measurements, second: Measurements) -> dict[str, Axes]:
    """The plots by their titles."""
    figure = draw_damage({"first": (NOWHERE, first), "second": (NOWHERE, second)})
    return {axes.get_title(loc): axes for axes in figure.axes for loc in ("left", "center") if axes.get_title(loc)}


def unseen(axes: Axes) -> int:
    return [text.get_text() for text in axes.texts].count("n. d.")


@pytest.fixture(scope="module")
def drawn() -> dict[str, Axes]:
    """One cell that shows some, and one that shows nothing."""
    some = replace(
        cell(decay_V=0.05, lost=0.45, winding=1.02),
        rings=(ring(5, not_detectable(1e-10)), ring(10, measured(5e-9, 1e-10))),
        filaments=(filaments(16, "straight", "diffuse"),),
    )
    other = cell(decay_V=0.02, lost=0.15, winding=1.15)
    blind = []
    for one in other.cracks:
        assert isinstance(one.found, CrackPattern)
        blind.append(replace(one, found=replace(one.found, lines=(), length_m=not_detectable())))
    return panels(some, replace(other, cracks=tuple(blind), rings=(), filaments=()))


def test_kinds_of_filaments_that_were_not_seen_have_no_bar(drawn: dict[str, Axes]) -> None:
    axes = drawn["Filaments at the end"]
    bars = [bar for bar in axes.patches if isinstance(bar, Rectangle)]
    assert [bar.get_width() for bar in bars] == pytest.approx([100.0, 100.0])
    assert unseen(axes) == 3 + 5


def test_a_cell_without_cracks_has_no_length_of_them_and_a_fresh_one_was_not_asked(drawn: dict[str, Axes]) -> None:
    axes = drawn["Cracks, ruler of 10 um"]
    assert unseen(axes) == 1
    points = np.concatenate([np.asarray(line.get_xydata()) for line in axes.lines])
    assert not np.any(points == 0.0)
    assert unseen(drawn["Each crack at the end"]) == 1


def test_a_cycle_after_which_no_interphase_was_seen_is_marked(drawn: dict[str, Axes]) -> None:
    assert unseen(drawn["Interphase grows"]) == 1
    assert unseen(drawn["Interphase, SE at 2 kV"]) == 1


def test_where_all_was_seen_nothing_is_marked(drawn: dict[str, Axes]) -> None:
    assert unseen(drawn["Loss of contact"]) == 0
