"""Which keys a pydantic model allows at a place inside it, found by walking its types along a path."""

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag

__all__ = ["is_tag", "keys_at", "values_at"]

Step = str | int


def is_tag(step: Step) -> bool:
    """Whether a part of an error's path is no part of the document.

    Pydantic puts the tags of unions and words such as `[key]` into its paths. Tags of ours stand in angle brackets.
    """
    return isinstance(step, str) and (step.startswith("<") or step == "[key]")


def keys_at(model: type[BaseModel], path: Sequence[Step]) -> list[str]:
    """The keys that a mapping may have at a path, with the tags of unions in it; empty if any key will do."""
    keys: dict[str, None] = {}
    for place in _walk(model, path):
        for part in _flat(place):
            if isinstance(part, type) and issubclass(part, BaseModel):
                keys |= dict.fromkeys(field.alias or name for name, field in part.model_fields.items())
    return list(keys)


def values_at(model: type[BaseModel], path: Sequence[Step]) -> list[str]:
    """The words that may stand at a path, where a `Literal` says so."""
    return [
        str(value)
        for place in _walk(model, path)
        for part in _flat(place)
        if get_origin(part) is Literal
        for value in get_args(part)
    ]


def _walk(annotation: object, path: Sequence[Step]) -> Iterator[object]:
    if not path:
        yield annotation
        return
    for inside in _inside(annotation, path[0]):
        yield from _walk(inside, path[1:])


def _inside(annotation: object, step: Step) -> Iterator[object]:
    """The types that stand one step further in."""
    if isinstance(step, str) and is_tag(step):
        yield from _tagged(annotation, step)
        return
    for part in _flat(annotation):
        origin, arguments = get_origin(part), get_args(part)
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield from (f.annotation for name, f in part.model_fields.items() if step == (f.alias or name))
        elif origin in (tuple, list) and isinstance(step, int):
            repeated = origin is list or arguments[-1] is Ellipsis
            yield from arguments[:1] if repeated else arguments[step : step + 1]
        elif origin in (dict, Mapping):
            yield arguments[1]


def _tagged(annotation: object, tag: str) -> Iterator[object]:
    """The members of a union that carry a tag."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        if any(isinstance(item, Tag) and item.tag == tag for item in metadata):
            yield inner
        else:
            yield from _tagged(inner, tag)
    elif get_origin(annotation) in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _tagged(member, tag)


def _flat(annotation: object) -> Iterator[object]:
    """The members of unions, without their annotations."""
    if get_origin(annotation) is Annotated:
        yield from _flat(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _flat(member)
    else:
        yield annotation
