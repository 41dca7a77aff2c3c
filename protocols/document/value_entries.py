"""What may stand behind the name of a quantity in a condition: `voltage: {falls_below: 3.4 V, for: 5 s}`."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import Charge, Current, PositiveTime, Pressure, Time, Voltage, VoltageRate, si
from operando.protocols.document.amounts import text_of
from operando.protocols.trigger_conditions import Changes, Crosses, Direction, Quantity, Rate, Source, Value

__all__ = [
    "ChargeEntry",
    "CurrentEntry",
    "DoseEntry",
    "ForceEntry",
    "ImpedanceEntry",
    "PressureEntry",
    "TemperatureEntry",
    "ValueEntry",
    "VoltageEntry",
]


def _is(unit: str, what: str, example: str) -> tuple[object, ...]:
    return text_of(lambda text: si(text, unit), what, example)


Amount = TypeVar("Amount", bound=float)
PerTime = TypeVar("PerTime", bound=float)
CurrentRate = Annotated[float, *_is("A/s", "a rate of current", "1 uA/min")]
ChargeRate = Annotated[float, *_is("C/s", "a rate of charge", "0.1 mAh/h")]
Resistance = Annotated[float, *_is("ohm", "a resistance", "40 ohm")]
ResistanceRate = Annotated[float, *_is("ohm/s", "a rate of resistance", "1 ohm/h")]
PressureRate = Annotated[float, *_is("Pa/s", "a rate of pressure", "1 mbar/h")]
Temperature = Annotated[float, *_is("K", "a temperature", "40 degC")]
TemperatureRate = Annotated[float, *_is("K/s", "a rate of temperature", "1 K/min")]
Force = Annotated[float, *_is("N", "a force", "1.2 kN")]
ForceRate = Annotated[float, *_is("N/s", "a rate of force", "10 N/h")]
Dose = Annotated[float, *_is("C/m^2", "an electron dose", "5 C/m^2")]

KINDS = (
    "rises_above",
    "falls_below",
    "rises",
    "falls",
    "rises_faster_than",
    "falls_faster_than",
    "changes_slower_than",
)


class ValueEntry(StrictModel, Generic[Amount, PerTime]):
    """A value goes through a threshold, changes by so much, or at such a rate."""

    rises_above: Amount | None = None
    falls_below: Amount | None = None
    rises: Amount | None = None
    falls: Amount | None = None
    rises_faster_than: PerTime | None = None
    falls_faster_than: PerTime | None = None
    changes_slower_than: PerTime | None = None
    over: PositiveTime | None = None
    for_: Annotated[Time, Field(ge=0)] = Field(default=0.0, alias="for")
    hysteresis: Amount | None = None

    @model_validator(mode="after")
    def _one(self) -> "ValueEntry[Amount, PerTime]":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of {', '.join(KINDS)}")
        (kind,) = given
        crosses = kind in KINDS[:2]
        if crosses == (self.over is not None):
            raise ValueError("'rises', 'falls' and rates need 'over: 5 s'; 'rises_above' and 'falls_below' do not")
        if not crosses and (self.for_ or self.hysteresis is not None):
            raise ValueError("'for' and 'hysteresis' belong to 'rises_above' and 'falls_below'")
        if not crosses and getattr(self, kind) <= 0:
            raise ValueError(f"'{kind}' must be more than 0")
        if self.hysteresis is not None and self.hysteresis < 0:
            raise ValueError("'hysteresis' must not be less than 0")
        return self

    def on(self, source: Source) -> Value:
        """The condition on a source."""
        for threshold, direction in ((self.rises_above, "rises"), (self.falls_below, "falls")):
            if threshold is not None:
                return Crosses(source, threshold, _direction(direction), self.for_, self.hysteresis or 0.0)
        assert self.over is not None
        for by, direction in ((self.rises, "rises"), (self.falls, "falls")):
            if by is not None:
                return Changes(source, by, self.over, _direction(direction))
        for rate, direction in ((self.rises_faster_than, "rises"), (self.falls_faster_than, "falls")):
            if rate is not None:
                return Rate(source, rate, self.over, _direction(direction))
        assert self.changes_slower_than is not None
        return Rate(source, self.changes_slower_than, self.over, "slower")

    def source(self, quantity: Quantity) -> Source:
        """Where the value comes from."""
        return Source(quantity)


def _direction(word: str) -> Direction:
    return "rises" if word == "rises" else "falls"


class VoltageEntry(ValueEntry[Voltage, VoltageRate]):
    """The cell voltage; a soft short `falls`."""


class CurrentEntry(ValueEntry[Current, CurrentRate]):
    """The cell current, positive when charging."""


class ChargeEntry(ValueEntry[Charge, ChargeRate]):
    """The charge that has passed in the step, positive when charging."""


class ImpedanceEntry(ValueEntry[Resistance, ResistanceRate]):
    """The real part at the highest frequency of the last impedance spectrum."""


class PressureEntry(ValueEntry[Pressure, PressureRate]):
    """A pressure, by the name that the bench file gives to its gauge (`box`, `chamber`)."""

    gauge: str

    def source(self, quantity: Quantity) -> Source:
        return Source(quantity, self.gauge)


class TemperatureEntry(ValueEntry[Temperature, TemperatureRate]):
    """A temperature, by the name of its thermometer."""

    thermometer: str

    def source(self, quantity: Quantity) -> Source:
        return Source(quantity, self.thermometer)


class ForceEntry(ValueEntry[Force, ForceRate]):
    """A force, by the name of its sensor (`stack`)."""

    sensor: str = "stack"

    def source(self, quantity: Quantity) -> Source:
        return Source(quantity, self.sensor)


class DoseEntry(StrictModel):
    """The electron dose that a region has had in all."""

    region: str
    rises_above: Annotated[Dose, Field(gt=0)]

    def on_region(self) -> Value:
        """The condition."""
        return Crosses(Source("dose", self.region), self.rises_above, "rises")
