"""The page of the command line holds every command and every option, as the application has them today."""

from pathlib import Path

import pytest
from support.command_reference import commands, with_reference

PAGE = Path(__file__).parents[3] / "docs" / "command_line.md"


def test_the_reference_is_that_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_reference(page), "make it anew: python docs/make_command_pages.py commands"


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_and_option_is_on_it(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    _, _, own = page.partition(f"### operando {name}\n")
    own = own.partition("\n### ")[0]
    options = [option for one in dict(commands())[name].params for option in one.opts if one.name != "help"]
    missing = [option for option in options if option.startswith("--") and f"`{option}`" not in own]
    assert own and missing == []


def test_words_that_users_rely_on_are_commands() -> None:
    words = ["demo", "check", "run", "resume", "verify", "why", "simulate", "view", "export", "report"]
    assert {*words, "bench list", "bench identify", "bench check", "detect eval"} <= {name for name, _ in commands()}
