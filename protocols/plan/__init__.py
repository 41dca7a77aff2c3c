"""The dry run: what a program would do, when, and what it would cost, before anything is touched."""

from operando.protocols.plan.bench_facts import BenchFacts, bench_facts
from operando.protocols.plan.capture_cost import CaptureCost, cost_of, frame_dose_C_per_m2
from operando.protocols.plan.dry_run import plan
from operando.protocols.plan.planned import (
    EventTrigger,
    Plan,
    PlannedAction,
    PlannedCapture,
    PlannedMiss,
    PlannedQuestion,
    PlannedStep,
    RegionDose,
    SpotDose,
)
from operando.protocols.plan.render import render_plan

__all__ = [
    "BenchFacts",
    "CaptureCost",
    "EventTrigger",
    "Plan",
    "PlannedAction",
    "PlannedCapture",
    "PlannedMiss",
    "PlannedQuestion",
    "PlannedStep",
    "RegionDose",
    "SpotDose",
    "bench_facts",
    "cost_of",
    "frame_dose_C_per_m2",
    "plan",
    "render_plan",
]
