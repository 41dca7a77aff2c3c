"""The chamber's vacuum gauge. It has the watch connection, so that it is never behind a measurement."""

import math

from operando.drivers.microscopes.part import Part
from operando.drivers.microscopes.sharksem_connection import ask
from operando.drivers.microscopes.tescan_identity import identify_server
from operando.drivers.roles import Identity, Quality, Reading, SafeState, Safety

__all__ = ["TescanChamber"]

CHAMBER_GAUGE = 0
ERROR = -1
STATUS = {
    ERROR: "vacuum error",
    0: "vacuum ready",
    1: "pumping",
    2: "venting",
    3: "vacuum off",
    4: "chamber open",
}
"""Replies of VacGetStatus."""


class TescanChamber(Part):
    """Role `PressureSensor` for the chamber. The detail of a reading is the state of the vacuum system."""

    @property
    def connection(self) -> str:
        """A connection of its own."""
        return f"{self._microscope.name} watch"

    def identify(self) -> Identity:
        """Ask the server who it is, on the watch connection."""
        return identify_server(self._microscope.watch, self._microscope.address)

    def pressure(self) -> Reading:
        """One reading in Pa. A gauge that is switched off answers NaN."""
        start_s = self._clock.now()
        status_reply, pressure_reply = self._microscope.watch.exchange(
            [ask("VacGetStatus"), ask("VacGetPressure", CHAMBER_GAUGE)]
        )
        status, pressure_Pa = status_reply.integer(), pressure_reply.real()
        detail = STATUS.get(status, f"unknown vacuum status {status}")
        return Reading(pressure_Pa, "Pa", _quality(status, pressure_Pa), start_s, self._clock.now(), detail)

    def make_safe(self) -> SafeState:
        """A gauge does nothing."""
        return SafeState(self.name, Safety.CONFIRMED, "a gauge needs no safe state")


def _quality(status: int, pressure_Pa: float) -> Quality:
    if status not in STATUS or status == ERROR or pressure_Pa < 0:
        return Quality.FAULT
    if math.isnan(pressure_Pa):
        return Quality.OFF
    return Quality.OVER if math.isinf(pressure_Pa) else Quality.OK
