"""`operando export`: its words, exit codes and messages."""

import sys
from pathlib import Path

import pytest
from rich.console import Console

from operando.protocols.cli import export as command
from operando.protocols.cli.entry import main
from operando.protocols.cli.export import run_export


def operando(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run the command line; its exit code."""
    monkeypatch.setattr(sys, "argv", ["operando", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_files_are_written_and_named(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--to", "csv", "--out", tmp_path, "--since", "1 min", "--until", "2 min", "--cycle", 1)
    assert operando(monkeypatch, "export", closed, *words) == 0
    assert capsys.readouterr().out == f"3 files in {tmp_path}\n"
    samples = (tmp_path / "samples_cycle1_from60s_to120s.csv").read_text(encoding="utf-8").splitlines()
    assert len(samples) == 61


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--to", "tiff"), 2, "Did you mean 'ome-tiff'?"),
        (("--to", "png", "--region", "anoed"), 2, "Did you mean 'anode'?"),
        (("--to", "png", "--since", "5"), 2, "'5' has no unit; expected a time"),
        (("--to", "png", "--cycle", "9"), 2, "nothing in the run is of that kind"),
    ],
    ids=["format", "region", "time", "nothing"],
)
def test_what_is_wrong_is_said(
    closed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    assert operando(monkeypatch, "export", closed, *words, "--out", tmp_path) == code
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert operando(monkeypatch, "export", tmp_path, "--to", "csv") == 2
    assert "Name the folder of a run." in capsys.readouterr().err


def test_a_terminal_sees_how_far_it_is(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "Console", lambda **options: Console(**options, force_terminal=True, width=100))
    chosen = {"region": None, "detector": None, "since": None, "until": None}
    assert run_export(closed, "png", tmp_path, **chosen, cycle=None) == 0
    seen = capsys.readouterr().out
    assert "pictures" in seen
    assert "12/12" in seen
