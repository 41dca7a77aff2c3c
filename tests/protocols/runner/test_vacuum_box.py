"""The way of a box that is closed in vacuum, judged by the simulated world: whole, and with what can go wrong on it."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.journeys import Trouble, travel, vacuum_bench
from support.troubles import TROUBLES

from operando.protocols.interlocks import Phase
from operando.protocols.record import read_events

BY_PLACE = {(trouble.told, trouble.phase): trouble for trouble in TROUBLES}
LEAKS = "the box leaks"
CASES = [
    BY_PLACE[LEAKS, Phase.GLOVEBOX],
    # pumped chamber, pumped box: nothing shows a leak between them before the chamber is vented
    replace(BY_PLACE[LEAKS, Phase.PUMP_DOWN], ends=("failed", "'air in the box'"), last_phase=Phase.VENT),
    BY_PLACE[LEAKS, Phase.VENT],
    BY_PLACE["the wire of the box gauge is cut", Phase.PUMP_DOWN],
    BY_PLACE["somebody vents over the open box", Phase.OBSERVE],
    BY_PLACE["the box is opened by hand in the air", Phase.TRANSFER],
    BY_PLACE["the cell has a hard short (box in vacuum)", Phase.OBSERVE],
]


def test_the_whole_way_from_glovebox_to_glovebox(tmp_path: Path) -> None:
    found = travel(None, tmp_path / "run", vacuum_bench(tmp_path))
    assert not found.violations
    assert (found.ending, found.box) == ("completed", "closed, in the glovebox")
    events = read_events(tmp_path / "run")
    assert [event["phase_entered"] for event in events if event["kind"] == "entered"] == [*Phase, Phase.GLOVEBOX]
    (passed,) = [event for event in events if (event["source"], event["kind"]) == ("leak test", "passed")]
    assert passed["place"] == "box"


@pytest.mark.parametrize("trouble", CASES, ids=str)
def test_what_goes_wrong_ends_as_declared_with_everything_safe(trouble: Trouble, tmp_path: Path) -> None:
    found = travel(trouble, tmp_path / "run", vacuum_bench(tmp_path))
    assert not found.violations


def test_a_box_that_is_full_is_not_carried(tmp_path: Path) -> None:
    """Argon of the glovebox in it: the leak test is passed, and the box has not the pressure for its transfer."""
    bench = Path(vacuum_bench(tmp_path))
    bench.write_text(bench.read_text().replace("box_pressure_Pa: 100}", "box_pressure_Pa: 101000}"))
    full = replace(
        BY_PLACE[LEAKS, Phase.GLOVEBOX], name="the box is full", deed=None, ends=("failed", "could not begin")
    )
    found = travel(full, tmp_path / "run", str(bench))
    assert not found.violations
