"""The record of a control cell inside that of its run: what is wrong there is found, what is derived there is not."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from support.control_cell import CONTROLLED
from support.laboratory import SimulatedBench
from support.run_protocols import CURRENT_A

from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.resume import run_resume
from operando.protocols.reading import Run, open_run
from operando.protocols.record import CONTROL, control_folder, is_control_of_run, verify_record
from operando.protocols.report import write_report


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("controlled") / "run"
    assert SimulatedBench.open("sim-control").run(CONTROLLED, folder).exit_code == 0
    return folder


@pytest.fixture
def run(pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pristine, tmp_path / "run")


def controlled(folder: Path) -> Run:
    control = open_run(folder).control
    assert control is not None
    return control


def test_a_byte_that_changed_in_the_control_cell_is_found_by_the_run(run: Path) -> None:
    log = run / CONTROL / "samples.blocks"
    data = bytearray(log.read_bytes())
    data[200] ^= 1
    log.write_bytes(data)
    problems = verify_record(run).problems
    assert any("control/samples.blocks" in problem and "SHA-256" in problem for problem in problems), problems
    assert any(problem.startswith("control: samples.blocks") for problem in problems), problems


def test_a_control_cell_that_was_taken_away_is_missed(run: Path) -> None:
    for path in sorted((run / CONTROL).rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
    assert any("control/journal.jsonl: is missing" in problem for problem in verify_record(run).problems)


def test_reports_of_both_change_neither_record(run: Path) -> None:
    write_report(run / CONTROL)
    page = write_report(run).page.read_text(encoding="utf-8")
    assert (run / CONTROL / "derived").is_dir()
    for folder in (run, run / CONTROL):
        verdict = verify_record(folder)
        assert verdict.ok, str(verdict)
    assert "simulated sister cell" in page
    assert "3 pauses were shared" in page


def test_reading_both(run: Path) -> None:
    control = controlled(run)
    assert control.header.run_id == f"{open_run(run).header.run_id}_control"
    assert control.header.sample.name == "simulated sister cell"
    assert [identity.serial for identity in control.header.identities] == ["ES4HR20B0009"]
    assert control.header.sample.nominal_capacity_C == open_run(run).header.sample.nominal_capacity_C
    assert np.abs(control.samples["charge_C"]).max() == pytest.approx(180 * CURRENT_A, rel=0.01)
    assert control.control is None
    assert not control.frames.rows and not control.truth
    assert control.outcome == "completed"
    assert len(control.steps) == len([event for event in control.events if event.kind == "step ended"])
    assert is_control_of_run(run / CONTROL) and not is_control_of_run(run)


def test_every_command_of_the_control_cell_is_in_its_own_journal(run: Path) -> None:
    first, control = open_run(run), controlled(run)
    assert {command.instrument for command in control.journal} == {"control potentiostat"}
    assert "control potentiostat" not in {command.instrument for command in first.journal}


def test_the_crate_of_the_run_names_the_files_of_the_control_cell(run: Path) -> None:
    crate = json.loads((run / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    named = {entity["@id"] for entity in crate["@graph"] if entity["@type"] == "File"}
    assert {"control/samples.blocks", "control/SHA256SUMS", "control/journal.jsonl"} <= named


def test_the_control_cell_is_not_resumed_alone(run: Path) -> None:
    with pytest.raises(ConfigMismatch, match="the control cell of a run") as refused:
        run_resume(run / CONTROL, "", operator="", json=True)
    assert str(run) in refused.value.remedy


def test_a_folder_that_has_not_begun_is_no_record(tmp_path: Path) -> None:
    (tmp_path / CONTROL).mkdir()
    (tmp_path / CONTROL / "journal.jsonl").write_bytes(b'{"id": 0, "entry": "ru')
    assert control_folder(tmp_path) is None
