"""Simulated potentiostats: instruments that speak MethodSCRIPT on the wire and drive the simulated cell."""

from operando.simulators.potentiostats.emstat import EmStat4
from operando.simulators.potentiostats.models import EMSTAT4_LR, EMSTAT_PICO, NEXUS
from operando.simulators.potentiostats.settings import EmStat4Settings

__all__ = ["EMSTAT4_LR", "EMSTAT_PICO", "NEXUS", "EmStat4", "EmStat4Settings"]
