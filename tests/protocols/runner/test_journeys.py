"""The way of the box with trouble on it: a sample of `tests/trials/journey.py`, judged by the simulated world."""

from pathlib import Path

import pytest
from support.journeys import Trouble, travel
from support.troubles import TROUBLES

from operando.protocols.interlocks import Phase

SAMPLE = {
    ("the box leaks", Phase.GLOVEBOX),
    ("the wire of the box gauge is cut", Phase.TRANSFER),
    ("the box is opened by hand in the air", Phase.TRANSFER),
    ("the chamber gauge gives no number", Phase.PUMP_DOWN),
    ("somebody vents over the open box", Phase.OPEN),
    ("answered with what is no answer", Phase.OPEN),
    ("answered too late", Phase.GLOVEBOX),
    ("nobody answers", Phase.TRANSFER),
    ("somebody aborts the run", Phase.OBSERVE),
    ("the voltage passes its limit", Phase.OBSERVE),
}
CHOSEN = [trouble for trouble in TROUBLES if (trouble.told, trouble.phase) in SAMPLE]


def test_every_phase_has_a_leak_a_dead_gauge_and_people_who_fail() -> None:
    for word in ("leaks", "gauge"):
        assert {trouble.phase for trouble in TROUBLES if word in trouble.name} == set(Phase)
    people = {trouble.phase for trouble in TROUBLES if "answer" in trouble.name}
    assert people == set(Phase) - {Phase.PUMP_DOWN}, "while the chamber is pumped nobody is asked anything"


@pytest.mark.parametrize("trouble", CHOSEN, ids=str)
def test_it_ends_as_declared_with_cell_box_and_beam_safe(trouble: Trouble, tmp_path: Path) -> None:
    found = travel(trouble, tmp_path / "run")
    assert not found.violations


def test_the_sample_is_whole() -> None:
    assert len(CHOSEN) == len(SAMPLE)
