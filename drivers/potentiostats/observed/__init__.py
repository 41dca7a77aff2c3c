"""Potentiostats that another program runs: EC-Lab and PSTrace cycle the cell, and we read the files that they write."""

from operando.drivers.potentiostats.observed.programs import open_ec_lab, open_pstrace

__all__ = ["open_ec_lab", "open_pstrace"]
