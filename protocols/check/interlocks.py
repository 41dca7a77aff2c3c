"""What the interlocks cannot see."""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, warning
from operando.protocols.plan import BenchFacts
from operando.protocols.program import Program

__all__ = ["check_interlocks"]


def check_interlocks(program: Program, facts: BenchFacts) -> Iterator[Finding]:
    """Interlocks for which the bench has no gauge."""
    measured = {"pressure": facts.pressures, "temperature": facts.thermometers}
    for rule in program.interlocks:
        for source in sorted(rule.sources, key=str):
            if source.quantity in measured and source.place not in measured[source.quantity]:
                yield warning(
                    rule.line,
                    f"the interlock {rule.name!r} watches the {source}, which no gauge of the bench measures: "
                    "it will not be judged",
                    f"Name a gauge that measures {source.place!r} in the bench file, or leave the interlock out.",
                )
