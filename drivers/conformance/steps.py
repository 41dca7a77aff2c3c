"""Carries out one gentle step for a check, and keeps everything that was said of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.drivers.conformance.check import NotOffered
from operando.drivers.conformance.measurement import Curve, Measurement, between, held
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import DeviceFault, LimitRefused
from operando.drivers.roles import (
    IMPEDANCE_POINT,
    SAMPLE,
    Galvanostatic,
    Guard,
    OpenCircuit,
    Potentiostat,
    Recording,
    Samples,
    Step,
    StepEnd,
    StepEndReason,
    Technique,
)

__all__ = [
    "PATIENCE_S",
    "StepRecord",
    "carry_out",
    "ended_by",
    "gentle_current_A",
    "gentle_technique",
    "interval_s",
    "new_step",
    "span_s",
]

INTERVALS = 20
SHORTEST_INTERVAL_S = 0.1
LONGEST_STEP_S = 60.0
PATIENCE_S = 10.0
"""How much later than it should a step may end before it is ended from here."""
WIDTH_V = 0.5
"""From rest to either side of the guard; some instruments follow little more than a volt at once."""
VISIBLE_V = 3e-3
FRACTION, GROWTH = 0.01, 10**0.5
NOTHING = Samples(np.empty(0, SAMPLE), np.empty(0, IMPEDANCE_POINT))


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a step said, from its start to its end.

    Args:
        step: that was asked for.
        samples: of dtype `SAMPLE`, in the order of arrival.
        points: of dtype `IMPEDANCE_POINT`.
        end: None if it had to be ended from here.
        asked_s: run time at which it was started, `accepted_s` when the instrument had accepted it.
        seen_s: run time at which its end was seen.
    """

    step: Step
    samples: NDArray[np.void]
    points: NDArray[np.void]
    end: StepEnd | None
    asked_s: float
    accepted_s: float
    seen_s: float

    @property
    def reason(self) -> str:
        """Why it ended, in words."""
        return "not by itself" if self.end is None else str(self.end.reason)

    def curve(self, label: str, *marks: tuple[str, float]) -> Curve:
        """Voltage over time, for the page."""
        x, y = self.samples["elapsed_s"], self.samples["voltage_V"]
        return Curve(label, tuple(x.tolist()), tuple(y.tolist()), "elapsed (s)", "voltage (V)", marks)


def interval_s(potentiostat: Potentiostat) -> float:
    """The interval between two samples that the suite asks for."""
    return max(SHORTEST_INTERVAL_S, potentiostat.capabilities.shortest_interval_s)


def span_s(potentiostat: Potentiostat) -> float:
    """How long a short step of the suite lasts."""
    return INTERVALS * interval_s(potentiostat)


def new_step(
    trial: Trial,
    technique: Technique,
    *,
    duration_s: float | None = None,
    voltage_V: tuple[float, float] | None = None,
    current_A: tuple[float, float] | None = None,
    maximum_duration_s: float = LONGEST_STEP_S,
) -> Step:
    """A step with a number of its own, guarded by everything that the bench allows unless told narrower."""
    voltage_V = voltage_V or _around_rest(trial)
    trial.memory.steps += 1
    limits = trial.potentiostat.capabilities
    most_A = 10 * trial.file.conformance.current
    low_A, high_A = limits.current_range_A
    return Step(
        number=trial.memory.steps,
        technique=technique,
        guard=Guard(
            voltage_V=voltage_V,
            current_A=current_A or (max(low_A, -most_A), min(high_A, most_A)),
            maximum_duration_s=maximum_duration_s,
        ),
        duration_s=duration_s,
        recording=Recording(every_s=interval_s(trial.potentiostat)),
    )


def carry_out(
    trial: Trial, step: Step, *, expected_s: float, gaps_s: Callable[[int], float] | None = None
) -> StepRecord:
    """Start a step and poll it until its end; end it from here if it does not end by itself.

    Args:
        trial: whose potentiostat carries it out.
        step: what to do.
        expected_s: how long it should take at most.
        gaps_s: how long to wait before the poll of a number; evenly if not given.
    """
    potentiostat, clock = trial.potentiostat, trial.clock
    every_s = max(0.1, interval_s(potentiostat))
    potentiostat.poll()  # what is left of the step before
    asked_s = clock.now()
    potentiostat.start(step)
    accepted_s = clock.now()
    heard: list[Samples] = []
    end: StepEnd | None = None
    try:
        while end is None:
            if clock.now() - accepted_s > expected_s + PATIENCE_S:
                break
            trial.wait(every_s if gaps_s is None else gaps_s(len(heard)))
            heard.append(potentiostat.poll())
            end = _own_end(heard[-1], step)
    finally:
        seen_s = clock.now()
        if end is None:
            _end_from_here(trial, potentiostat)
    return StepRecord(
        step=step,
        samples=np.concatenate([NOTHING.block, *(said.block for said in heard)]),
        points=np.concatenate([NOTHING.impedance, *(said.impedance for said in heard)]),
        end=end,
        asked_s=asked_s,
        accepted_s=accepted_s,
        seen_s=seen_s,
    )


def ended_by(record: StepRecord, *reasons: StepEndReason) -> Measurement:
    """Whether a step ended by itself, for one of some reasons."""
    wanted = " or ".join(str(reason) for reason in reasons)
    return held(
        f"the step ended by {wanted}",
        record.end is not None and record.end.reason in reasons and record.end.step == record.step.number,
        because="a step ends by itself, and says why",
        found=f"it ended: {record.reason}",
    )


def gentle_current_A(trial: Trial) -> float:
    """The smallest current to which the cell visibly answers, at most the one that the bench file allows.

    Raises:
        NotOffered: if the instrument is no galvanostat.
    """
    potentiostat = trial.potentiostat
    if not potentiostat.capabilities.galvanostatic:
        raise NotOffered("galvanostatic")
    if potentiostat.name not in trial.memory.current_A:
        trial.memory.current_A[potentiostat.name] = _find_current(trial)
    return trial.memory.current_A[potentiostat.name]


def rest_V(trial: Trial) -> float:
    """The voltage of the cell at rest, now.

    Raises:
        DeviceFault: if a step at rest says nothing.
    """
    widest_V = trial.potentiostat.capabilities.voltage_range_V
    known_V = trial.memory.rest_V.get(trial.potentiostat.name)
    try:
        record = _rest(trial, widest_V if known_V is None else _around(known_V, widest_V))
    except LimitRefused:  # it does not follow its whole range at once
        record = _rest(trial, _around(sum(widest_V) / 2, widest_V))
    if not len(record.samples):
        raise DeviceFault(
            f"a step at rest gives no sample; it ended: {record.reason}",
            where=trial.potentiostat.name,
            remedy="Check that the voltage of the cell is within what the instrument measures.",
        )
    found_V = float(np.median(record.samples["voltage_V"][-5:]))
    trial.memory.rest_V[trial.potentiostat.name] = found_V
    return found_V


def _rest(trial: Trial, guard_V: tuple[float, float]) -> StepRecord:
    duration_s = 10 * interval_s(trial.potentiostat)
    step = new_step(trial, OpenCircuit(), duration_s=duration_s, voltage_V=guard_V)
    return carry_out(trial, step, expected_s=duration_s)


def gentle_technique(trial: Trial) -> Technique:
    """A gentle current, or rest where the instrument sets no current."""
    if not trial.potentiostat.capabilities.galvanostatic:
        return OpenCircuit()
    return Galvanostatic(gentle_current_A(trial))


def no_breach(what: str, value: float, limit: float, unit: str, because: str) -> Measurement:
    """A magnitude that must stay below a limit."""
    return between(what, abs(value), unit, highest=limit, because=because)


def _around_rest(trial: Trial) -> tuple[float, float]:
    """The guard of a gentle step: around the voltage at rest."""
    if trial.potentiostat.name not in trial.memory.rest_V:
        rest_V(trial)
    return _around(trial.memory.rest_V[trial.potentiostat.name], trial.potentiostat.capabilities.voltage_range_V)


def _around(middle_V: float, widest_V: tuple[float, float]) -> tuple[float, float]:
    return max(widest_V[0], middle_V - WIDTH_V), min(widest_V[1], middle_V + WIDTH_V)


def _find_current(trial: Trial) -> float:
    most_A = trial.file.conformance.current
    current_A, before_V = FRACTION * most_A, rest_V(trial)
    while current_A < most_A:
        record = carry_out(
            trial,
            new_step(trial, Galvanostatic(current_A), duration_s=span_s(trial.potentiostat)),
            expected_s=span_s(trial.potentiostat),
        )
        if len(record.samples) and abs(record.samples["voltage_V"][-1] - before_V) >= VISIBLE_V:
            return current_A
        current_A *= GROWTH
    return most_A


def _own_end(said: Samples, step: Step) -> StepEnd | None:
    """The end of a step; that of one before, which another client had ended, is not."""
    return said.end if said.end is not None and said.end.step == step.number else None


def _end_from_here(trial: Trial, potentiostat: Potentiostat) -> None:
    potentiostat.end_step()
    trial.until(lambda: potentiostat.poll().end is not None, PATIENCE_S)
