"""Plays steps on a simulated cell and keeps what happened, as true values at each second."""

from collections.abc import Callable
from math import inf

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import (
    SAMPLE,
    Galvanostatic,
    Guard,
    Impedance,
    OpenCircuit,
    Potentiostatic,
    Recording,
    Step,
    Technique,
)
from operando.simulators.corpus.front_end import Surroundings, reported
from operando.simulators.corpus.recording import RecordedStep
from operando.simulators.world.cell import SimulatedCell

__all__ = ["Experiment"]

_GUARD = Guard((-1.0, 5.0), (-0.2, 0.2), 1.0e6)
_COMPLIANCE_A = 0.2
_FIRST_SAMPLE_S = 1.0
_A_WHILE_S = 120.0
_IMPEDANCE_AMPLITUDE_V = 0.014


class Experiment:
    """Steps on a cell, sampled once a second from one second after the start of each.

    Args:
        cell: at open circuit.
        start_s: when the recording begins, and `end_s` when its last step ends at the latest.
    """

    def __init__(self, cell: SimulatedCell, start_s: float, end_s: float) -> None:
        self.cell = cell
        self.now_s = start_s
        self._end_s = end_s
        self.steps: list[RecordedStep] = []
        self.voltage_V: list[float] = []
        self.current_A: list[float] = []
        self._time_s: list[float] = []
        self._step_of: list[int] = []
        self._due: list[tuple[float, Callable[[float], None]]] = []
        self._due_under_current: list[tuple[float, Callable[[float], None]]] = []

    def call_at(self, when_s: float, action: Callable[[float], None]) -> None:
        """Have something happen to the cell at a time; it is told that time."""
        self._due = sorted([*self._due, (when_s, action)], key=lambda due: due[0])

    def call_under_current(self, when_s: float, action: Callable[[float], None]) -> None:
        """Have something happen to the cell at a time or, if no current flows then, a while after one does."""
        self._due_under_current.append((when_s, action))

    def rest(self, duration_s: float) -> None:
        """Open circuit for a time."""
        self.cell.open_circuit(self.now_s)
        self._play("rest", OpenCircuit(), self.now_s + duration_s)

    def drive(self, name: str, current_A: float, duration_s: float, between_V: tuple[float, float]) -> None:
        """A current for a time, or until the voltage leaves a window in the direction of the current."""
        self.cell.drive_current(current_A, self.now_s)
        low_V, high_V = between_V
        window = (-inf, high_V) if current_A > 0.0 else (low_V, inf)
        until_V = high_V if current_A > 0.0 else low_V
        self._play(name, Galvanostatic(current_A, until_voltage_V=until_V), self.now_s + duration_s, window)

    def hold(self, voltage_V: float, duration_s: float) -> None:
        """A voltage for a time."""
        self.cell.drive_voltage(voltage_V, self.now_s, _COMPLIANCE_A)
        self._play("hold", Potentiostatic(voltage_V), self.now_s + duration_s)

    def impedance(self, duration_s: float, sampled: bool) -> None:
        """A spectrum about the open circuit; some instruments report the voltage meanwhile, most are silent."""
        self.cell.open_circuit(self.now_s)
        technique = Impedance(2.0e5, 1.0, 10, 0.01)
        first = len(self.voltage_V)
        self._play("impedance", technique, self.now_s + duration_s)
        if not sampled:
            for kept in (self.voltage_V, self.current_A, self._time_s, self._step_of):
                del kept[first:]
            return
        phase = 2.39 * np.arange(len(self.voltage_V) - first)
        for index, wave in enumerate(_IMPEDANCE_AMPLITUDE_V * np.sin(phase)):
            self.voltage_V[first + index] += float(wave)

    def samples(self, surroundings: Surroundings, random: np.random.Generator) -> NDArray[np.void]:
        """What the instrument reported of all of it, dtype SAMPLE."""
        time_s, step = np.array(self._time_s), np.array(self._step_of)
        techniques = {recorded.number: recorded.step.technique for recorded in self.steps}
        held = np.array([isinstance(techniques[number], Potentiostatic) for number in step])
        block = np.zeros(time_s.size, SAMPLE)
        true_V, true_A = np.array(self.voltage_V), np.array(self.current_A)
        block["voltage_V"], block["current_A"] = reported(true_V, true_A, held, time_s, surroundings, random)
        block["sequence"], block["time_s"], block["step"] = np.arange(time_s.size), time_s, step
        starts = {recorded.number: recorded.started_s for recorded in self.steps}
        block["elapsed_s"] = time_s - np.array([starts[number] for number in step])
        for recorded in self.steps:
            own = step == recorded.number
            block["charge_C"][own] = np.cumsum(true_A[own])
        return block

    def _play(
        self, name: str, technique: Technique, until_s: float, window_V: tuple[float, float] = (-inf, inf)
    ) -> None:
        number, until_s = len(self.steps) + 1, min(until_s, self._end_s)
        step = Step(number, technique, _GUARD, duration_s=until_s - self.now_s, recording=Recording(1.0))
        self.steps.append(RecordedStep(number, name, self.now_s, step))
        current_flows_s = self.now_s + _A_WHILE_S if isinstance(technique, Galvanostatic) else inf
        measure, (low_V, high_V) = self.cell.measure, window_V
        now = self.now_s + _FIRST_SAMPLE_S
        while now <= until_s:
            while self._due and self._due[0][0] <= now:
                when_s, action = self._due.pop(0)
                action(when_s)
            while self._due_under_current and max(self._due_under_current[0][0], current_flows_s) <= now:
                self._due_under_current.pop(0)[1](now)
            voltage_V, current_A = measure(now)
            self.voltage_V.append(voltage_V)
            self.current_A.append(current_A)
            self._time_s.append(now)
            self._step_of.append(number)
            now += 1.0
            if not low_V < voltage_V < high_V:
                break
        # a last step that is too short for a sample ends the experiment, too
        self.now_s = max(now - 1.0, self.now_s + 1.0)
