"""The vacuum gauge in the chamber of a ZEM."""

import math

from operando.drivers.errors import FramingError
from operando.drivers.microscopes.zem.part import Part
from operando.drivers.roles import Quality, Reading, SafeState, Safety

__all__ = ["UNITS_Pa", "ZemChamber"]

UNITS_Pa = {"Pa": 1.0, "mbar": 100.0, "Torr": 133.322368}


class ZemChamber(Part):
    """Role `PressureSensor`; the unit is what the bench file says, because the maker does not."""

    def pressure(self) -> Reading:
        """One reading in Pa."""
        start_s = self._clock.now()
        reply = self.zem.exchange.ask("GetSamVac")
        try:
            shown = float(reply.value)
        except ValueError as error:
            raise FramingError(f"this is no pressure: {reply.value!r}", where=self.zem.where) from error
        quality = Quality.OK if math.isfinite(shown) and shown > 0 else Quality.FAULT
        unit = self.zem.options.chamber_unit or "Pa"
        value_Pa = shown * UNITS_Pa[unit] if quality is Quality.OK else math.nan
        return Reading(
            value_Pa, "Pa", quality, start_s, self._clock.now(), "" if quality is Quality.OK else reply.value
        )

    def make_safe(self) -> SafeState:
        """A gauge does nothing."""
        return SafeState(self.name, Safety.CONFIRMED, "a gauge needs no safe state")
