"""How long steps of cycling take, from the nominal capacity alone: a simple estimate, and said to be one.

The cell is taken to begin empty, or full if the first current discharges it. Charging at constant current goes on until
the nominal capacity is in the cell, discharging until none is; voltages are not modelled. A hold after a charge decays
exponentially from the current before it, with a twentieth of the nominal capacity in its tail.
"""

import math
from dataclasses import dataclass

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic
from operando.protocols.document import impedance_duration_s
from operando.protocols.program import Program, RunStep

__all__ = ["CellEstimate", "Estimate"]

TAIL_SHARE = 0.05
FULL = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of one step: its time, the charge that passes (positive when charging), and how that is known."""

    duration_s: float
    charge_C: float
    basis: str


class CellEstimate:
    """Follows the charge in the cell from step to step."""

    def __init__(self, program: Program) -> None:
        self._capacity_C = program.sample.nominal_capacity_C
        currents = [
            a.technique.current_A for a in program if isinstance(a, RunStep) and isinstance(a.technique, Galvanostatic)
        ]
        starts_full = bool(currents) and currents[0] < 0
        self._charge_C = (self._capacity_C or 0.0) if starts_full else 0.0
        self._last_current_A = 0.0

    def step(self, step: RunStep) -> Estimate:
        """Estimate the next step, and take its charge over."""
        match step.technique:
            case Galvanostatic():
                return self._constant_current(step, step.technique)
            case Potentiostatic():
                return self._hold(step, step.technique)
            case OpenCircuit():
                self._last_current_A = 0.0
                if step.relaxation_V_per_s is not None:
                    return Estimate(step.duration_s or step.maximum_duration_s, 0.0, "at most, if it relaxes slowly")
                return Estimate(step.duration_s or step.maximum_duration_s, 0.0, "as written")
            case Impedance():
                self._last_current_A = 0.0
                return Estimate(impedance_duration_s(step.technique), 0.0, "from its frequencies")

    def _constant_current(self, step: RunStep, technique: Galvanostatic) -> Estimate:
        current_A = technique.current_A
        self._last_current_A = abs(current_A)
        ends = {"at most": step.maximum_duration_s}
        if step.duration_s is not None:
            ends["as written"] = step.duration_s
        if technique.until_charge_C is not None:
            ends["from its charge"] = technique.until_charge_C / abs(current_A)
        if technique.until_voltage_V is not None and self._capacity_C is not None:
            room_C = self._capacity_C - self._charge_C if current_A > 0 else self._charge_C
            if room_C > FULL * self._capacity_C:
                ends["estimate from the nominal capacity"] = room_C / abs(current_A)
        basis = min(ends, key=lambda word: ends[word])
        charge_C = ends[basis] * current_A
        self._pass(charge_C)
        return Estimate(ends[basis], charge_C, basis)

    def _hold(self, step: RunStep, technique: Potentiostatic) -> Estimate:
        ends = {"at most": step.maximum_duration_s}
        if step.duration_s is not None:
            ends["as written"] = step.duration_s
        end_A, start_A = technique.until_current_A, self._last_current_A
        if end_A is not None and self._capacity_C is not None and start_A > 0:
            tail_s = TAIL_SHARE * self._capacity_C / start_A
            ends["estimate of a decay"] = tail_s * math.log(max(1.0, start_A / end_A))
        basis = min(ends, key=lambda word: ends[word])
        return Estimate(ends[basis], 0.0, basis)

    def _pass(self, charge_C: float) -> None:
        full_C = math.inf if self._capacity_C is None else self._capacity_C
        self._charge_C = min(full_C, max(0.0, self._charge_C + charge_C))
