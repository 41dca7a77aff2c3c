"""One quantity of a register map on one bench: from raw registers to an SI value that may be believed, or not."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from operando.drivers.errors import ConfigMismatch
from operando.drivers.gauges.modbus_options import Use
from operando.drivers.gauges.register_map import SI_UNITS, Quantity, Span
from operando.drivers.gauges.register_reads import Registers
from operando.drivers.gauges.register_values import SiScale, raw_quality, raw_value
from operando.drivers.roles import Measured, Quality
from operando.drivers.units import si

__all__ = ["Meter", "Value", "meter_of"]

LIVE_ZERO_A, FULL_SCALE_A = 4e-3, 20e-3
BROKEN_BELOW_A, UNDER_BELOW_A, OVER_ABOVE_A, BROKEN_FROM_A = 3.6e-3, 3.8e-3, 20.5e-3, 21e-3
"""NAMUR NE43: a current outside 3.8 to 20.5 mA is no measurement, and outside 3.6 to 21 mA the sensor has failed."""
ROUNDING_A = 1e-9
DECIMALS = range(10)
"""Of an integer; a device that claims more says something else in that register."""

COUNTS = re.compile(r"\s*(?P<number>\S+)\s+(?P<unit>.+?)\s*")


@dataclass(frozen=True, slots=True)
class Value:
    """One value in SI units, NaN where there is none, with its quality and what is to be said about it."""

    si: float
    quality: Quality
    detail: str = ""


class Meter:
    """Reads one quantity out of registers.

    Args:
        name: of the quantity in the map.
        quantity: where it is, as the map says.
        measured: what it is on this bench.
        place: where it is measured.
        use: what the bench file says about it.
    """

    def __init__(self, name: str, quantity: Quantity, measured: Measured, place: str, use: Use) -> None:
        self.name = name
        self.measured = measured
        self.place = place
        self.area_m2 = use.area
        self.quantity = quantity
        self._scale, self._offset, unit = quantity.scale, quantity.offset, quantity.unit
        if use.counts is not None:
            found = COUNTS.fullmatch(use.counts)
            si(use.counts, self.unit)
            assert found is not None
            self._scale, self._offset, unit = float(found["number"]), 0.0, found["unit"]
        self._to_si = SiScale(unit, "A" if quantity.measures == "current" else self.unit)
        self._ambient_Pa = use.ambient or 0.0
        self._span = tuple(si(end, self.unit) for end in use.span) if use.span else None
        self._percent_ends: tuple[float, float] | None = None

    @property
    def unit(self) -> str:
        """SI, of what it measures."""
        return SI_UNITS[self.measured]

    def spans(self) -> list[Span]:
        """The registers that are read for each value."""
        return [self.quantity, self.quantity.decimals] if self.quantity.decimals else [self.quantity]

    def setting_spans(self) -> list[Span]:
        """The registers that are read once, when the device is opened."""
        ends = self.quantity.percent_of
        return [ends.low, ends.high] if ends else []

    def take_settings(self, registers: Registers) -> None:
        """What the device says about its range."""
        ends = self.quantity.percent_of
        if ends is not None:
            low, high = (raw_value(end, registers.of(end)) for end in (ends.low, ends.high))
            self._percent_ends = low, high

    def value(self, registers: Registers) -> Value:
        """What was measured."""
        raw = raw_value(self.quantity, registers.of(self.quantity))
        quality = raw_quality(self.quantity, raw)
        if quality is not Quality.OK:
            return Value(math.nan, quality)
        decimals = self._decimals(registers)
        if decimals not in DECIMALS:
            return Value(math.nan, Quality.FAULT, f"says that it has {decimals:g} decimals")
        scaled = raw * self._scale * 10.0**-decimals + self._offset
        quality = self._range_quality(scaled)
        if self._percent_ends is not None:
            low, high = self._percent_ends
            scaled = low + (high - low) * scaled / 100.0
        if self._span is not None:
            return _on_span(self._to_si(scaled), self._span)
        return Value(self._to_si(scaled) + self._ambient_Pa, quality)

    def _decimals(self, registers: Registers) -> float:
        where = self.quantity.decimals
        return 0.0 if where is None else raw_value(where, registers.of(where))

    def _range_quality(self, scaled: float) -> Quality:
        lowest, highest = self.quantity.lowest, self.quantity.highest
        if highest is not None and scaled > highest:
            return Quality.OVER
        return Quality.UNDER if lowest is not None and scaled < lowest else Quality.OK


def meter_of(name: str, quantity: Quantity, use: Use, default_place: str | None, where: str) -> Meter:
    """A quantity with what the bench file says about it.

    Raises:
        ConfigMismatch: if that does not fit, or something is missing.
    """

    def mismatch(what: str, remedy: str) -> ConfigMismatch:
        return ConfigMismatch(f"{name}: {what}", where=where, remedy=remedy)

    place = use.place or default_place
    if place is None:
        raise mismatch("nobody says where it is measured", "Write place: box, chamber, stack or cell.")
    wired = quantity.measures == "current"
    measured = use.measures if quantity.measures == "current" else quantity.measures
    if measured is None or wired is not (use.span is not None):
        raise mismatch(
            "an input for 4 to 20 mA needs `measures` and `span`, other quantities have none",
            "Write for instance {measures: stack force, span: [0 N, 1 kN]}.",
        )
    if use.measures not in (None, measured):
        raise mismatch(f"it measures {measured}, not {use.measures}", "Leave `measures` out.")
    if use.area is not None and measured is not Measured.STACK_FORCE:
        raise mismatch("an area belongs to a force", "Leave it out, or check which quantity this is.")
    if (measured is Measured.GAUGE_PRESSURE) is not (use.ambient is not None):
        raise mismatch(
            "what is above the pressure of the room is absolute only with `ambient`; others must not have it",
            "Write ambient: 1.013 bar at a transmitter for gauge pressure; a leak is seen in absolute pressure only.",
        )
    try:
        return Meter(name, quantity, measured, place, use)
    except ValueError as error:
        raise mismatch(str(error), "Write a number and a unit.") from error


def _on_span(current_A: float, span: Sequence[float]) -> Value:
    """A current of 4 to 20 mA as what the transmitter in front of the input measures (NAMUR NE43)."""
    at_zero, at_full = span
    value = at_zero + (at_full - at_zero) * (current_A - LIVE_ZERO_A) / (FULL_SCALE_A - LIVE_ZERO_A)
    detail = f"{current_A * 1e3:.3f} mA"
    if current_A <= BROKEN_BELOW_A + ROUNDING_A or current_A >= BROKEN_FROM_A - ROUNDING_A:
        return Value(math.nan, Quality.FAULT, f"{detail}: wire broken, or the sensor has failed")
    if current_A < UNDER_BELOW_A - ROUNDING_A:
        return Value(value, Quality.UNDER, detail)
    return Value(value, Quality.OVER if current_A > OVER_ABOVE_A + ROUNDING_A else Quality.OK, detail)
