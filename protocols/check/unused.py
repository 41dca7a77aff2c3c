"""What is written and never used, and what the interlocks cannot see."""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, warning
from operando.protocols.plan import BenchFacts
from operando.protocols.program import CaptureNow, Program

__all__ = ["check_interlocks", "check_unused"]


def check_unused(program: Program) -> Iterator[Finding]:
    """Regions that no capture looks at, and captures that nothing takes."""
    looked_at = {name for capture in program.captures.values() for name in capture.regions}
    for region in program.regions.values():
        if region.name not in looked_at and not region.only:
            yield warning(
                region.line, f"no capture looks at region {region.name!r}", "Name it in a capture, or take it out."
            )
    taken = {trigger.capture for trigger in program.triggers}
    taken |= {action.capture for action in program if isinstance(action, CaptureNow)}
    for capture in program.captures.values():
        if capture.name not in taken:
            yield warning(capture.line, f"nothing takes capture {capture.name!r}", "Name it under 'when' or 'cycling'.")


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
