"""The runner: carries out a program on a bench, two flows side by side, and leaves cell and beam safe."""

from operando.protocols.runner.conduct import run_program
from operando.protocols.runner.continuing import Returning, continue_program
from operando.protocols.runner.observer import Observer, Silent
from operando.protocols.runner.operator import Answer, NobodyAnswered, Operator, ScriptedOperator
from operando.protocols.runner.outcome import Ending, RunOutcome
from operando.protocols.runner.preflight import Finding, Override, PreflightFailed
from operando.protocols.runner.resume import resume_program
from operando.protocols.runner.run_header import header_of
from operando.protocols.runner.run_options import RunOptions
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.runner.watch import SafetyTrip

__all__ = [
    "Answer",
    "Ending",
    "Finding",
    "NobodyAnswered",
    "Observer",
    "Operator",
    "Override",
    "PreflightFailed",
    "Returning",
    "RunOptions",
    "RunOutcome",
    "SafetyTrip",
    "ScriptedOperator",
    "Silent",
    "Steering",
    "StepInProgress",
    "continue_program",
    "header_of",
    "resume_program",
    "run_program",
]
