"""The cycling of a program on the axis of time: steps, questions and rendezvous, one after the other."""

from operando.protocols.plan.bench_facts import BenchFacts
from operando.protocols.plan.capture_cost import cost_of
from operando.protocols.plan.cell_estimate import CellEstimate
from operando.protocols.plan.planned import PlannedAction, PlannedCapture, PlannedQuestion, PlannedStep
from operando.protocols.program import AskOperator, CaptureNow, CyclingAction, EnterPhase, LeakTest, Program, RunStep

__all__ = ["cycling_plan", "planned_capture"]


def cycling_plan(program: Program, facts: BenchFacts | None) -> list[PlannedAction]:
    """All cycling actions in order, each beginning when the one before it ends."""
    cell = CellEstimate(program)
    planned: list[PlannedAction] = []
    now_s = 0.0
    for action in program:
        one = _planned(action, now_s, cell, program, facts)
        planned.append(one)
        now_s = one.end_s
    return planned


def _planned(
    action: CyclingAction,
    now_s: float,
    cell: CellEstimate,
    program: Program,
    facts: BenchFacts | None,
) -> PlannedAction:
    match action:
        case RunStep():
            estimate = cell.step(action)
            return PlannedStep(
                action.number,
                action.cycle,
                action.name,
                now_s,
                estimate.duration_s,
                estimate.charge_C,
                estimate.basis,
                action.line,
            )
        case AskOperator():
            return PlannedQuestion(action.number, action.cycle, action.question, now_s, action.at_most_s, action.line)
        case EnterPhase():
            waits = f"phase {action.phase}"
            return PlannedQuestion(action.number, action.cycle, waits, now_s, action.at_most_s, action.line)
        case LeakTest():
            return PlannedQuestion(action.number, action.cycle, "leak test", now_s, action.duration_s, action.line)
        case CaptureNow():
            return planned_capture(
                program, action.capture, facts, "rendezvous", now_s, action.cycle, "", action.line, action
            )


def planned_capture(
    program: Program,
    name: str,
    facts: BenchFacts | None,
    reason: str,
    start_s: float,
    cycle: int,
    during: str,
    line: int,
    rendezvous: CaptureNow | None = None,
    occasion: str = "",
) -> PlannedCapture:
    """A capture at a time. Regions with `only` belong to their occasions, and to nothing else.

    Args:
        during: name of the step that runs then; empty if none does.
        rendezvous: the action, which bounds the time.
        occasion: `start` or `end`.
    """
    capture = program.captures[name]
    if occasion:
        regions = [region for region in program.regions.values() if occasion in region.only]
    else:
        regions = [program.regions[region] for region in capture.regions if not program.regions[region].only]
    cost = cost_of(capture, regions, facts)
    duration_s = cost.duration_s if rendezvous is None else min(cost.duration_s, rendezvous.at_most_s)
    return PlannedCapture(
        capture=name,
        reason=reason,
        start_s=start_s,
        duration_s=duration_s,
        cycle=cycle,
        during=during,
        regions=tuple(region.name for region in regions),
        pictures=cost.pictures,
        spectra=cost.spectra,
        bytes=cost.bytes,
        line=line,
        number=None if rendezvous is None else rendezvous.number,
    )
