"""The folder of a run, as it is named on the command line."""

from pathlib import Path

from operando.drivers.errors import ConfigMismatch

__all__ = ["require_run"]

SIGNS = ("journal.jsonl", "events.jsonl", "samples.blocks", "SHA256SUMS")
"""Any one of them makes a folder a record, whole or not."""
MOST = 3


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
        what = "this folder holds no run" if folder.is_dir() else "this is a file; a run is a folder"
    place = folder if folder.is_dir() else folder.parent
    found = sorted({path.parent for path in place.glob("*/journal.jsonl")} | _under_runs(place))
    newest = sorted(found, key=lambda run: run.stat().st_mtime, reverse=True)[:MOST]
    remedy = f"Runs near by: {', '.join(map(str, newest))}." if newest else "Name the folder of a run."
    raise ConfigMismatch(what, where=str(folder), remedy=remedy)


def _under_runs(place: Path) -> set[Path]:
    """Where `operando run` writes if it is not told otherwise."""
    return {path.parent for path in place.glob("runs/*/journal.jsonl")}
