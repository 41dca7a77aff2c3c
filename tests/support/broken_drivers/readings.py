"""Gauges and thermometers whose readings cannot be believed."""

import math
from dataclasses import replace

from operando.drivers.bench import Roles
from operando.drivers.errors import InstrumentError
from operando.drivers.roles import Identity, Quality, Reading
from support.broken_drivers.kind import Broken

__all__ = ["KINDS"]


class StaleIsOk(Broken):
    """Repeats the last reading as a good one when no new one comes."""

    role = "pressures"
    caught_by = "pressure.is_not_made_up"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._last = self.gauge.pressure()

    def pressure(self) -> Reading:
        try:
            self._last = self.gauge.pressure()
        except InstrumentError:
            return self._last
        return self._last


class ReadOnce(Broken):
    """Reads once, and gives that for ever."""

    role = "pressures"
    caught_by = "pressure.is_fresh"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._only = self.gauge.pressure()

    def pressure(self) -> Reading:
        return self._only


class QualityDropped(Broken):
    """Gives no number, and calls it good."""

    role = "pressures"
    caught_by = "pressure.reads"

    def pressure(self) -> Reading:
        return replace(self.gauge.pressure(), value=math.nan, quality=Quality.OK)


class Millibar(Broken):
    """Gives millibar."""

    role = "pressures"
    caught_by = "pressure.reads"

    def pressure(self) -> Reading:
        reading = self.gauge.pressure()
        return replace(reading, value=reading.value / 100, unit="mbar")


class Celsius(Broken):
    """Gives degrees Celsius as kelvin."""

    role = "thermometers"
    caught_by = "thermometer.reads"

    def temperature(self) -> Reading:
        reading = self.sensor.temperature()
        return replace(reading, value=reading.value - 273.15)


class IdentityFromMemory(Broken):
    """Says who it is without asking the instrument."""

    role = "eds"
    caught_by = "eds.silent_line"

    def __init__(self, roles: Roles) -> None:
        super().__init__(roles)
        self._identity = self.eds.identify()

    def identify(self) -> Identity:
        return self._identity


class NameOfItsOwn(Broken):
    """Goes by a name of its own instead of the one in the bench file."""

    role = "pressures"
    caught_by = "pressure.identity"
    name = "gauge"


class CloseFails(Broken):
    """Lets go of its wire, and then fails."""

    role = "pressures"
    caught_by = "pressure.second_client"

    def close(self) -> None:
        self.gauge.close()
        raise RuntimeError("there is nothing to let go of")


KINDS = (StaleIsOk, ReadOnce, QualityDropped, Millibar, Celsius, IdentityFromMemory, NameOfItsOwn, CloseFails)
