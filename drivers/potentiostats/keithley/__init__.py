"""Keithley SourceMeters as potentiostats: the 2450 family in its native SCPI, and the 2400 dialect."""
