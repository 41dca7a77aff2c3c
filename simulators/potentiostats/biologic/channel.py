"""A channel: carries out one technique on the cell of the world, and keeps its rows."""

import cmath
import math
from collections.abc import Callable

import numpy as np

from operando.simulators.potentiostats.biologic.layouts import raw_single
from operando.simulators.potentiostats.biologic.memory import Memory
from operando.simulators.potentiostats.biologic.techniques import CALIMIT, CPLIMIT, OCV, PEIS, Loaded
from operando.simulators.world.world import World

__all__ = ["KERNEL", "RUN", "STOP", "SimulatedChannel"]

STOP, RUN = 0, 1
KERNEL = 5
TIME_BASE_S = 4e-5
LARGEST_A = (1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
OVER_RANGE = 1.2
"""How much more than its range a channel lets flow."""
DENSER = 10
"""A change is looked for so much more often than rows are recorded anyway."""
PERIODS = 3.0
POINT_S = 0.02


class SimulatedChannel:
    """State, firmware, technique and memory.

    Args:
        world: whose cell hangs on it.
        newer: whether it belongs to the family of the VMP-300.
        memory_words: size of its memory.
    """

    def __init__(self, world: World, newer: bool, memory_words: int = 200_000) -> None:
        self.state = STOP
        self.firmware_code = KERNEL
        self.memory = Memory(memory_words)
        self.option_error = 0
        """Set by a test: what the channel complains of."""
        self.voltage_V = self.current_A = 0.0
        self.elapsed_s = 0.0
        self.loaded: Loaded | None = None
        self._world = world
        self._newer = newer
        self._noise = world.noise("biologic")
        self._started_s = 0.0
        self._experiment = 0
        self._recorded: tuple[float, float] | None = None

    def start(self, now: float) -> None:
        """Carry out what is loaded."""
        assert self.loaded is not None
        self.memory.clear()
        self.state, self._started_s, self._recorded = RUN, now, None
        self._experiment += 1
        if self.loaded.technique == PEIS:
            self._bias(self.loaded, now)
            self._sweep(self.loaded)
        else:
            self._drive(self.loaded, now)
            self._follow(self.loaded, self._experiment)

    def stop(self, now: float) -> None:
        """End it; the cell is open."""
        if self.state == RUN:
            self.look(now)
            self.state = STOP
            self._world.cell.open_circuit(now)

    def look(self, now: float) -> None:
        """Measure what the present values say."""
        voltage_V, current_A = self._world.cell.measure(now)
        self.voltage_V = voltage_V + 2e-5 * float(self._noise.standard_normal())
        self.current_A = current_A
        if self.state == RUN:
            self.elapsed_s = now - self._started_s

    def _drive(self, loaded: Loaded, now: float) -> None:
        cell, values = self._world.cell, loaded.values
        if loaded.technique == CPLIMIT:
            cell.drive_current(float(values["Current_step"]), now)
        elif loaded.technique == CALIMIT:
            cell.drive_voltage(float(values["Voltage_step"]), now, OVER_RANGE * self._range_A(loaded))
        else:
            cell.open_circuit(now)

    @staticmethod
    def _range_A(loaded: Loaded) -> float:
        return LARGEST_A[int(loaded.values.get("I_Range", 10))]

    def _follow(self, loaded: Loaded, experiment: int) -> None:
        """Look at the cell at fixed times after the start: record, test, end."""
        values = loaded.values
        every_s = float(values["Record_every_dT"])
        change = float(values.get("Record_every_dE", values.get("Record_every_dI", math.inf)))
        by_voltage = "Record_every_dE" in values
        looks_every_s = every_s / DENSER if change < 100.0 else every_s
        duration_s = float(values["Rest_time_T" if loaded.technique == OCV else "Duration_step"])

        def look(number: int) -> Callable[[float], None]:
            return lambda now: self._look_at_end(number, now, experiment, step)

        def step(number: int, now: float) -> None:
            self.look(now)
            value = self.voltage_V if by_voltage else self.current_A
            over = self.elapsed_s >= duration_s - 1e-9
            over |= any(test.holds(self.voltage_V, self.current_A) for test in loaded.tests)
            last = self._recorded
            if over or last is None or self.elapsed_s - last[0] >= every_s - 1e-9 or abs(value - last[1]) >= change:
                self._recorded = self.elapsed_s, value
                self._record(loaded.technique)
            if over:
                self.stop(now)
                return
            at_s = min(self._started_s + (number + 1) * looks_every_s, self._started_s + duration_s)
            self._world.call_at(at_s, look(number + 1))

        self._world.call_at(self._started_s, look(0))

    def _look_at_end(self, number: int, now: float, experiment: int, step: Callable[[int, float], None]) -> None:
        if self.state == RUN and experiment == self._experiment:
            step(number, now)

    def _record(self, technique: int) -> None:
        words = [*self._time_words(), raw_single(self.voltage_V)]
        if technique == OCV:
            words += [] if self._newer else [raw_single(0.0)]
        else:
            words += [raw_single(self.current_A), 0]
        self.memory.put(technique, 0, tuple(words))

    def _time_words(self) -> list[int]:
        ticks = round(self.elapsed_s / TIME_BASE_S)
        return [ticks >> 32, ticks & 0xFFFFFFFF]

    def _bias(self, loaded: Loaded, now: float) -> None:
        self.look(now)
        offset_V = float(loaded.values["Initial_Voltage_step"])
        bias_V = self.voltage_V + offset_V if loaded.values["vs_initial"] else offset_V
        self._world.cell.drive_voltage(bias_V, now, OVER_RANGE * self._range_A(loaded))
        self.elapsed_s = 0.0
        self.memory.put(PEIS, 0, (*self._time_words(), raw_single(self.voltage_V), raw_single(0.0)))

    def _sweep(self, loaded: Loaded) -> None:
        values, experiment = loaded.values, self._experiment
        frequencies = np.geomspace(
            float(values["Initial_frequency"]), float(values["Final_frequency"]), int(values["Frequency_number"])
        )
        amplitude_V = float(values["Amplitude_Voltage"])

        def point(number: int) -> Callable[[float], None]:
            return lambda now: measure(number, now)

        def schedule(number: int, after_s: float) -> None:
            self._world.call_at(after_s + PERIODS / float(frequencies[number]) + POINT_S, point(number))

        def measure(number: int, now: float) -> None:
            if self.state != RUN or experiment != self._experiment:
                return
            self.look(now)
            ohm = complex(self._world.cell.impedance(frequencies[number : number + 1], now)[0])
            self._record_point(float(frequencies[number]), ohm, amplitude_V)
            if number + 1 == len(frequencies):
                self.stop(now)
            else:
                schedule(number + 1, now)

        schedule(0, self._started_s)

    def _record_point(self, frequency_Hz: float, ohm: complex, amplitude_V: float) -> None:
        modulus_ohm, phase_rad = cmath.polar(ohm)
        singles = [frequency_Hz, amplitude_V, amplitude_V / modulus_ohm, phase_rad, self.voltage_V, self.current_A]
        singles += [0.0] * 7 + [self.elapsed_s]
        words = [raw_single(value) for value in singles]
        self.memory.put(PEIS, 1, tuple(words if self._newer else [*words, 7]))
