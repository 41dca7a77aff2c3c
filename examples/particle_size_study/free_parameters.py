"""Which parameters of the simulated cells are free: read from the data files in which each value has its source."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from operando.drivers.documents import parse_document

__all__ = ["FreeParameter", "free_parameters", "free_sentence", "free_table", "parameter_count"]

_COMMON = "common"
_FREE = re.compile(r"\bfree\b")


@dataclass(frozen=True, slots=True)
class FreeParameter:
    """One entry of a data file whose source says that it is free, wholly or in a range.

    Args:
        batch: whose own it is, or "common" to all.
        value: as the file has it, in the SI unit that the name ends with.
    """

    name: str
    batch: str
    value: str
    source: str


def free_parameters(batches: Sequence[str]) -> tuple[FreeParameter, ...]:
    """Those that all cells share, and then those of each batch."""
    return tuple(
        FreeParameter(name, batch, _shown(entry["value"]), source)
        for batch, name, entry in _entries(batches)
        if _FREE.search(source := str(entry["source"]))
    )


def parameter_count(batches: Sequence[str]) -> int:
    """How many values there are in the same files, free or not."""
    return sum(1 for _ in _entries(batches))


def free_sentence(batches: Sequence[str]) -> str:
    """How many are free; what a picture shows and what the beam does is no data file's."""
    free, all_of_them = len(free_parameters(batches)), parameter_count(batches)
    return (
        f"{free} of the {all_of_them} values that make these cells are free, wholly or in a range "
        "(free_parameters.md); so are the sizes of what the beam does to the specimen, the arrangement of cracks and "
        "the signals of the interphases. This proves the chain of measurement, not the science."
    )


def free_table(batches: Sequence[str]) -> str:
    """All of them, in Markdown."""
    lines = ["| parameter | batch | value | source |", "| --- | --- | --- | --- |"]
    lines += [f"| {one.name} | {one.batch} | {one.value} | {one.source} |" for one in free_parameters(batches)]
    return "\n".join(lines) + "\n"


def _entries(batches: Sequence[str]) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Batch, name, and what the file says; a batch that comes twice counts once."""
    for batch in (_COMMON, *dict.fromkeys(batches)):
        file = f"cell_{batch}.yaml"
        text = files("operando.simulators.world").joinpath(file).read_text(encoding="utf-8")
        data = parse_document(text, file).data
        assert isinstance(data, Mapping)
        yield from ((batch, name, entry) for name, entry in _with_sources(data))


def _with_sources(data: Mapping[str, object], section: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    """The entries of a file, also those of a section, by their names with that of the section."""
    for name, entry in data.items():
        if isinstance(entry, Mapping):
            if "source" in entry:
                yield section + name, entry
            else:
                yield from _with_sources(entry, f"{section}{name}.")


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_shown(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
