"""The steps of a run as the samples tell them: when, at which charge, under which name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.reading.happened import Event

__all__ = ["RecordedStep", "steps_of"]


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One step of cycling.

    Args:
        number: never repeats in a run.
        name: in the protocol; empty if no event tells it.
        line: of the protocol file; 0 if the runner inserted the step.
        start_s, end_s: run times of the first and last sample.
        charge_C: that passed until the last sample; positive when charging.
        mean_current_A, start_voltage_V, end_voltage_V: NaN if the step has no sample.
        samples: where its samples are among those of the run; empty for impedance.
        ended_by: reason in the instrument's words; empty while it runs.
    """

    number: int
    name: str
    cycle: int
    line: int
    start_s: float
    end_s: float
    charge_C: float
    mean_current_A: float
    start_voltage_V: float
    end_voltage_V: float
    samples: slice
    ended_by: str


def steps_of(samples: NDArray[np.void], events: Sequence[Event]) -> tuple[RecordedStep, ...]:
    """All steps in the order in which they began, those without samples too."""
    started, ended = _by_step(events, "step started"), _by_step(events, "step ended")
    numbers, firsts = np.unique(samples["step"], return_index=True)
    places = sorted(zip(firsts.tolist(), numbers.tolist(), strict=True))
    bounds = [first for first, _ in places] + [len(samples)]
    slices = {number: slice(first, bounds[index + 1]) for index, (first, number) in enumerate(places)}
    found = [
        _step(number, samples, slices.get(number, slice(0, 0)), started.get(number), ended.get(number))
        for number in dict.fromkeys([*started, *slices])
    ]
    return tuple(sorted(found, key=lambda step: step.start_s))


def _by_step(events: Sequence[Event], kind: str) -> dict[int, Event]:
    found: dict[int, Event] = {}
    for event in events:
        number = event.details.get("step")
        if event.kind == kind and isinstance(number, int):
            found[number] = event
    return found


def _step(
    number: int, samples: NDArray[np.void], where: slice, started: Event | None, ended: Event | None
) -> RecordedStep:
    own = samples[where]
    some = len(own) > 0
    cycle, line = (started.details.get(key) if started else 0 for key in ("cycle", "line"))
    return RecordedStep(
        number=number,
        name=started.message if started else "",
        cycle=int(own["cycle"][0]) if some else cycle if isinstance(cycle, int) else 0,
        line=line if isinstance(line, int) else 0,
        start_s=float(own["time_s"][0]) if some else started.time_s if started else math.nan,
        end_s=float(own["time_s"][-1]) if some else ended.time_s if ended else math.nan,
        charge_C=float(own["charge_C"][-1]) if some else 0.0,
        mean_current_A=float(np.mean(own["current_A"])) if some else math.nan,
        start_voltage_V=float(own["voltage_V"][0]) if some else math.nan,
        end_voltage_V=float(own["voltage_V"][-1]) if some else math.nan,
        samples=where,
        ended_by=str(ended.details.get("reason", "")) if ended else "",
    )
