"""Triggers without a runner: what fires, given samples, readings, steps and times. No I/O, and no clock."""

from operando.protocols.triggers.detector import Detection, Detector
from operando.protocols.triggers.evaluator import Evaluator
from operando.protocols.triggers.firing import Firing, Outcome
from operando.protocols.triggers.step_facts import StepFacts
from operando.protocols.triggers.ticks import Ticks

__all__ = ["Detection", "Detector", "Evaluator", "Firing", "Outcome", "StepFacts", "Ticks"]
