"""The phases as they are shipped, read from `phases.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from operando.drivers.documents import StrictModel, read_document
from operando.protocols.interlocks import Action, ConditionEntry, Phase
from operando.protocols.lists import one_or_several
from operando.protocols.phases.description import Deed, PhaseDescription

__all__ = ["described"]


class _PhaseEntry(StrictModel):
    phase: Phase
    what: Annotated[str, Field(min_length=1)]
    follows: Annotated[tuple[Phase, ...], Field(min_length=1), one_or_several]
    allows: tuple[Deed, ...] = ()
    homeward: bool = False
    permitted_by: Action | None = None
    confirmed_before: bool = False
    blocked_while: tuple[ConditionEntry, ...] = ()
    tell: tuple[str, ...] = ()


class _PhasesFile(StrictModel):
    phases: tuple[_PhaseEntry, ...]


@cache
def described() -> Mapping[Phase, PhaseDescription]:
    """Every phase, in the order of the way."""
    file = read_document(Path(__file__).with_name("phases.yaml")).validate(_PhasesFile)
    return {entry.phase: _description(entry) for entry in file.phases}


def _description(entry: _PhaseEntry) -> PhaseDescription:
    return PhaseDescription(
        phase=entry.phase,
        what=entry.what,
        follows=frozenset(entry.follows),
        allows=frozenset(entry.allows),
        homeward=entry.homeward,
        permitted_by=entry.permitted_by,
        confirmed_before=entry.confirmed_before,
        blocked_while=tuple(condition.condition() for condition in entry.blocked_while),
        tell=entry.tell,
    )
