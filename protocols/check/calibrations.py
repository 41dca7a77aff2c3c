"""What the numbers of a run will rest on."""

from collections.abc import Iterator

from operando.protocols.calibrations import judge_calibrations
from operando.protocols.check.finding import Finding, warning
from operando.protocols.plan import BenchFacts
from operando.protocols.program import Program

__all__ = ["check_calibrations"]


def check_calibrations(program: Program, facts: BenchFacts) -> Iterator[Finding]:
    """Calibrations that are missing or too old; nothing on a bench that is simulated throughout."""
    if facts.calibrations is None or facts.day is None:
        return
    for one in judge_calibrations(program, facts.calibrations, facts.day, with_load_cell=bool(facts.forces)):
        if one.verdict != "in force":
            numbers = {"age_days": one.age_days} if one.age_days is not None else {}
            remedy = f"Measure it, and write it under 'record: {{calibrations: {{{one.of}: ...}}}}' of the bench file."
            yield warning(0, one.said, remedy, **numbers)
