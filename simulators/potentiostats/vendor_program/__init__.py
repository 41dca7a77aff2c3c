"""Vendors' programs that cycle the simulated cell and write files: EC-Lab and PSTrace, for drivers that only watch."""

from operando.simulators.potentiostats.vendor_program.program import EcLab, PsTrace
from operando.simulators.potentiostats.vendor_program.schedule import DEFAULT_SCHEDULE, ScheduledStep

__all__ = ["DEFAULT_SCHEDULE", "EcLab", "PsTrace", "ScheduledStep"]
