"""Finds names that a document uses and does not define: regions, captures and steps.

It walks the raw data, so that it also finds them in a document with other mistakes.
"""

from collections.abc import Iterator, Mapping

from operando.drivers.documents import Document, Problem, unknown_word
from operando.protocols.document.protocol_file import SPOT
from operando.protocols.focus import BESIDE

__all__ = ["OBSERVED_STEPS", "STEP_NAMES", "unknown_names"]

Path = tuple[str | int, ...]
STEP_NAMES: Mapping[str, str] = {"rest": "rest", "impedance": "impedance"}
"""How steps are called that have no name and no sentence."""
OBSERVED_STEPS = ("charge", "discharge", "hold", "rest", "impedance")
"""How the steps of another program are called, which a protocol without cycling of its own may follow."""
ALSO: Mapping[str, tuple[str, ...]] = {"dose": (SPOT,), "focus": (BESIDE,)}
"""Words that mean no region of their own, by the part of the document in which they may stand."""


def unknown_names(document: Document, their_steps: tuple[str, ...] | None = None) -> list[Problem]:
    """All uses of names that are defined nowhere, each with the nearest one that is.

    Args:
        document: the protocol.
        their_steps: names of steps that another file brings in, where one does and they are known.
    """
    root = _mapping(document.data)
    elsewhere = isinstance(root.get("cycling"), dict)
    defined = {
        "region": tuple(map(str, _mapping(root.get("regions")))),
        "capture": tuple(map(str, _mapping(root.get("captures")))),
        "step": tuple(dict.fromkeys([*_step_names(root.get("cycling")), *(their_steps or ())]))
        or (OBSERVED_STEPS if "imaging_only" in root else ()),
    }
    problems = []
    for kind, path, name in _uses(root):
        if kind == "step" and elsewhere and their_steps is None:
            continue
        known = (*defined[kind], *ALSO.get(str(path[0]), ()))
        if name not in known:
            problems.append(document.problem(path, unknown_word(kind, name, known)))
    return problems


def _uses(root: Mapping[object, object]) -> Iterator[tuple[str, Path, str]]:
    for name, capture in _mapping(root.get("captures")).items():
        yield from _words("region", ("captures", str(name), "regions"), _mapping(capture).get("regions"))
    yield from _captures_in_cycling(("cycling",), root.get("cycling"))
    for index, entry in _entries(root.get("when")):
        trigger = _mapping(entry)
        for key, kind in (("capture", "capture"), ("during", "step")):
            yield from _words(kind, ("when", index, key), trigger.get(key))
        yield from _in_condition(("when", index), trigger)
    failed = _mapping(_mapping(root.get("failures")).get("potentiostat"))
    yield from _words("capture", ("failures", "potentiostat", "image"), failed.get("image"))
    yield from _words("region", ("focus", "on"), _mapping(root.get("focus")).get("on"))
    for region in _mapping(root.get("dose")):
        yield "region", ("dose", str(region)), str(region)


def _in_condition(path: Path, condition: Mapping[object, object]) -> Iterator[tuple[str, Path, str]]:
    for key in ("start_of", "just_before_end_of", "after_end_of"):
        yield from _words("step", (*path, key), condition.get(key))
    yield from _words("region", (*path, "dose", "region"), _mapping(condition.get("dose")).get("region"))
    for key in ("all", "any"):
        for index, part in _entries(condition.get(key)):
            yield from _in_condition((*path, key, index), _mapping(part))
    if "not" in condition:
        yield from _in_condition((*path, "not"), _mapping(condition["not"]))


def _words(kind: str, path: Path, value: object) -> Iterator[tuple[str, Path, str]]:
    if isinstance(value, str):
        yield kind, path, value
    for index, word in _entries(value):
        if isinstance(word, str):
            yield kind, (*path, index), word


def _captures_in_cycling(path: Path, value: object) -> Iterator[tuple[str, Path, str]]:
    for index, entry in _entries(value):
        step = _mapping(entry)
        yield from _words("capture", (*path, index, "capture"), step.get("capture"))
        yield from _picture((*path, index, "picture"), step.get("picture"))
        yield from _captures_in_cycling((*path, index, "steps"), step.get("steps"))


def _picture(path: Path, value: object) -> Iterator[tuple[str, Path, str]]:
    """`capture` or `capture/region`."""
    if isinstance(value, str):
        capture, _, region = value.partition("/")
        yield "capture", path, capture
        if region:
            yield "region", path, region


def _step_names(value: object) -> Iterator[str]:
    for _, entry in _entries(value):
        step = _mapping(entry)
        if isinstance(entry, str):
            yield " ".join(entry.split())
        elif isinstance(name := step.get("name"), str):
            yield name
        elif isinstance(sentence := step.get("step"), str):
            yield " ".join(sentence.split())
        yield from (name for key, name in STEP_NAMES.items() if key in step and "name" not in step)
        yield from _step_names(step.get("steps"))


def _mapping(value: object) -> Mapping[object, object]:
    return value if isinstance(value, dict) else {}


def _entries(value: object) -> Iterator[tuple[int, object]]:
    if isinstance(value, list):
        yield from enumerate(value)
