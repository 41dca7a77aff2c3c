"""One byte that is changed or taken away anywhere in a closed record is found, and its file named."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.made_up_record import write_run

from operando.protocols.cli.verify import run_verify
from operando.protocols.record import RecordError, RunRecord, verify_record
from operando.protocols.record.checksums import SUMS


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("closed") / "run"
    write_run(folder)
    return folder


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found_and_its_file_named(closed: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(files_in(closed)), "file")
    path = closed / name
    whole = path.read_bytes()
    offset = data.draw(st.integers(0, len(whole) - 1), "offset")
    flip = data.draw(st.none() | st.integers(1, 255), "flip; None takes the byte away")
    changed = bytearray(whole)
    if flip is None:
        del changed[offset]
    else:
        changed[offset] ^= flip
    path.write_bytes(changed)
    try:
        verdict = verify_record(closed)
    finally:
        path.write_bytes(whole)
    assert not verdict.ok
    assert any(name in problem for problem in verdict.problems), str(verdict)


def test_one_byte_of_every_file_is_found(closed: Path) -> None:
    """One in the middle of each changed, and its last taken away; no kind of file is left out."""
    names = files_in(closed)
    kinds = {Path(name).suffix or Path(name).name for name in names}
    assert kinds >= {
        ".blocks", ".csv", ".parquet", ".nxs", ".h5", ".msa", ".json", ".jsonl", ".yaml", ".yml", ".txt", SUMS,
    }  # fmt: skip
    for name in names:
        path = closed / name
        whole = path.read_bytes()
        half = len(whole) // 2
        for changed in (whole[:half] + bytes([whole[half] ^ 0x01]) + whole[half + 1 :], whole[:-1]):
            path.write_bytes(changed)
            try:
                problems = verify_record(closed).problems
            finally:
                path.write_bytes(whole)
            assert any(name in problem for problem in problems), name


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_renamed_file_is_named_by_both_its_names(closed: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in files_in(closed) if name != SUMS]), "file")
    new = Path(data.draw(st.sampled_from(["", "spectra", "images", "extra"]), "folder"), "renamed.txt").as_posix()
    (closed / new).parent.mkdir(exist_ok=True)
    (closed / name).rename(closed / new)
    try:
        problems = verify_record(closed).problems
    finally:
        (closed / new).rename(closed / name)
        shutil.rmtree(closed / "extra", ignore_errors=True)
    assert any(problem.startswith(f"{name}: is missing") for problem in problems), problems
    assert any(problem.startswith(f"{new}: is not in") for problem in problems), problems


def test_two_files_that_change_places_are_both_named(closed: Path) -> None:
    one, other = sorted(name for name in files_in(closed) if name.endswith(".msa"))[:2]
    first, second = (closed / one).read_bytes(), (closed / other).read_bytes()
    (closed / one).write_bytes(second)
    (closed / other).write_bytes(first)
    try:
        problems = verify_record(closed).problems
    finally:
        (closed / one).write_bytes(first)
        (closed / other).write_bytes(second)
    assert all(any(problem.startswith(f"{name}: ") for problem in problems) for name in (one, other)), problems


def test_any_missing_file_is_named(closed: Path) -> None:
    for name in files_in(closed):
        whole = (closed / name).read_bytes()
        (closed / name).unlink()
        try:
            verdict = verify_record(closed)
        finally:
            (closed / name).write_bytes(whole)
        assert any(problem.startswith(f"{name}: is missing") for problem in verdict.problems), name


def test_without_its_sums_a_closed_record_is_checked_by_the_crate(closed: Path) -> None:
    sums, events = (closed / SUMS).read_bytes(), (closed / "events.jsonl").read_bytes()
    (closed / SUMS).unlink()
    (closed / "events.jsonl").write_bytes(events.replace(b"test", b"text", 1))
    try:
        verdict = verify_record(closed)
        with pytest.raises(RecordError, match="never modified"):
            RunRecord.reopen(closed)
    finally:
        (closed / SUMS).write_bytes(sums)
        (closed / "events.jsonl").write_bytes(events)
    assert verdict.closed
    assert verdict.problems == (
        f"{SUMS}: is missing; the record was closed, as ro-crate-metadata.json shows",
        "events.jsonl: its SHA-256 is not the one in ro-crate-metadata.json: it was changed after the close",
    )


@pytest.mark.parametrize(
    "name", ["spectra/better.msa", "images/anode_SE_0099.h5", ".hidden", "new/folder/file.csv", "run.nxs.part"]
)
def test_a_file_that_came_later_is_named(closed: Path, name: str) -> None:
    (closed / name).parent.mkdir(parents=True, exist_ok=True)
    (closed / name).write_bytes(b"")
    try:
        assert any(f"{name}: is not in" in problem for problem in verify_record(closed).problems)
    finally:
        (closed / name).unlink()
        shutil.rmtree(closed / "new", ignore_errors=True)


def test_the_file_is_innocent_where_the_sums_were_changed(closed: Path) -> None:
    whole = (closed / SUMS).read_bytes()
    line = next(line for line in whole.splitlines() if line.endswith(b"  frames.csv"))
    (closed / SUMS).write_bytes(whole.replace(line, b"0" * 64 + line[64:]))
    try:
        problems = verify_record(closed).problems
    finally:
        (closed / SUMS).write_bytes(whole)
    assert problems == (
        f"{SUMS}: its sum of frames.csv was changed afterwards: ro-crate-metadata.json confirms the file",
    )


@pytest.mark.parametrize("name", ["journal.jsonl", "protocol.yaml", "run.nxs", "metadata.json"])
def test_the_command_ends_with_1_and_names_the_file(
    closed: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(closed, folder)
    changed = bytearray((folder / name).read_bytes())
    changed[3] ^= 0x80
    (folder / name).write_bytes(changed)
    assert run_verify(folder, json=True) == 1
    assert any(name in problem for problem in json.loads(capsys.readouterr().out)["problems"])


def test_what_is_derived_later_changes_nothing(closed: Path) -> None:
    before = {name: (closed / name).read_bytes() for name in files_in(closed)}
    (closed / "derived" / "report").mkdir(parents=True)
    (closed / "derived" / "report" / "report.html").write_text("a report")
    try:
        assert verify_record(closed).ok
        assert {name: (closed / name).read_bytes() for name in before} == before
    finally:
        shutil.rmtree(closed / "derived")
