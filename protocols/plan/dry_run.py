"""Makes the plan of a program: cycling first, then what the triggers take while it goes on."""

from collections.abc import Iterator, Sequence

from operando.protocols.plan.bench_facts import BenchFacts
from operando.protocols.plan.capture_cost import cost_of
from operando.protocols.plan.collisions import resolve
from operando.protocols.plan.cycling_plan import cycling_plan, planned_capture
from operando.protocols.plan.dose_plan import dose_plan
from operando.protocols.plan.focus_plan import focus_plan
from operando.protocols.plan.planned import EventTrigger, Plan, PlannedAction, PlannedCapture, PlannedStep
from operando.protocols.plan.travel import travelled
from operando.protocols.plan.trigger_plan import firings, unforeseen
from operando.protocols.plan.words import condition_in_words
from operando.protocols.pretrigger import pace_in
from operando.protocols.program import Program, RunStep

__all__ = ["plan"]

BYTES_PER_SAMPLE = 64 + 110
"""In the block log, and as a row of the CSV."""


def plan(program: Program, facts: BenchFacts | None = None) -> Plan:
    """The dry run of a program; touches nothing.

    Args:
        program: what would be run.
        facts: of the bench it would run on, for better times; without them common ones are taken.
    """
    cycling = cycling_plan(program, facts)
    end_s = cycling[-1].end_s if cycling else (program.imaging_only_s or 0.0)
    awaited = [action for action in cycling if isinstance(action, PlannedCapture)]
    others = [action for action in cycling if not isinstance(action, PlannedCapture)]
    triggered = [*_occasions(program, cycling, end_s, facts), *_triggered(program, cycling, end_s, facts)]
    resolved = resolve(program, travelled(program, [*awaited, *triggered], facts))
    actions = sorted([*others, *resolved.taken], key=lambda action: action.start_s)
    taken = [action for action in actions if isinstance(action, PlannedCapture)]
    regions, spots = dose_plan(program, taken, facts)
    return Plan(
        title=program.title,
        actions=tuple(actions),
        duration_s=max([end_s, *(action.end_s for action in actions)]),
        regions=regions,
        spots=spots,
        events=tuple(_events(program, facts)),
        sample_bytes=_sample_bytes(program, cycling) * _cells(facts),
        missed=resolved.missed,
        focusing=focus_plan(program, taken, facts),
    )


def _occasions(
    program: Program, cycling: Sequence[PlannedAction], end_s: float, facts: BenchFacts | None
) -> Iterator[PlannedCapture]:
    """Regions that are looked at only at the start or the end, with the first capture that takes pictures."""
    capture = next((capture for capture in program.captures.values() if capture.detectors), None)
    last_cycle = cycling[-1].cycle if cycling else 1
    for occasion, time_s, cycle in (("start", 0.0, 1), ("end", end_s, last_cycle)):
        if capture is not None and any(occasion in region.only for region in program.regions.values()):
            reason = f"at the {occasion}"
            yield planned_capture(
                program, capture.name, facts, reason, time_s, cycle, "", capture.line, occasion=occasion
            )


def _triggered(
    program: Program, cycling: Sequence[PlannedAction], end_s: float, facts: BenchFacts | None
) -> Iterator[PlannedCapture]:
    for trigger in program.triggers:
        reason = condition_in_words(trigger.condition)
        one = planned_capture(program, trigger.capture, facts, reason, 0.0, 1, "", trigger.line)
        for firing in firings(trigger, program, cycling, end_s, one.duration_s):
            during = firing.step.name if firing.step else ""
            yield one.at(firing.time_s, one.duration_s, firing.cycle, during)


def _events(program: Program, facts: BenchFacts | None) -> Iterator[EventTrigger]:
    for trigger in program.triggers:
        if why := unforeseen(trigger.condition):
            capture = program.captures[trigger.capture]
            cost = cost_of(capture, [program.regions[name] for name in capture.regions], facts)
            yield EventTrigger(
                capture.name,
                condition_in_words(trigger.condition),
                cost.duration_s,
                dict(cost.region_C_per_m2),
                trigger.line,
                why,
            )


def _cells(facts: BenchFacts | None) -> int:
    """How many are cycled: a control cell has a record of its own."""
    return 2 if facts is not None and facts.control_potentiostat is not None else 1


def _sample_bytes(program: Program, cycling: Sequence[PlannedAction]) -> int:
    """Regular samples; those at a change of voltage come on top and are few."""
    total = 0.0
    for action in cycling:
        recording = program.recording
        if isinstance(action, PlannedStep):
            step = program.cycling[action.number - 1]
            own = step.recording if isinstance(step, RunStep) else None
            recording = pace_in(program, action.name, own or recording)
        every_s = recording.every_s
        total += action.duration_s / every_s * BYTES_PER_SAMPLE
    return round(total)
