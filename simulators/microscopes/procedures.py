"""Automatic procedures: they return at once, scan by themselves, and are busy for seconds."""

import math
from collections.abc import Callable

import numpy as np

from operando.simulators.microscopes.agenda import Agenda

__all__ = ["Procedures"]


class Procedures:
    """At most one runs at a time; while it runs the beam scans."""

    def __init__(self, agenda: Agenda, noise: np.random.Generator) -> None:
        self._agenda = agenda
        self._noise = noise
        self._ends_s = -math.inf

    def running(self, now: float) -> bool:
        """Whether one runs."""
        return now < self._ends_s

    def begin(self, duration_s: float, finish: Callable[[float], None], now: float) -> None:
        """Start one unless another runs; `finish` is its result."""
        if not self.running(now):
            self._ends_s = now + duration_s
            self._agenda.at(self._ends_s, finish)

    def inexact(self, value: float, error: float) -> float:
        """A result as a procedure finds it."""
        return value + error * float(self._noise.standard_normal())
