"""The published JSON Schema: what an editor needs to complete and to underline."""

import json
from collections.abc import Iterator

from pydantic import TypeAdapter

from operando.protocols.document import protocol_schema


def objects(schema: object) -> Iterator[dict[str, object]]:
    """Every object with named properties in a schema."""
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_every_object_refuses_unknown_keys() -> None:
    found = list(objects(protocol_schema()))
    assert len(found) > 15
    assert all(schema["additionalProperties"] is False for schema in found)


def test_quantities_are_text_with_an_example() -> None:
    every = protocol_schema()
    assert json.dumps(every).count('"a time with its unit"') > 10
    assert '"examples": ["45 min"]' in json.dumps(every)


def test_keys_stand_as_they_are_written() -> None:
    rest = next(schema for schema in objects(protocol_schema()) if schema.get("title") == "RestSettings")
    assert list(TypeAdapter(dict[str, object]).validate_python(rest["properties"])) == ["for", "until", "at_most"]


def test_top_level_keys_and_what_is_required() -> None:
    schema = protocol_schema()
    assert schema["required"] == ["operando", "title", "sample"]
    properties = TypeAdapter(dict[str, object]).validate_python(schema["properties"])
    assert {"cycling", "regions", "captures", "when", "dose", "interlocks"} <= set(properties)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
