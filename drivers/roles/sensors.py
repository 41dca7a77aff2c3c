"""The roles of pressure sensors and thermometers, and what one reading is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from operando.drivers.roles.instrument import Instrument

__all__ = ["PressureSensor", "Quality", "Reading", "Thermometer"]


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


class Thermometer(Instrument, Protocol):
    """A temperature sensor."""

    def temperature(self) -> Reading:
        """One reading in K."""
        ...
