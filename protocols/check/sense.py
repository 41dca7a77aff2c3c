"""What the grammar allows and its author cannot mean: limits that never bite, triggers that never fire."""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.lines import line_of
from operando.protocols.plan import BenchFacts
from operando.protocols.program import Program, RunStep, Safety
from operando.protocols.trigger_conditions import AfterEndOf, Every

__all__ = ["check_sense"]

LONGEST_TOLERANCE_S = 600.0
YEAR_S = 365.25 * 86400.0


def check_sense(program: Program, facts: BenchFacts | None) -> Iterator[Finding]:
    """Everything that would be accepted and have no effect."""
    if program.safety is not None:
        yield from _safety(program, program.safety, facts)
    yield from _recording(program)
    yield from _triggers(program)


def _safety(program: Program, safety: Safety, facts: BenchFacts | None) -> Iterator[Finding]:
    if safety.host_tolerates_s > LONGEST_TOLERANCE_S:
        yield error(
            line_of(program, "safety", "host_tolerates"),
            f"the host would tolerate a value outside the limits for {safety.host_tolerates_s:g} s",
            f"At most {LONGEST_TOLERANCE_S:g} s; the host is the limit behind the instrument's own.",
            host_tolerates_s=safety.host_tolerates_s,
        )
    if facts is None or facts.potentiostat is None:
        return
    low_V, high_V = facts.potentiostat.voltage_range_V
    if safety.voltage_V[0] < low_V or safety.voltage_V[1] > high_V:
        yield error(
            line_of(program, "safety", "voltage"),
            f"the safety window of {safety.voltage_V[0]:g} to {safety.voltage_V[1]:g} V is wider than "
            f"the potentiostat's range of {low_V:g} to {high_V:g} V: the limits could never be seen to be passed",
            "Narrow it to what the cell can bear.",
        )


def _recording(program: Program) -> Iterator[Finding]:
    """A step that is over before its first sample, and steps that nobody would ever see the end of."""
    for step in program:
        if not isinstance(step, RunStep):
            continue
        every_s = (step.recording or program.recording).every_s
        longest_s = step.duration_s or step.maximum_duration_s
        if every_s > longest_s:
            yield error(
                step.line,
                f"{step.name!r} lasts {longest_s:g} s at most and is recorded every {every_s:g} s: no sample",
                "Record more often, or make the step longer.",
            )
        if longest_s > YEAR_S:
            yield error(
                step.line,
                f"{step.name!r} would last {longest_s / YEAR_S:.3g} years",
                "Check its unit; a step lasts a year at most.",
            )
    if program.safety is not None and program.recording.every_s > program.safety.host_tolerates_s:
        yield warning(
            line_of(program, "record"),
            f"samples come every {program.recording.every_s:g} s, "
            f"the host tolerates only {program.safety.host_tolerates_s:g} s",
            "The first value outside the limits ends the run; record more often to tell a spike from a fault.",
        )


def _triggers(program: Program) -> Iterator[Finding]:
    for trigger in program.triggers:
        condition = trigger.condition
        if isinstance(condition, AfterEndOf) and trigger.settled_s:
            yield error(
                trigger.line,
                "'settled' counts from the start of a step and means nothing after its end",
                "Leave it out, or add a rest and name that.",
            )
        regions = [program.regions[name] for name in program.captures[trigger.capture].regions]
        if isinstance(condition, Every) and regions and all(region.only for region in regions):
            yield warning(
                trigger.line,
                f"all regions of {trigger.capture!r} are looked at only at the start or the end: this takes nothing",
                "Name another region in the capture, or leave `only` out.",
            )
