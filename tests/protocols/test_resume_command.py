"""`operando resume` where there is nothing to go on with: what it answers, and with which exit code."""

import zlib
from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.mortal_run import MortalRun
from support.run_protocols import HEAD
from typer.testing import CliRunner

from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.app import app
from operando.protocols.cli.failures import explain
from operando.protocols.record import Disk, RecordError, RunRecord
from operando.protocols.runner.resume import require_same_instruments

SHORTEST = HEAD + "cycling:\n  - Rest for 5 seconds\n"


def answer(folder: Path, *options: str) -> tuple[str, int | None]:
    result = CliRunner().invoke(app, ["resume", str(folder), *options])
    assert isinstance(result.exception, ConfigMismatch), result.output
    return str(result.exception), explain(result.exception)


def killed(folder: Path) -> MortalRun:
    run = MortalRun(SHORTEST, folder, without=("eds",))
    assert run.start(60) is None
    return run


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    said, code = answer(tmp_path)
    assert "no run" in said and code == 2


def test_a_finished_run(tmp_path: Path) -> None:
    SimulatedBench.open().run(SHORTEST, tmp_path / "run")
    said, code = answer(tmp_path / "run")
    assert "finished" in said and code == 2


def test_a_simulated_run_whose_world_is_gone(tmp_path: Path) -> None:
    killed(tmp_path / "run")
    said, code = answer(tmp_path / "run", "--bench", "sim")
    assert "gone" in said and "operando simulate" in said and code == 2


def test_a_run_that_another_process_carries_out(tmp_path: Path) -> None:
    killed(tmp_path / "run")
    record = RunRecord.reopen(tmp_path / "run", Disk())
    try:
        said, code = answer(tmp_path / "run", "--bench", "sim")
        assert "another process" in said and code == 2
        with pytest.raises(RecordError, match="another process"):
            RunRecord.reopen(tmp_path / "run", Disk())
    finally:
        record.release()


def test_other_instruments_than_those_of_the_run(tmp_path: Path) -> None:
    killed(tmp_path / "run")
    journal = tmp_path / "run" / "journal.jsonl"
    bench = SimulatedBench.open()
    require_same_instruments(bench.bench, tmp_path / "run")
    first, rest = journal.read_bytes().split(b"\n", 1)
    assert b"ES4HR20B0008" in first
    other = first.replace(b"ES4HR20B0008", b"ES4HR99X9999")
    journal.write_bytes(_checked_anew(other) + b"\n" + rest)
    with pytest.raises(ConfigMismatch, match=r"ES4HR20B0008.*the run began with.*ES4HR99X9999"):
        require_same_instruments(bench.bench, tmp_path / "run")
    bench.bench.close()


def _checked_anew(line: bytes) -> bytes:
    body = line.rpartition(b',"crc32":"')[0]
    return body + b',"crc32":"' + f"{zlib.crc32(body):08x}".encode() + b'"}'
