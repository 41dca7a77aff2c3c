"""What a check says: how bad it is, where it comes from, the numbers and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Finding", "error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has found.

    Args:
        severity: an error refuses the program, a warning does not.
        line: of the protocol file; 0 for something that is not there.
        what: a sentence with the numbers.
        numbers: the same numbers in SI units, by name.
        remedy: what to do.
    """

    severity: Literal["error", "warning"]
    line: int
    what: str
    remedy: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.severity}: line {self.line}: {self.what}. {self.remedy}"


def error(line: int, what: str, remedy: str, **numbers: float) -> Finding:
    """A finding that refuses the program."""
    return Finding("error", line, what, remedy, numbers)


def warning(line: int, what: str, remedy: str, **numbers: float) -> Finding:
    """A finding that the program may run in spite of."""
    return Finding("warning", line, what, remedy, numbers)
