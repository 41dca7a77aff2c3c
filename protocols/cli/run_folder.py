"""The folder of a run, as it is named on the command line."""

from pathlib import Path

from rich.console import Console

from operando.drivers.errors import ConfigMismatch

__all__ = ["require_run", "say_if_awaited"]

SIGNS = ("journal.jsonl", "events.jsonl", "samples.blocks", "SHA256SUMS")
"""Any one of them makes a folder a record, whole or not."""
MOST = 3
A_FILE = "this is a file; a run is a folder"


def require_run(folder: Path) -> Path:
    """The folder, if it holds a record of whatever state.

    Raises:
        ConfigMismatch: if it is no folder, or holds nothing of a record; runs in it are named.
    """
    if folder.is_dir() and any((folder / sign).exists() for sign in SIGNS):
        return folder
    if not folder.exists():
        what = "there is no such folder"
    else:
        what = "this folder holds no run" if folder.is_dir() else A_FILE
    raise ConfigMismatch(what, where=str(folder), remedy=_near_by(folder) or "Name the folder of a run.")


def say_if_awaited(folder: Path, console: Console, *, quiet: bool = False) -> None:
    """Say that a run is waited for, and which ones could be meant, if there is none in the folder yet.

    Raises:
        ConfigMismatch: if it is a file, where no run will ever begin.
    """
    if folder.is_file():
        raise ConfigMismatch(A_FILE, where=str(folder), remedy=_near_by(folder) or "Name the folder of a run.")
    if quiet or (folder / "journal.jsonl").is_file():
        return
    console.print(f"no run in {folder} yet: waiting up to two minutes for one to begin", markup=False)
    if near_by := _near_by(folder):
        console.print(near_by, markup=False)


def _near_by(folder: Path) -> str:
    """The newest runs beside a folder or in it, in words; empty if there is none."""
    place = folder if folder.is_dir() else folder.parent
    found = sorted({path.parent for path in place.glob("*/journal.jsonl")} | _under_runs(place))
    newest = sorted(found, key=lambda run: run.stat().st_mtime, reverse=True)[:MOST]
    return f"Runs near by: {', '.join(map(str, newest))}." if newest else ""


def _under_runs(place: Path) -> set[Path]:
    """Where `operando run` writes if it is not told otherwise."""
    return {path.parent for path in place.glob("runs/*/journal.jsonl")}
