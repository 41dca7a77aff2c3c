"""Do the safety limits protect this cell, and do they let the protocol happen?"""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.lines import line_of
from operando.protocols.check.steps import current_needed_A, distinct_steps, voltages_V
from operando.protocols.program import Program, Safety

__all__ = ["check_safety"]

WIDEST_MARGIN_V = 0.3
MOST_CURRENT_FACTOR = 3.0


def check_safety(program: Program) -> Iterator[Finding]:
    """Everything about the block `safety`."""
    if not program.cycling:
        return
    if program.safety is None:
        yield error(
            line_of(program, "cycling"),
            "the cell is cycled without safety limits",
            "Write safety: {voltage: [lowest, highest], current: [lowest, highest], host_tolerates: 2 s}.",
        )
        return
    yield from _steps_inside(program, program.safety)
    yield from _not_too_wide(program, program.safety)


def _steps_inside(program: Program, safety: Safety) -> Iterator[Finding]:
    low_V, high_V = safety.voltage_V
    for step in distinct_steps(program):
        for voltage_V in voltages_V(step):
            if not low_V < voltage_V < high_V:
                yield error(
                    step.line,
                    f"{step.name!r} goes to {voltage_V:g} V, outside the safety window of {low_V:g} to {high_V:g} V",
                    "The safety limits would end the run. Change the step, or the window if the cell can bear it.",
                    voltage_V=voltage_V,
                    lowest_V=low_V,
                    highest_V=high_V,
                )
    needed_A, allowed_A = current_needed_A(program), safety.current_A
    for needed, allowed in zip(needed_A, allowed_A, strict=True):
        if abs(needed) >= abs(allowed) and needed:
            yield error(
                line_of(program, "safety", "current"),
                f"steps need {needed * 1e6:g} uA, the safety limit is {allowed * 1e6:g} uA",
                "The safety limits would end the run; leave them some room above the current that is needed.",
                needed_A=needed,
                allowed_A=allowed,
            )
    if not allowed_A[0] < 0.0 < allowed_A[1]:
        yield error(
            line_of(program, "safety", "current"),
            f"the safety limits of {allowed_A[0] * 1e6:g} to {allowed_A[1] * 1e6:g} uA do not allow the cell to rest",
            "Limits of the current lie on both sides of zero.",
        )


def _not_too_wide(program: Program, safety: Safety) -> Iterator[Finding]:
    named_V = [voltage for step in distinct_steps(program) for voltage in voltages_V(step)]
    if named_V:
        margins = {"below": min(named_V) - safety.voltage_V[0], "above": safety.voltage_V[1] - max(named_V)}
        for side, margin_V in margins.items():
            if margin_V > WIDEST_MARGIN_V + 1e-9:
                yield warning(
                    line_of(program, "safety", "voltage"),
                    f"the safety window reaches {margin_V:.2f} V {side} what the protocol needs, more than "
                    f"{WIDEST_MARGIN_V:g} V",
                    "Narrow it, so that it protects this cell.",
                    margin_V=margin_V,
                )
    for needed, allowed in zip(current_needed_A(program), safety.current_A, strict=True):
        if needed and abs(allowed) > MOST_CURRENT_FACTOR * abs(needed):
            yield warning(
                line_of(program, "safety", "current"),
                f"the safety limit of {allowed * 1e6:g} uA is {abs(allowed / needed):.1f} times "
                f"the {needed * 1e6:g} uA that the protocol needs, more than {MOST_CURRENT_FACTOR:g} times",
                "Narrow it, so that it protects this cell.",
                needed_A=needed,
                allowed_A=allowed,
            )
