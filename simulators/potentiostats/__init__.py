"""Simulated potentiostats: instruments that speak MethodSCRIPT on the wire and drive the simulated cell."""

from operando.simulators.potentiostats.emstat import EmStat4
from operando.simulators.potentiostats.settings import EmStat4Settings

__all__ = ["EmStat4", "EmStat4Settings"]
