"""The roles of pressure and force sensors and of thermometers, and what one reading is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from operando.drivers.roles.instrument import Instrument

__all__ = ["ForceSensor", "Measured", "PressureSensor", "Quality", "Reading", "Thermometer"]


class Measured(StrEnum):
    """What a sensor measures, in the words of bench files and register maps (`measures: stack force`)."""

    ABSOLUTE_PRESSURE = "absolute pressure"
    GAUGE_PRESSURE = "gauge pressure"
    """Above that of the room; absolute once the pressure of the room is added."""
    STACK_PRESSURE = "stack pressure"
    STACK_FORCE = "stack force"
    """Stack pressure once it is divided by the area on which it acts."""
    TEMPERATURE = "temperature"


class Quality(StrEnum):
    """Whether a reading may be believed. Everything but `OK` counts as unsafe for an interlock."""

    OK = "ok"
    UNDER = "under range"
    OVER = "over range"
    OFF = "off"
    FAULT = "fault"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value with its truth: SI value (NaN if there is none), quality, and the run times it was taken between."""

    value: float
    unit: str
    quality: Quality
    start_s: float
    end_s: float
    detail: str = ""


class PressureSensor(Instrument, Protocol):
    """A gauge: absolute, vacuum, or stack pressure."""

    def pressure(self) -> Reading:
        """One reading in Pa."""
        ...


class ForceSensor(Instrument, Protocol):
    """A load cell in the holder: the force on the stack."""

    def force(self) -> Reading:
        """One reading in N."""
        ...


class Thermometer(Instrument, Protocol):
    """A temperature sensor."""

    def temperature(self) -> Reading:
        """One reading in K."""
        ...
