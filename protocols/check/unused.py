"""What is written and never used."""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, warning
from operando.protocols.program import CaptureNow, Program

__all__ = ["check_unused"]


def check_unused(program: Program) -> Iterator[Finding]:
    """Regions that no capture looks at, and captures that nothing takes."""
    looked_at = {name for capture in program.captures.values() for name in capture.regions}
    if program.focus is not None and program.focus.on is not None:
        looked_at.add(program.focus.on)
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
