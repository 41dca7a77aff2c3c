"""`operando report RUN`: its words, its exit codes, and its silence where nobody looks."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operando.protocols.cli.app import app
from operando.protocols.cli.entry import main


def test_the_page_is_named(run: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(run)])
    assert done.exit_code == 0
    page = run / "derived" / "report" / "report.html"
    assert page.is_file()
    assert done.output.startswith(f"report: {page} (")
    assert len(done.output.splitlines()) == 1


def test_for_machines_it_is_one_object(run: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(run), "--out", str(tmp_path / "there"), "--json"])
    told = json.loads(done.stdout)
    assert Path(told["page"]) == tmp_path / "there" / "report.html"
    assert told["bytes"] == Path(told["page"]).stat().st_size
    assert "cell" in told["figures"]


def test_a_folder_that_is_no_run_is_a_wrong_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["operando", "report", str(tmp_path)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code in (1, 2)
    assert "Traceback" not in capsys.readouterr().err
