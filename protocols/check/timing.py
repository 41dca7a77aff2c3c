"""Is there time for what is promised: latencies, periods, and rendezvous?"""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.plan import BenchFacts, CaptureCost, cost_of
from operando.protocols.program import Capture, CaptureNow, Program, Trigger
from operando.protocols.trigger_conditions import (
    AfterEndOf,
    At,
    Changes,
    Condition,
    Crosses,
    Every,
    Rate,
    Source,
    StartOf,
    parts_of,
)

__all__ = ["check_timing"]

STAGE_MOVE_S = 3.0
POLL_S = 0.1
"""The runner asks the potentiostat for new samples at least so often."""

GAUGE_S = 60.0
"""The runner reads gauges and thermometers so often while no beam is in use."""


def check_timing(program: Program, facts: BenchFacts) -> Iterator[Finding]:
    """Everything about time."""
    costs = {capture.name: _cost(capture, program, facts) for capture in program.captures.values()}
    for trigger in program.triggers:
        yield from _period(trigger, costs)
        yield from _latency(trigger, program, facts, costs)
    yield from _load(program, costs)
    yield from _rendezvous(program, costs)


def _cost(capture: Capture, program: Program, facts: BenchFacts) -> CaptureCost:
    regions = [program.regions[name] for name in capture.regions if not program.regions[name].only]
    return cost_of(capture, regions, facts)


def _period(trigger: Trigger, costs: dict[str, CaptureCost]) -> Iterator[Finding]:
    if not isinstance(trigger.condition, Every):
        return
    period_s, takes_s = trigger.condition.period_s, costs[trigger.capture].duration_s
    if takes_s > period_s:
        yield error(
            trigger.line,
            f"capture {trigger.capture!r} takes about {takes_s:.0f} s and is wanted every {period_s:g} s",
            "Take it less often, or make it shorter: fewer pixels, regions, tiles or points, or a shorter dwell.",
            duration_s=takes_s,
            period_s=period_s,
        )


def _load(program: Program, costs: dict[str, CaptureCost]) -> Iterator[Finding]:
    """Captures that each fit may not fit together."""
    periodic = [(t.condition.period_s, t) for t in program.triggers if isinstance(t.condition, Every)]
    load = sum(costs[trigger.capture].duration_s / period_s for period_s, trigger in periodic)
    if load > 1.0 and all(costs[trigger.capture].duration_s <= period_s for period_s, trigger in periodic):
        yield warning(
            periodic[-1][1].line,
            f"the captures that are taken 'every' so often need {load * 100:.0f} % of the time together",
            "Some will not be taken; take them less often.",
            load=load,
        )


def _latency(trigger: Trigger, program: Program, facts: BenchFacts, costs: dict[str, CaptureCost]) -> Iterator[Finding]:
    promised_s = trigger.start_within_s
    if promised_s is None or facts.column is None or facts.scanner is None:
        return
    parts = {
        "sampling": _sampling_s(trigger, program, facts) + POLL_S,
        "unblanking": facts.column.unblank_s,
        "starting the scan": facts.scanner.start_latency_s,
    }
    best_s = sum(parts.values())
    listed = ", ".join(f"{what} {seconds:g} s" for what, seconds in parts.items())
    if best_s > promised_s:
        yield error(
            trigger.line,
            f"'start_within: {promised_s:g} s' cannot be met: it takes at least {best_s:.2f} s ({listed})",
            "Allow more time, or record more often (record: {every, or_voltage_change}).",
            promised_s=promised_s,
            best_s=best_s,
        )
        return
    yield from _late_at_times(trigger, program, costs, best_s, promised_s)


def _sampling_s(trigger: Trigger, program: Program, facts: BenchFacts) -> float:
    """From the event to the sample or reading that tells it; the slowest of those that must tell."""
    return max(_told_after_s(part, program, facts) for part in parts_of(trigger.condition))


def _told_after_s(part: Condition, program: Program, facts: BenchFacts) -> float:
    """A change of voltage that is large enough is recorded at once; times and steps need no sample."""
    recording = program.recording
    match part:
        case Every() | At() | StartOf() | AfterEndOf():
            return 0.0
        case Crosses(source=source) | Changes(source=source) | Rate(source=source) if not source.of_samples:
            return GAUGE_S if source.quantity in ("pressure", "temperature", "force") else 0.0
        case Changes(Source("voltage"), by_V) if recording.or_voltage_change_V is not None:
            if recording.or_voltage_change_V <= by_V and facts.potentiostat is not None:
                return facts.potentiostat.shortest_interval_s
    return recording.every_s


def _late_at_times(
    trigger: Trigger, program: Program, costs: dict[str, CaptureCost], best_s: float, promised_s: float
) -> Iterator[Finding]:
    """What the contract cannot survive: a capture that is being taken, and a stage that stands elsewhere."""
    mine = program.captures[trigger.capture]
    beside = _running_beside(trigger, program)
    gives_way = {
        name for name in beside if mine.if_busy == "preempt" and program.captures[name].priority > mine.priority
    }
    others = [name for name in beside if name not in gives_way and best_s + costs[name].duration_s > promised_s]
    moving = beside if mine.keep_ready else list(costs)  # what is kept ready stands elsewhere only while others run
    elsewhere = [name for name in moving if set(program.captures[name].regions) != set(mine.regions[:1])]
    reasons = [f"capture {name!r} is being taken (up to {costs[name].duration_s:.0f} s)" for name in others]
    if elsewhere and best_s + STAGE_MOVE_S > promised_s:
        reasons.append(f"the stage stands at another region (about {STAGE_MOVE_S:g} s)")
    if reasons:
        yield warning(
            trigger.line,
            f"'start_within: {promised_s:g} s' is met when nothing else goes on ({best_s:.2f} s), and broken when "
            + " or ".join(reasons),
            "Each breach is recorded. Allow more time, or take the other captures less often.",
            promised_s=promised_s,
            best_s=best_s,
        )


def _running_beside(trigger: Trigger, program: Program) -> list[str]:
    """Captures of other triggers that may run in the same steps."""
    names = {
        other.capture
        for other in program.triggers
        if other is not trigger and (not trigger.during or not other.during or set(trigger.during) & set(other.during))
    }
    return sorted(names)


def _rendezvous(program: Program, costs: dict[str, CaptureCost]) -> Iterator[Finding]:
    seen = set()
    for action in program:
        if isinstance(action, CaptureNow) and (action.line, action.capture) not in seen:
            seen.add((action.line, action.capture))
            takes_s = costs[action.capture].duration_s
            if takes_s > action.at_most_s:
                yield error(
                    action.line,
                    f"the rendezvous with {action.capture!r} takes about {takes_s:.0f} s, "
                    f"at most {action.at_most_s:g} s are allowed: it would never be finished",
                    "Allow more time, or make the capture shorter.",
                    duration_s=takes_s,
                    at_most_s=action.at_most_s,
                )
