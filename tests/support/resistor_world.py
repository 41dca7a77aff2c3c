"""A world with nothing in it but a cell whose answers a test knows in advance, and a client for instruments in it."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from operando.simulators.engine import Conversation
from operando.simulators.world.beam import Beam, Exposure
from operando.simulators.world.world import Box, Chamber

__all__ = ["Client", "ResistorCell", "ResistorWorld"]


@dataclass(slots=True)
class ResistorCell:
    """An ideal battery behind a resistor; `drives` is everything that was done to it, with its time.

    The electromotive force rises by `slope_V_per_C` with the charge that has passed.
    """

    emf_V: float = 3.7
    resistance_ohm: float = 100.0
    reactance_ohm: float = 0.0
    slope_V_per_C: float = 0.0
    charge_C: float = 0.0
    script: list[tuple[float, float]] = field(default_factory=list)
    """Voltages and currents to measure instead, in order."""
    drives: list[tuple[str, float, float]] = field(default_factory=list)
    _since_s: float = 0.0

    @property
    def drive(self) -> tuple[str, float]:
        """What is done to the cell now."""
        return self.drives[-1][:2] if self.drives else ("open", 0.0)

    def open_circuit(self, now: float) -> None:
        self._change("open", 0.0, now)

    def drive_current(self, current_A: float, now: float) -> None:
        self._change("current", current_A, now)

    def drive_voltage(self, voltage_V: float, now: float, compliance_A: float) -> None:
        self._compliance_A = compliance_A
        self._change("voltage", voltage_V, now)

    _compliance_A: float = 1.0

    def measure(self, now: float) -> tuple[float, float]:
        if self.script:
            return self.script.pop(0)
        self._pass_charge(now)
        current_A = self._current_A()
        return self._emf_now() + current_A * self.resistance_ohm, current_A

    def impedance(self, frequencies_Hz: NDArray[np.float64], now: float) -> NDArray[np.complex128]:
        return np.full(frequencies_Hz.shape, complex(self.resistance_ohm, self.reactance_ohm))

    def _emf_now(self) -> float:
        return self.emf_V + self.slope_V_per_C * self.charge_C

    def _current_A(self) -> float:
        kind, value = self.drive
        if kind == "current":
            return value
        if kind == "voltage":
            wanted_A = (value - self._emf_now()) / self.resistance_ohm
            return min(max(wanted_A, -self._compliance_A), self._compliance_A)
        return 0.0

    def _pass_charge(self, now: float) -> None:
        assert now >= self._since_s, "the cell was asked for a time that is over"
        self.charge_C += self._current_A() * (now - self._since_s)
        self._since_s = now

    def _change(self, kind: str, value: float, now: float) -> None:
        self._pass_charge(now)
        self.drives.append((kind, value, now))


class ResistorWorld:
    """Implements as much of `World` as a potentiostat uses."""

    box: Box
    chamber: Chamber

    def __init__(self, cell: ResistorCell | None = None) -> None:
        self.cell = cell or ResistorCell()
        self.beam = Beam()
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._asked = 0

    def call_at(self, when: float, action: Callable[[float], None]) -> None:
        self._asked += 1
        heapq.heappush(self._events, (when, self._asked, action))

    def advance(self, now: float) -> None:
        while self._events and self._events[0][0] <= now:
            when, _, action = heapq.heappop(self._events)
            self.now = max(self.now, when)
            action(when)
        self.now = max(self.now, now)

    def noise(self, name: str) -> np.random.Generator:
        return np.random.default_rng([ord(letter) for letter in name])

    def beam_changed(self, now: float) -> None:
        raise NotImplementedError

    def expose(self, exposure: Exposure, lines: range) -> Sequence[NDArray[np.float32]]:
        raise NotImplementedError

    def absorbed_current_A(self, now: float) -> float:
        raise NotImplementedError

    def best_working_distance_m(self, now: float) -> float:
        raise NotImplementedError

    def xray_counts(
        self, start: float, end: float, channels: int, channel_width_eV: float, offset_eV: float, peaking_time_s: float
    ) -> tuple[NDArray[np.uint32], int]:
        raise NotImplementedError


class Client:
    """Talks to a conversation in virtual time and keeps what it heard, with the times."""

    def __init__(self, conversation: Conversation, now: float = 0.0) -> None:
        self.conversation = conversation
        self.now = now
        self.heard: list[tuple[float, bytes]] = []

    def write(self, data: bytes) -> None:
        self.conversation.feed(data, self.now)

    def read(self, until: float) -> bytes:
        """Everything that arrives until a time, at the moments at which it is due."""
        before = len(self.heard)
        while (due := self.conversation.due()) is not None and due <= until:
            self.now = max(self.now, due)
            self.heard += [(self.now, item) for item in self.conversation.collect(self.now)]
        self.now = max(self.now, until)
        self.heard += [(self.now, item) for item in self.conversation.collect(self.now)]
        return b"".join(item for _, item in self.heard[before:])

    def ask(self, data: bytes, seconds: float = 0.01) -> bytes:
        """Write, and read for a while."""
        self.write(data)
        return self.read(self.now + seconds)
