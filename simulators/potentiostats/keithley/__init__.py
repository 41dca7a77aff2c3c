"""Simulated Keithley SourceMeters: the native SCPI of the 2450 family, and the dialect of the 2400."""

from operando.simulators.potentiostats.keithley.keithley_2400 import Keithley2400
from operando.simulators.potentiostats.keithley.keithley_2450 import Keithley2450
from operando.simulators.potentiostats.keithley.settings import (
    KEITHLEY_2400,
    KEITHLEY_2450,
    KEITHLEY_2460,
    KEITHLEY_2461,
    SourceMeterSettings,
)

__all__ = [
    "KEITHLEY_2400",
    "KEITHLEY_2450",
    "KEITHLEY_2460",
    "KEITHLEY_2461",
    "Keithley2400",
    "Keithley2450",
    "SourceMeterSettings",
]
