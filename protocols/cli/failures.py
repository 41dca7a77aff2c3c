"""Turns errors into what a person reads, and an exit code."""

import sys

from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch, OperandoError

__all__ = ["RUN_FAILED", "WRONG_INPUT", "explain"]

RUN_FAILED = 1
WRONG_INPUT = 2


def explain(error: Exception) -> int | None:
    """Print an error of operando's own and return the exit code; None for a defect, which deserves its traceback."""
    if not isinstance(error, OperandoError):
        return None
    print(str(error), file=sys.stderr)  # noqa: T201  the terminal is where this belongs
    return WRONG_INPUT if isinstance(error, DocumentError | ConfigMismatch) else RUN_FAILED
