"""Runs on the bench with a control cell, and what its simulated world says of both cells."""

from pathlib import Path

import numpy as np

from operando.protocols.record import open_samples
from support.flows import events_of
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, IMAGING

__all__ = ["CONTROLLED", "LIMITS_V", "Voltages", "charge_by_step", "named", "safe_in_the_world"]

LIMITS_V = (2.8, 4.35)

CONTROLLED = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 1 minutes}
  - {name: charge, step: Charge at C/10 for 3 minutes}
  - {capture: overview, cell: rest, at_most: 10 min}
  - {name: discharge, step: Discharge at C/10 for 2 minutes}
"""
    + IMAGING
    + "when: [{every: 1 min, during: [charge, discharge], capture: overview}]\n"
)


class Voltages:
    """The true voltage of the control cell, looked at all along; looking changes nothing."""

    def __init__(self, bench: SimulatedBench, every_s: float = 10.0) -> None:
        self._bench = bench
        self._every_s = every_s
        self.seen: list[float] = []
        bench.world.call_at(every_s, self._look)

    def _look(self, now: float) -> None:
        self.seen.append(self._bench.world.control_cell.measure(now)[0])
        self._bench.world.call_at(now + self._every_s, self._look)

    def inside(self) -> bool:
        """Whether it never left the limits of the protocol."""
        return bool(self.seen) and all(LIMITS_V[0] <= voltage_V <= LIMITS_V[1] for voltage_V in self.seen)


def safe_in_the_world(bench: SimulatedBench) -> bool:
    """Whether no current flows through either cell, and no beam is on the specimen."""
    now = bench.bench.clock.now()
    currents_A = [cell.measure(now)[1] for cell in (bench.world.cell, bench.world.control_cell)]
    return currents_A == [0.0, 0.0] and not bench.world.beam.on_specimen


def named(folder: Path, kind: str = "step started") -> list[str]:
    """The names of the steps of the protocol and of its pauses, in order; not those of the pre-flight."""
    names = [str(event["message"]).partition(": ")[0] for event in events_of(folder, kind)]
    return [name for name in names if not name.startswith("pre-flight")]


def charge_by_step(folder: Path) -> dict[str, float]:
    """Charge of each named step of a record; the last part of a step counts what was before it."""
    samples = open_samples(folder)
    begun = [*events_of(folder, "step started"), *events_of(folder, "step adopted")]
    names = {int(str(event["step"])): str(event["message"]) for event in begun}
    charges: dict[str, float] = {}
    for number in np.unique(samples["step"]).tolist():
        own = samples[samples["step"] == number]
        charges[names[number]] = float(own["charge_C"][np.argmax(own["elapsed_s"])])
    return charges
