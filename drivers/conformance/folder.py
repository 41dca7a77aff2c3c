"""Writes the verdict into a folder: `index.html` for people, `verdict.json` for machines, `junit.xml` for a CI."""

from pathlib import Path

from operando.drivers.conformance.junit import junit_text
from operando.drivers.conformance.verdict import Verdict
from operando.drivers.conformance.verdict_file import verdict_text
from operando.drivers.errors import ConfigMismatch

__all__ = ["require_folder_for_verdict", "write_verdict"]

FOR_CI, FOR_PEOPLE, FOR_MACHINES = "junit.xml", "index.html", "verdict.json"
FILES = {FOR_CI, FOR_PEOPLE, FOR_MACHINES}


def require_folder_for_verdict(folder: Path) -> None:
    """See, before anything is judged, that a verdict may be written into a folder: new, empty, or an older verdict.

    Raises:
        ConfigMismatch: if something else is there, a finished record for instance.
    """
    if not folder.exists():
        return
    inside = [path.name for path in folder.iterdir()] if folder.is_dir() else ["a file"]
    others = sorted(name for name in inside if name not in FILES)
    if others:
        raise ConfigMismatch(
            f"{str(folder)!r} is taken by what is no verdict: {', '.join(others[:3])}",
            where="the folder for the verdict",
            remedy="Name a folder that is new, empty, or holds an older verdict, which is then replaced.",
        )


def write_verdict(verdict: Verdict, folder: Path) -> Path:
    """Write a verdict; one that is in the folder already is replaced.

    Returns:
        The folder.
    """
    from operando.drivers.conformance.page import page_text

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        (FOR_CI, junit_text(verdict)),
        (FOR_PEOPLE, page_text(verdict)),
        (FOR_MACHINES, verdict_text(verdict)),  # last: the gate believes a folder that has it
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder
