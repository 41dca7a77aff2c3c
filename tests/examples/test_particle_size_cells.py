"""Only the whole record of the very cell that is asked for is measured."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cells
import pytest
from fingerprint import fingerprint_of
from pytest_mock import MockerFixture
from specimens import RunNotCompleted, Specimen, bench_of, made_beside, require_same, write_made
from support.made_up_run import run_header, sample_block
from support.study_cells import cell
from truth import Holder, truth_beside

from operando.drivers.bench.seed import with_seed
from operando.drivers.errors import ConfigMismatch
from operando.protocols.record import RunRecord

QUICK = """\
operando: 1
title: Two minutes of rest
sample: {name: LPSCl-study, nominal_capacity: 1.2 mAh, area: 0.785 cm^2}
safety: {voltage: [-2 V, 4.35 V], current: [-450 uA, 450 uA], host_tolerates: 60 s}
cycling:
  - {name: settle, step: Rest for 2 minutes}
"""


@pytest.fixture
def asked(tmp_path: Path) -> Specimen:
    protocol = tmp_path / "quick.yaml"
    protocol.write_text(QUICK, encoding="utf-8")
    return Specimen("coarse", 7, tmp_path / "study" / "coarse", Holder(3.0, None), protocol)


def write_record(cell: Specimen, ending: str = "completed", exit_code: int = 0, *, close: bool = True) -> None:
    """A short record that says of itself that it is that of a cell."""
    cell.folder.parent.mkdir(exist_ok=True)
    told = replace(run_header(), protocol_text=QUICK, bench_text=with_seed(bench_of(cell.batch), cell.seed))
    record = RunRecord.create(cell.folder, told)
    record.samples(sample_block(0, 10))
    record.event(10.0, "run", ending, "the door was opened", exit_code=exit_code)
    if close:
        record.close(ending)
    else:
        record.release()
    write_made(cell)
    truth_beside(cell.folder).write_text("{}", encoding="utf-8")


def test_the_record_of_the_same_cell_is_taken(asked: Specimen) -> None:
    write_record(asked)
    require_same(asked)


@pytest.mark.parametrize(
    ("ending", "exit_code"),
    [("interrupted", 3), ("failed", 1), ("completed", 1)],
    ids=["interrupted", "failed", "a promise broken"],
)
def test_a_run_that_did_not_end_as_planned_is_not_measured(asked: Specimen, ending: str, exit_code: int) -> None:
    write_record(asked, ending, exit_code)
    with pytest.raises(RunNotCompleted, match=f"{ending}, exit code {exit_code}, the door was opened") as refused:
        require_same(asked)
    assert str(asked.folder) in str(refused.value)
    assert "Remove" in refused.value.remedy or "remove" in refused.value.remedy


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda cell: replace(cell, seed=8), "seed 7 instead of 8"),
        (lambda cell: replace(cell, batch="fine"), "preset coarse instead of fine"),
        (lambda cell: replace(cell, holder=Holder(1.0, None)), "pressure_MPa 3.0 instead of 1.0"),
        (lambda cell: replace(cell, holder=Holder(3.0, 333.15)), "temperature_K None instead of 333.15"),
    ],
    ids=["seed", "batch", "pressure", "temperature"],
)
def test_the_record_of_another_cell_is_refused(
    asked: Specimen, changed: Callable[[Specimen], Specimen], said: str
) -> None:
    write_record(asked)
    with pytest.raises(ConfigMismatch, match=said) as refused:
        require_same(changed(asked))
    assert str(asked.folder) in str(refused.value)
    assert "--out" in refused.value.remedy


def test_the_record_of_another_protocol_is_refused(asked: Specimen) -> None:
    write_record(asked)
    asked.protocol.write_text(QUICK.replace("2 minutes", "3 minutes"), encoding="utf-8")
    with pytest.raises(ConfigMismatch, match=r"its protocol is not quick\.yaml as it is now"):
        require_same(asked)


def test_the_record_of_another_version_of_the_world_is_refused(asked: Specimen, mocker: MockerFixture) -> None:
    write_record(asked)
    mocker.patch("specimens.fingerprint_of_world", return_value="of today")
    with pytest.raises(ConfigMismatch, match=r"version of the simulated world [0-9a-f]{16} instead of of today"):
        require_same(asked)


@pytest.mark.parametrize("beside", [made_beside, truth_beside], ids=["holder", "truth"])
def test_a_record_without_what_lies_beside_it_is_refused(asked: Specimen, beside: Callable[[Path], Path]) -> None:
    write_record(asked)
    beside(asked.folder).unlink()
    with pytest.raises(ConfigMismatch, match="is missing"):
        require_same(asked)


def test_all_records_are_looked_at_before_a_cell_is_run(asked: Specimen, mocker: MockerFixture) -> None:
    write_record(asked)
    run = mocker.patch.object(cells, "ProcessPoolExecutor")
    with pytest.raises(ConfigMismatch, match="seed"):
        cells.measured_runs([replace(asked, folder=asked.folder.with_name("new")), replace(asked, seed=8)])
    run.assert_not_called()


def test_a_run_that_was_killed_is_run_again(asked: Specimen, mocker: MockerFixture) -> None:
    write_record(asked, close=False)
    made_up = cell(decay_V=0.0, lost=0.0, winding=1.1)
    mocker.patch.object(cells, "measure_run", return_value=made_up)
    assert cells._measured(asked) is made_up
    require_same(asked)  # its own program was carried out this time, and its truth written down
    assert "cycles" in truth_beside(asked.folder).read_text(encoding="utf-8")


def test_a_run_that_ends_early_is_an_error(asked: Specimen) -> None:
    asked.protocol.write_text(QUICK.replace("[-2 V, 4.35 V]", "[-2 V, 1 V]"), encoding="utf-8")
    with pytest.raises(RunNotCompleted, match="did not come to its end as planned: failed"):
        cells.record(asked)
    assert not truth_beside(asked.folder).exists()


def test_the_error_comes_whole_out_of_another_process() -> None:
    error = pickle.loads(pickle.dumps(RunNotCompleted("what", where="where")))
    assert str(error).startswith("where: what. Its events.jsonl says more")


def test_an_error_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> int:
        raise ConfigMismatch("another cell", where="there", remedy="Remove it.")

    assert cells.told_plainly(refused) == 2
    assert "another cell" in capsys.readouterr().err


def test_the_fingerprint_changes_with_a_text_and_a_name_and_with_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_bytes(b"a = 1\n")
    before = fingerprint_of([tmp_path])
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    file.write_bytes(b"a = 1\r\n")
    assert fingerprint_of([tmp_path]) == before
    file.write_bytes(b"a = 2\n")
    assert fingerprint_of([tmp_path]) != before
    file.write_bytes(b"a = 1\n")
    file.rename(tmp_path / "two.py")
    assert fingerprint_of([tmp_path]) != before
