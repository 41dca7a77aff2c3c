"""What the pair of runs with and without beam leaves behind, and where it is shown."""

from pathlib import Path

import pytest
import run
from beam import beam_page
from pytest_mock import MockerFixture
from report import beam_page_of, write_study
from support.study_cells import cell

from operando.drivers.errors import ConfigMismatch

UNDER, SPARED = cell(decay_V=0.02, lost=0.45, winding=1.15), cell(decay_V=0.02, lost=0.15, winding=1.15)
DOSES = ({"anode": 12.5, "control": 3.0, "particle": 500.0}, {"anode": 6.2, "control": 3.0})


def test_the_page_says_what_differs_and_what_each_region_took() -> None:
    page = beam_page("coarse, seed 11", (UNDER, SPARED), DOSES)
    assert "One cell (coarse, seed 11) twice" in page
    assert "Loss of contact at the lithium: more in the cell under the beam (0.45" in page
    assert "| anode | 12 C/m2 | 6.2 C/m2 |" in page
    assert "| particle | 5e+02 C/m2 | not looked at |" in page


def test_two_runs_that_do_not_differ_say_so() -> None:
    assert "Neither performs better: no difference." in beam_page("coarse, seed 11", (UNDER, UNDER), DOSES)


def test_the_report_shows_the_page(tmp_path: Path, mocker: MockerFixture) -> None:
    for drawn in ("draw_curves", "draw_damage", "draw_series", "draw_elements"):
        mocker.patch(f"report.{drawn}")
    mocker.patch("report._oxygen", return_value="")
    (tmp_path / "beam.md").write_text(beam_page("coarse, seed 11", (UNDER, SPARED), DOSES), encoding="utf-8")
    runs = {"A": (tmp_path, UNDER), "B": (tmp_path, SPARED)}
    page = write_study(tmp_path, runs, ["fine", "coarse"], [], beam_page_of(tmp_path)).read_text(encoding="utf-8")
    assert "<h2>What the beam itself did (simulated)</h2>" in page
    assert "<td>anode</td><td>12 C/m2</td><td>6.2 C/m2</td>" in page
    assert "more in the cell under the beam" in page
    assert "beam itself" not in write_study(tmp_path, runs, ["fine"], []).read_text(encoding="utf-8")


def test_a_folder_without_the_page_is_refused_before_a_cell_is_run(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch("sys.argv", ["run.py", "--out", str(tmp_path), "--beam", str(tmp_path)])
    measured = mocker.patch.object(run, "measured_runs")
    with pytest.raises(ConfigMismatch, match=r"nothing is there of a pair of runs") as refused:
        run.main()
    assert "beam.py --out" in refused.value.remedy
    measured.assert_not_called()
