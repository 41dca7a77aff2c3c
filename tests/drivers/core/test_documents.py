"""Documents: lines, paths and sentences about what is wrong."""

from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Discriminator, Field, Tag

from operando.drivers.documents import DocumentError, StrictModel, dotted, parse_document
from operando.drivers.nearest import unknown_word


class Cat(StrictModel):
    meows: bool = True
    lives: Annotated[int, Field(ge=1)] = 9


class Dog(StrictModel):
    barks: bool
    tricks: tuple[Literal["sit", "roll"], ...] = ()


class House(StrictModel):
    pets: dict[
        str,
        Annotated[
            Annotated[Cat, Tag("<cat>")] | Annotated[Dog, Tag("<dog>")],
            Discriminator(lambda value: "<dog>" if "barks" in value else "<cat>"),
        ],
    ]
    rooms: tuple[int, int] | None = None


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        parse_document(text, "f").validate(House)
    return str(refused.value).split("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pets:\n  tom: {meow: true}", "f:2: pets.tom.meow: unknown key 'meow'; did you mean 'meows'? "
         "Allowed here: meows, lives"),
        ("pets:\n  rex: {barks: true, lifes: 2}", "f:2: pets.rex.lifes: unknown key 'lifes'; "
         "allowed here: barks, tricks"),
        ("pets:\n  rex:\n    barks: true\n    tricks: [sit, rol]", "f:4: pets.rex.tricks[1]: unknown word 'rol'; "
         "did you mean 'roll'? Allowed here: sit, roll"),
        ("pets:\n  tom: {lives: 0}", "f:2: pets.tom.lives: must be at least 1"),
        ("pets:\n  tom: {lives: many}", "f:2: pets.tom.lives: must be a whole number, not 'many'"),
        ("pets: 3", "f:1: pets: must be a mapping of keys to values, not 3"),
        ("pets: {}\nrooms: 3", "f:2: rooms: must be a list, not 3"),
        ("pets: {}\nrooms: [1]", "f:2: rooms[1]: is missing"),
        ("roms: [1, 2]\npets: {}", "f:1: roms: unknown key 'roms'; did you mean 'rooms'? Allowed here: pets, rooms"),
        ("petz: {}", "f:1: petz: unknown key 'petz'; did you mean 'pets'? Allowed here: pets, rooms"),
        ("", "f:1: the document is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_with_line_and_path(text: str, expected: object) -> None:
    assert problems(text) == [expected]


def test_tags_of_unions_never_stand_in_a_path() -> None:
    assert not any("<" in problem for problem in problems("pets:\n  tom: {meows: perhaps}\n  rex: {barks: 7, x: 1}"))


def test_a_key_from_a_merge_is_reported_at_the_place_it_is_merged_into() -> None:
    text = "pets:\n  a: &a {lives: 3}\n  b:\n    <<: *a\n    meow: true\n"
    assert problems(text) == [
        "f:5: pets.b.meow: unknown key 'meow'; did you mean 'meows'? Allowed here: meows, lives"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", "f:2: the key 'a' is given twice"),
        ("a:\n\tb: 1\n", "f:2: not valid YAML: a tab; indent with spaces"),
        ("a: b: c", "f:1: not valid YAML: a second ': ' in one line; put text with a colon in quotes"),
        ("a: [1, 2", "f:1: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        ("when: 2026-13-45", "f:1: not valid YAML: month must be in 1..12"),
    ],
)
def test_what_is_no_yaml_is_said_with_its_line(text: str, expected: object) -> None:
    with pytest.raises(DocumentError) as refused:
        parse_document(text, "f")
    assert str(refused.value) == expected


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_a_document_or_refused(text: str) -> None:
    try:
        parse_document(text, "f").validate(House)
    except DocumentError as error:
        assert error.problems


def test_paths_are_written_as_people_write_them() -> None:
    assert dotted(("cycling", 2, "steps", 0, "step")) == "cycling[2].steps[0].step"


def test_a_word_that_resembles_none_gets_no_guess() -> None:
    assert unknown_word("region", "xyz", ["anode"]) == "unknown region 'xyz'; allowed here: anode"
    assert unknown_word("region", "xyz", []) == "unknown region 'xyz'; there is none here"
