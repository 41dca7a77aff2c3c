"""The most common mistakes of users, each made on the real command line: one screen, no traceback, as documented."""

import re
from pathlib import Path

import pytest
from support.user_errors import Answered, Mistake
from support.user_errors_page import answers, errors_page

PAGE = Path(__file__).parents[3] / "docs" / "errors.md"
SCREEN = 24
TOLD = list[tuple[Mistake, Answered]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> TOLD:
    return answers(tmp_path_factory.mktemp("mistakes"))


def test_the_page_shows_what_is_said_today(told: TOLD) -> None:
    said = errors_page(told)
    assert PAGE.read_text(encoding="utf-8") == said, "make it anew: python docs/make_command_pages.py"


def test_there_are_forty_and_none_twice(told: TOLD) -> None:
    assert len(told) >= 40
    assert len({mistake.did for mistake, _ in told}) == len(told)


def test_nothing_succeeds_and_nothing_shows_a_traceback(told: TOLD) -> None:
    wrong = [mistake.did for mistake, answered in told if answered.code not in (1, 2)]
    assert wrong == []
    leaked = [
        mistake.did
        for mistake, answered in told
        if re.search(r"Traceback|Errno|defect|<class|object at 0x", answered.text)
    ]
    assert leaked == []


def test_only_what_the_world_refuses_is_a_failure_all_else_is_wrong_input(told: TOLD) -> None:
    failed = {mistake.kind for mistake, answered in told if answered.code == 1}
    assert failed <= {"The bench", "A run"}


def test_each_fits_on_one_screen(told: TOLD) -> None:
    too_long = [mistake.did for mistake, answered in told if _lines(answered.text) > SCREEN]
    assert too_long == []


def _lines(text: str) -> int:
    """A dry run is as long as it is; what speaks against it stands at its end."""
    found = re.search(r"^error  ", text, re.MULTILINE)
    return len((text[found.start() :] if found else text).splitlines())


def test_each_says_what_to_do(told: TOLD) -> None:
    """A remedy of its own, what is allowed, or an example."""
    helpful = re.compile(
        r"^  do |did you mean|Did you mean|llowed|for instance|--help|: missing|is missing|write |^  [A-Z].*\.$|"
        r"indent with|name a file|is empty|given twice|it was changed|ends by|Bench files go|install a|YAML",
        re.MULTILINE,
    )
    silent = [mistake.did for mistake, answered in told if not helpful.search(answered.text)]
    assert silent == []
