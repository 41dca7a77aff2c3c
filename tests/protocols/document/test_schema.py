"""The published JSON Schema: what an editor needs to complete and to underline."""

from operando.protocols.document import protocol_schema


def objects(schema):
    """Every object with named properties in a schema."""
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_every_object_refuses_unknown_keys():
    found = list(objects(protocol_schema()))
    assert len(found) > 15
    assert all(schema["additionalProperties"] is False for schema in found)


def test_quantities_are_text_with_an_example():
    trigger = protocol_schema()["$defs"]["TriggerEntry"]["properties"]
    every = next(choice for choice in trigger["every"]["anyOf"] if choice["type"] == "string")
    assert every["examples"] == ["45 min"]


def test_keys_stand_as_they_are_written():
    rest = protocol_schema()["$defs"]["RestSettings"]["properties"]
    assert list(rest) == ["for", "until", "at_most"]


def test_top_level_keys_and_what_is_required():
    schema = protocol_schema()
    assert {"operando", "title", "sample"} == set(schema["required"])
    assert {"cycling", "regions", "captures", "when", "dose", "interlocks"} <= set(schema["properties"])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
