"""The measuring front end: what the converter makes of the cell's true voltage and current."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from operando.simulators.potentiostats.channel import Channel
from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.packages import OVERLOAD, metadata
from operando.simulators.potentiostats.settings import EmStat4Settings
from operando.simulators.potentiostats.variables import Operand
from operando.simulators.world.world import CellTerminals

__all__ = ["FrontEnd"]

_COUNTS_PER_VOLT = 1.0e6
_BLOCK = 4096


class FrontEnd:
    """Samples the cell, with noise and quantisation, in the ranges that are set.

    After `sample`, `voltage_V` and `current_A` are what the instrument reads, and the suffixes their metadata.
    """

    def __init__(
        self, cell: CellTerminals, channel: Channel, settings: EmStat4Settings, generator: np.random.Generator
    ) -> None:
        self._cell = cell
        self._channel = channel
        self._settings = settings
        self._normal = _normal_numbers(generator).__next__
        self._current_limit_A = settings.current_limit_A * (1.0 + 1.0e-9)
        self._voltage_suffixes = tuple(
            metadata(status, settings.potential_ranges[-1][0]) if status or settings.voltage_metadata else ""
            for status in range(16)
        )
        self.voltage_V = 0.0
        self.current_A = 0.0
        self.voltage_suffix = ""
        self.current_suffix = ""
        self.pending_fault: ErrorCode | None = None

    def sample(self, status: int = 0) -> None:
        """Measure voltage and current now; `status` joins the status of both.

        Raises:
            RuntimeFault: 0032 beyond what the instrument bears, or a fault that was ordered.
        """
        channel = self._channel
        voltage_V, current_A = self._cell.measure(channel.clock.world_s)
        self._check(voltage_V, current_A)
        normal, settings = self._normal, self._settings
        voltage_V += settings.voltage_noise_V * normal()
        self.voltage_V = round(voltage_V * _COUNTS_PER_VOLT) / _COUNTS_PER_VOLT
        self.voltage_suffix = self._voltage_suffixes[status]
        active = channel.ranging.select(abs(current_A))
        current_A += settings.current_noise_of_range * active.nominal_A * normal()
        self.current_A = round(current_A * active.counts_per_A) / active.counts_per_A
        current_status = active.status(abs(current_A))
        if current_status & OVERLOAD:
            self.current_A = math.copysign(active.saturation_A, current_A)
        self.current_suffix = active.suffixes[status | current_status]

    def store(self, kind: str, variable: Operand) -> None:
        """Store the current (`ba`, `db`) or the voltage (any other type) that was sampled last."""
        if kind in ("ba", "db"):
            variable.store(self.current_A, kind, self.current_suffix)
        else:
            variable.store(self.voltage_V, kind, self.voltage_suffix)

    def impedance(self, frequency_Hz: float) -> complex:
        """Measure the impedance (ohm) of the cell as it is now at one frequency.

        Raises:
            RuntimeFault: as `sample`.
        """
        self.sample()
        frequencies: NDArray[np.float64] = np.array([frequency_Hz])
        true_ohm = complex(self._cell.impedance(frequencies, self._channel.clock.world_s)[0])
        noise_ohm = self._settings.impedance_noise * abs(true_ohm)
        return true_ohm + noise_ohm * complex(self._normal(), self._normal())

    def _check(self, voltage_V: float, current_A: float) -> None:
        if self.pending_fault is not None:
            fault, self.pending_fault = self.pending_fault, None
            raise RuntimeFault(fault)
        lowest_V, highest_V = self._settings.voltage_range_V
        if abs(current_A) <= self._current_limit_A and lowest_V <= voltage_V <= highest_V:
            return
        if self._settings.critical_overload_opens_cell:
            self._channel.cell_off()
        raise RuntimeFault(ErrorCode.CRITICAL_OVERLOAD)


def _normal_numbers(generator: np.random.Generator) -> Iterator[float]:
    """Standard normal numbers, drawn in blocks; which one a sample gets depends only on how many came before."""
    while True:
        yield from generator.standard_normal(_BLOCK).tolist()
