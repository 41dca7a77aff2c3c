"""Feeds the evaluator of one trigger with made-up samples, in blocks of any size."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from operando.protocols.program import Trigger
from operando.protocols.runner import StepInProgress
from operando.protocols.trigger_conditions import Condition
from operando.protocols.triggers import Detector, Evaluator, Firing, Outcome, Ticks
from support.samples import sample_block
from support.steps import step_in_progress

__all__ = ["LEAD_S", "feed", "fired", "watching"]

LEAD_S = 60.0


def watching(condition: Condition, detectors: Mapping[str, type[Detector]] | None = None, **words: object) -> Evaluator:
    """The evaluator of a trigger, with words such as `settled_s=20.0`."""
    return Evaluator(0, Trigger(condition, "overview", **words), detectors or {})  # type: ignore[arg-type]  # by test


def feed(
    evaluator: Evaluator,
    voltage_V: ArrayLike,
    *,
    current_A: ArrayLike = 1e-4,
    charge_C: ArrayLike | None = None,
    running: StepInProgress | None = None,
    cuts: Sequence[int] = (),
    every_s: float = 1.0,
) -> list[Firing]:
    """Everything that comes true in one step whose samples, from its start on, are cut into blocks at some places."""
    step = running or step_in_progress()
    voltage = np.asarray(voltage_V, float)
    elapsed = every_s * np.arange(voltage.size)
    charge = np.asarray(current_A) * elapsed if charge_C is None else charge_C
    whole = sample_block(
        step.started_s + elapsed,
        voltage,
        current_A=current_A,
        charge_C=charge,
        step=step.number,
        started_s=step.started_s,
    )
    found = evaluator.step_started(step, LEAD_S)
    for block in np.split(whole, sorted({cut for cut in cuts if 0 < cut < voltage.size})):
        found += evaluator.samples(Ticks.of_cell(block))
    return found


def fired(evaluator: Evaluator, voltage_V: ArrayLike, **told: object) -> list[float]:
    """The times at which it fires."""
    found = feed(evaluator, voltage_V, **told)  # type: ignore[arg-type]  # as `feed`
    return [firing.time_s for firing in found if firing.outcome is Outcome.FIRED]
