"""What a protocol refers to is kept beside it."""

from dataclasses import replace
from pathlib import Path

from support.made_up_run import run_header

from operando.protocols.record import RunRecord, verify_record


def test_attachments_are_kept_and_covered_by_the_checksums(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", replace(run_header(), attachments={"formation.json": "{}"}))
    record.close("completed")
    kept = tmp_path / "run" / "attachments" / "formation.json"
    assert kept.read_text(encoding="utf-8") == "{}"
    assert verify_record(tmp_path / "run").ok
    kept.write_text("{ }", encoding="utf-8")
    verdict = verify_record(tmp_path / "run")
    assert any("formation.json" in problem for problem in verdict.problems)
