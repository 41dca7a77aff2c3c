"""Turns what pydantic says about a document into sentences for the person who wrote it."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from operando.drivers.model_keys import is_tag, keys_at, values_at
from operando.drivers.nearest import nearest, unknown_key, unknown_word

__all__ = ["complaints"]

Step = str | int
Path = tuple[Step, ...]

SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "mapping_type": "must be a mapping of keys to values",
}
WITH_A_LIMIT = {
    "greater_than": ("must be more than {}", "gt"),
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than": ("must be less than {}", "lt"),
    "less_than_equal": ("must be at most {}", "le"),
    "too_short": ("needs at least {} entries", "min_length"),
    "too_long": ("takes at most {} entries", "max_length"),
    "string_too_short": ("must not be empty", "min_length"),
}


def complaints(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    """Each thing that is wrong, as its path in the document and a sentence.

    A key that is misspelt is not reported a second time as missing.
    """
    items = error.errors(include_url=False)
    strangers = [item["loc"] for item in items if item["type"] == "extra_forbidden"]
    for item in items:
        if not (item["type"] == "missing" and _misspelt(item["loc"], strangers)):
            yield tuple(step for step in item["loc"] if not is_tag(step)), _sentence(item, model)


def _misspelt(missing: Path, strangers: Sequence[Path]) -> bool:
    beside = [str(path[-1]) for path in strangers if path[:-1] == missing[:-1]]
    return nearest(str(missing[-1]), beside) is not None


def _sentence(item: ErrorDetails, model: type[BaseModel]) -> str:
    kind, path, limits = item["type"], item["loc"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_key(str(path[-1]), keys_at(model, path[:-1]))
    if kind == "literal_error":
        valid = values_at(model, path)
        if not isinstance(item["input"], str):
            return f"must be {' or '.join(valid)}, not {_shown(item['input'])}"
        return unknown_word("word", item["input"], valid)
    if kind == "string_type" and path[-1] == "[key]":
        return f"a name must be text; write it in quotes: '{path[-2]}'"
    if kind in SENTENCES:
        given = "" if kind == "missing" else f", not {_shown(item['input'])}"
        return SENTENCES[kind] + given
    if kind in WITH_A_LIMIT:
        sentence, limit = WITH_A_LIMIT[kind]
        return sentence.format(f"{limits[limit]:g}" if limit in limits else "")
    message = item["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else repr(value)
