"""What the report of the study says beside its findings."""

import math
from pathlib import Path

import pytest
import run
from free_parameters import free_parameters, free_sentence, free_table, parameter_count
from pytest_mock import MockerFixture
from report import sentences
from run import out_of_limits
from scoring import Score
from support.study_cells import cell, measured
from verdict import Mode

from operando.simulators.world.presets import cell_preset
from operando.simulators.world.scene_layout import grain_batch

MADE_UP = cell(decay_V=0.02, lost=0.15, winding=1.15)


def test_free_parameters_are_those_that_the_data_files_call_free() -> None:
    found = {(one.batch, one.name): one for one in free_parameters(["fine", "coarse"])}
    assert found["coarse", "refilling"].value == "0.8"
    assert found["coarse", "grains.d50_m"].value == "9.2e-05"
    assert found["fine", "refilling"].value == "0.45"
    assert found["common", "collapse_fractions"].value == "0.3, 0.1"
    # free in a range beside what a paper says
    assert "free by 10 %" in found["fine", "replenishment_A_per_m2"].source
    # these have a source
    assert ("common", "area_m2") not in found
    assert ("coarse", "crack_tortuosity") not in found


def test_every_free_parameter_makes_a_cell() -> None:
    for batch in ("fine", "coarse"):
        grains = {f"grains.{name}" for name in type(grain_batch(batch)).model_fields}
        values = {*cell_preset(batch).model_dump(), *grains} - {"grains"}
        assert {one.name for one in free_parameters([batch])} < values
        assert parameter_count([batch]) == len(values)


def test_the_sentence_counts_what_the_table_lists() -> None:
    rows = free_table(["fine", "coarse"]).splitlines()[2:]
    assert free_sentence(["fine", "coarse"]).startswith(f"{len(rows)} of the ")


def test_a_batch_that_comes_twice_is_listed_once() -> None:
    assert free_table(["fine", "fine"]) == free_table(["fine"])


def test_a_mode_without_a_date_is_not_said_to_be_there_from_the_beginning() -> None:
    shown = (Mode("mechanical", 0.4, None, "seen at the end"), Mode("electrical", 0.7, 7200.0, "restless"))
    assert sentences(("A", "B"), (), (shown, ()))[1] == (
        "A: mechanical (0.40, onset not dated: seen at the end), then electrical (0.70, from 2 h: restless)."
    )


def score(batch: str, value: float, limit: float = 0.05) -> Score:
    return Score(batch, "contact fraction", 5, "", measured(value), 0.8, limit)


def test_values_out_of_their_limits_are_named() -> None:
    scored = [score("fine", 0.7), score("fine", 0.79), score("coarse", 0.9, math.nan)]
    assert out_of_limits(scored) == (
        "1 of 2 measured values are out of their limits of error: contact fraction of fine after 5 cycles."
    )


def test_values_within_their_limits_and_those_without_one_are_no_word() -> None:
    assert out_of_limits([score("fine", 0.79), score("coarse", 0.9, math.nan)]) == ""


@pytest.mark.parametrize(("value", "code"), [(0.79, 0), (0.7, 1)], ids=["within", "out"])
def test_a_value_out_of_its_limit_decides_the_exit_code(
    value: float, code: int, tmp_path: Path, mocker: MockerFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    mocker.patch("sys.argv", ["run.py", "--out", str(tmp_path)])
    mocker.patch.object(run, "measured_runs", return_value=[MADE_UP, MADE_UP])
    mocker.patch.object(run, "scores", return_value=[score("fine", value)])
    mocker.patch.object(run, "write_study", return_value=tmp_path / "report.html")
    (tmp_path / "conclusions.txt").write_text("Neither performs better.", encoding="utf-8")
    assert run.main() == code
    assert ("contact fraction" in capsys.readouterr().err) == bool(code)
