"""The page of the documentation that shows what the most common mistakes are answered with."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from support.user_errors import MISTAKES, Answered, Mistake, answer_to

__all__ = ["answers", "errors_page"]

HEAD = """\
# What errors say

The mistakes that are made most often, and what operando answers: what is wrong, where, and what to do. A traceback is
shown with `--debug` only. This page is made by making each mistake on the real command line.

Exit codes: 0 done, 1 the run or check failed, 2 the input is wrong, 3 interrupted and confirmed safe, 4 ended and
safety not confirmed.
"""


def answers(folder: Path) -> list[tuple[Mistake, Answered]]:
    """Make every mistake, each in a folder of its own."""
    told = []
    for number, mistake in enumerate(MISTAKES):
        own = folder / str(number)
        own.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", str(folder / "state"))
            told.append((mistake, answer_to(mistake, own, patch)))
    return told


def errors_page(told: Sequence[tuple[Mistake, Answered]]) -> str:
    """The page: a table of all, then each as the terminal shows it."""
    return "\n".join([HEAD, *_table(told), "", *_screens(told)])


def _table(told: Sequence[tuple[Mistake, Answered]]) -> Iterator[str]:
    yield "| what was done | what is said | exit code |"
    yield "|---|---|---|"
    for mistake, answered in told:
        said = _what(answered.text).replace("|", "\\|").replace("`", "'")
        yield f"| {mistake.did} | {said} | {answered.code} |"


def _screens(told: Sequence[tuple[Mistake, Answered]]) -> Iterator[str]:
    for kind, group in groupby(told, key=lambda one: one[0].kind):
        yield f"## {kind}\n"
        for mistake, answered in group:
            yield f"{mistake.did[0].upper()}{mistake.did[1:]}:\n"
            yield f"```text\n$ {answered.typed}\n{_errors(answered.text)}\n```\n"


def _errors(text: str) -> str:
    """Of a dry run only what speaks against it."""
    found = re.search(r"^error  ", text, re.MULTILINE)
    return text[found.start() :] if found else text


def _what(text: str) -> str:
    """The sentence that says what is wrong, from any of the forms in which it is shown."""
    lines = [line.strip(" │") for line in _errors(text).splitlines()]
    if boxed := [at for at, line in enumerate(lines) if line.startswith("╭")]:
        return lines[boxed[0] + 1]
    if lines[0].startswith("error  "):
        return lines[1]
    if lines[0].endswith("cannot be used") or "problems" in lines[0]:
        rest = " ".join(lines[1:])
        return re.split(r" line \d+ | [Aa]llowed here", re.sub(r"^line \d+ +", "", rest))[0].strip(" ;")
    return lines[0].removeprefix("error: ")
