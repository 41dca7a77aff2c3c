"""The pattern of the study, part by part, and what is kept of a pair of cells."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import seeds
from measuring import Measurements
from pattern import failures
from pytest_mock import MockerFixture
from scoring import Score
from support.study_cells import cell, filaments, measured, ring

from operando.drivers.errors import ConfigMismatch
from operando.protocols.analysis import Contact, not_detectable

FINE = cell(decay_V=0.05, lost=0.45, winding=1.02, soft_s=4.5e5, layer_m=8e-9)
COARSE = cell(decay_V=0.02, lost=0.15, winding=1.15, layer_m=3e-9)


def lost(one: Measurements, share: Callable[[int], float]) -> Measurements:
    """The same cell with another loss of contact after each cycle."""
    tiles = [
        replace(tile, found=replace(tile.found, fraction=measured(1.0 - share(tile.cycle))))
        for tile in one.contact
        if isinstance(tile.found, Contact)
    ]
    return replace(one, contact=tuple(tiles))


def test_a_pair_that_shows_all_of_it_fails_in_nothing() -> None:
    assert failures(FINE, COARSE) == []


@pytest.mark.parametrize(
    ("fine", "coarse", "said"),
    [
        (replace(FINE, shorts=COARSE.shorts), COARSE, ["short circuit: no difference"]),
        (FINE, replace(COARSE, shorts=FINE.shorts), ["short circuit: no difference"]),
        (
            replace(FINE, shorts=COARSE.shorts),
            replace(COARSE, shorts=FINE.shorts),
            ["performs better: undecided instead of second", "short circuit: second"],
        ),
        (
            FINE,
            replace(COARSE, rings=(ring(16, not_detectable(1e-10)),)),
            ["no interphase is detectable in the second cell"],
        ),
        (
            FINE,
            replace(COARSE, rings=FINE.rings),
            ["interphase on the NMC (thickness x contrast): no difference"],
        ),
        (
            replace(FINE, cracks=COARSE.cracks),
            COARSE,
            ["cracks of the first cell: sinuous instead of straight", "tortuosity of cracks: no difference"],
        ),
        (
            FINE,
            replace(COARSE, cracks=FINE.cracks),
            ["cracks of the second cell: straight instead of sinuous", "tortuosity of cracks: no difference"],
        ),
        (
            replace(FINE, filaments=(filaments(16, "diffuse", "too short to tell"),)),
            COARSE,
            ["filaments of the first cell are not of several kinds: diffuse"],
        ),
        (replace(FINE, filaments=()), COARSE, ["filaments of the first cell are not of several kinds: none told"]),
        (
            FINE,
            lost(COARSE, lambda cycle: 0.0 if cycle == 4 else 0.01 * cycle),
            ["the second cell has not surely lost contact after 4 cycles: 0.00 +- 0.00"],
        ),
        (
            FINE,
            lost(COARSE, lambda cycle: 0.05 if cycle == 12 else 0.01 * cycle),
            ["the second cell has regained contact after 12 cycles: 0.08 before, 0.05 then"],
        ),
        (
            lost(FINE, lambda cycle: 0.4 if cycle else 0.0),
            COARSE,
            ["the first cell has lost no more contact at the end than after 4 cycles"],
        ),
    ],
    ids=[
        "no short in fine",
        "a short in both",
        "the short in coarse alone",
        "no interphase in coarse",
        "as much of it in coarse",
        "sinuous cracks in fine",
        "straight cracks in coarse",
        "one kind of filament",
        "no filament",
        "contact not lost at once",
        "contact regained",
        "contact lost once and for all",
    ],
)
def test_each_part_of_the_pattern_is_looked_at(fine: Measurements, coarse: Measurements, said: list[str]) -> None:
    found = failures(fine, coarse)
    assert [part for part in said if part not in found] == []
    # a part that is broken may break what follows from it, and nothing else
    assert len(found) <= len(said) + 1


def test_swapped_cells_fail_in_nearly_all_of_it() -> None:
    found = failures(COARSE, FINE)
    assert "performs better: first instead of second" in found
    assert len(found) == 8


OUT_OF_LIMIT = Score("coarse", "mean gap", 5, "m", measured(1e-6), 2e-6, 3e-7)
WITHIN = replace(OUT_OF_LIMIT, true=1.1e-6)
WITHOUT = replace(OUT_OF_LIMIT, measured=not_detectable())


@pytest.fixture
def measured_again(mocker: MockerFixture) -> MagicMock:
    """Stands for the running and measuring of a pair, and for the truth of each of its cells."""
    mocker.patch.object(seeds, "scores", return_value=[OUT_OF_LIMIT, WITHIN, WITHOUT])
    return mocker.patch.object(seeds, "measured_runs", return_value=[FINE, COARSE])


def test_what_a_pair_has_shown_is_kept_and_not_run_again(tmp_path: Path, measured_again: MagicMock) -> None:
    first = seeds.outcome_of(5000, tmp_path, keep=True, processes=1)
    assert first.broken == []
    assert [one.seed for one in measured_again.call_args.args[0]] == [5000, 5001]
    assert seeds.outcome_of(5000, tmp_path, keep=True, processes=1) == first
    assert measured_again.call_count == 1


def test_all_that_a_conclusion_rests_on_is_kept(tmp_path: Path, measured_again: object) -> None:
    seeds.outcome_of(5000, tmp_path, keep=True, processes=1)
    kept = json.loads((tmp_path / "5000.json").read_text(encoding="utf-8"))
    assert len(kept["findings"]) == 6
    ring_found = kept["findings"][3]
    assert ring_found["more"] == "first"
    assert ring_found["first"]["value"] == pytest.approx(8.16e-9)
    assert ring_found["first"]["least"] is None
    assert kept["cracks"] == ["straight", "sinuous"]
    assert [sorted(cell) for cell in kept["modes"]] == [
        ["electrical", "electrochemical", "mechanical"],
        ["electrochemical", "mechanical"],
    ]
    # of both cells alike; what was not measured is not judged
    assert kept["judged"] == 4
    assert [score["quantity"] for score in kept["out_of_limit"]] == ["mean gap", "mean gap"]
    assert kept["out_of_limit"][0]["true"] == 2e-6


def test_a_pair_that_another_version_has_measured_is_not_counted(
    tmp_path: Path, measured_again: object, mocker: MockerFixture
) -> None:
    seeds.outcome_of(5000, tmp_path, keep=True, processes=1)
    mocker.patch.object(seeds, "fingerprint_of_study", return_value="tomorrow's")
    with pytest.raises(ConfigMismatch, match=r"another version of the study .*, this one is tomorrow's") as refused:
        seeds.outcome_of(5000, tmp_path, keep=True, processes=1)
    assert "5000.json" in str(refused.value)


def test_nothing_is_kept_of_a_pair_while_the_study_is_changed(
    tmp_path: Path, measured_again: object, mocker: MockerFixture
) -> None:
    mocker.patch.object(seeds, "fingerprint_of_study", side_effect=["before", "after"])
    with pytest.raises(ConfigMismatch, match="was changed while"):
        seeds.outcome_of(5000, tmp_path, keep=True, processes=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("pair", "code"), [([FINE, COARSE], 0), ([COARSE, FINE], 1)], ids=["holds", "does not"])
def test_values_out_of_their_limits_are_counted_and_do_not_decide(
    pair: list[Measurements],
    code: int,
    tmp_path: Path,
    measured_again: MagicMock,
    mocker: MockerFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    measured_again.return_value = pair
    mocker.patch("sys.argv", ["seeds.py", "--count", "2", "--keep", "--out", str(tmp_path)])
    assert seeds.main() == code
    told = capsys.readouterr().out
    assert "1: seeds 12000 and 12001" in told
    assert f"the pattern holds in {2 * (1 - code)} of 2" in told
    assert "4 of 8 values with a limit are out of it\n  4 times coarse mean gap" in told
