"""The rules that are shipped, read from `shipped.yaml`, which has the grammar of a document's own rules."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from operando.drivers.documents import StrictModel, read_document
from operando.protocols.interlocks.entries import RuleEntry
from operando.protocols.interlocks.rules import Rule

__all__ = ["shipped_rules"]


class _ShippedEntry(RuleEntry):
    always: bool = False
    with_phases: bool = False
    lost_link_trips: bool = True
    why: Annotated[str, Field(min_length=1)]


class _ShippedFile(StrictModel):
    rules: tuple[_ShippedEntry, ...]


@cache
def shipped_rules() -> Mapping[str, Rule]:
    """Every shipped rule by its name, in the order of the file."""
    file = read_document(Path(__file__).with_name("shipped.yaml")).validate(_ShippedFile)
    return {
        entry.name: replace(
            entry.rule(always=entry.always, lost_link_trips=entry.lost_link_trips, why=entry.why),
            with_phases=entry.with_phases,
        )
        for entry in file.rules
    }
