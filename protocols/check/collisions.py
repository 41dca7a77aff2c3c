"""Which captures would be left out because others are taken at the time?"""

from collections import Counter
from collections.abc import Iterator

from operando.protocols.check.finding import Finding, warning
from operando.protocols.plan import Plan

__all__ = ["check_collisions"]


def check_collisions(plan: Plan) -> Iterator[Finding]:
    """One warning for each trigger that loses captures in the dry run, with the policy that loses them."""
    wanted = Counter((capture.line, capture.capture) for capture in plan.captures)
    missed = Counter((miss.line, miss.capture) for miss in plan.missed)
    for (line, name), count in missed.items():
        why = next(miss.why for miss in plan.missed if (miss.line, miss.capture) == (line, name))
        total = count + wanted[line, name]
        yield warning(
            line,
            f"{count} of {total} times, capture {name!r} would not be taken, for instance because {why}",
            "Take captures less often or make them shorter, or choose 'if_busy', 'queue_limit' and 'priority'.",
            missed=float(count),
            wanted=float(total),
        )
