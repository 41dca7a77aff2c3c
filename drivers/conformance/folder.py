"""Writes the verdict into a folder: `index.html` for people, `verdict.json` for machines, `junit.xml` for a CI."""

from pathlib import Path

from operando.drivers.conformance.junit import junit_text
from operando.drivers.conformance.verdict import Verdict
from operando.drivers.conformance.verdict_file import verdict_text

__all__ = ["write_verdict"]


def write_verdict(verdict: Verdict, folder: Path) -> Path:
    """Write a verdict; one that is in the folder already is replaced.

    Returns:
        The folder.
    """
    from operando.drivers.conformance.page import page_text

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("junit.xml", junit_text(verdict)),
        ("index.html", page_text(verdict)),
        ("verdict.json", verdict_text(verdict)),  # last: the gate believes a folder that has it
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder
