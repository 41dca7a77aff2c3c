"""What can go wrong when a run is read."""

from collections.abc import Iterable
from difflib import get_close_matches

from operando.drivers.errors import ConfigMismatch, OperandoError

__all__ = ["MissingPackage", "NotInRun", "name_in"]


class NotInRun(ConfigMismatch):
    """What was asked for is not in the run."""


class MissingPackage(OperandoError):
    """A package that is needed for this alone is not installed."""


def name_in(wanted: str, names: Iterable[str], kind: str, where: str) -> str:
    """The name that is wanted, however it is capitalised.

    Raises:
        NotInRun: if there is none; says which is nearest, or which there are.
    """
    by_folded = {name.casefold(): name for name in names}
    found = by_folded.get(wanted.casefold())
    if found is not None:
        return found
    near = get_close_matches(wanted.casefold(), by_folded, 1)
    all_names = ", ".join(by_folded.values()) or "none"
    remedy = f"Did you mean {by_folded[near[0]]!r}?" if near else f"There are: {all_names}."
    raise NotInRun(f"there is no {kind} {wanted!r}", where=where, remedy=remedy)
