"""What may stand in the list `when`: a condition and the capture that it takes."""

from typing import Annotated

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import PositiveTime, Time, Voltage
from operando.protocols.document.amounts import CellChargeText
from operando.protocols.document.lists import one_or_several

__all__ = ["CONDITIONS", "TriggerEntry", "VoltageEntry"]

CONDITIONS = ("every", "just_before_end_of", "after_end_of", "charge_passed", "voltage")

PositiveVoltage = Annotated[Voltage, Field(gt=0)]


class VoltageEntry(StrictModel):
    """The voltage goes through a value, or changes by so much `over` a time; a soft short falls."""

    rises_above: Voltage | None = None
    falls_below: Voltage | None = None
    rises: PositiveVoltage | None = None
    falls: PositiveVoltage | None = None
    over: PositiveTime | None = None

    @model_validator(mode="after")
    def _one(self) -> "VoltageEntry":
        values = (self.rises_above, self.falls_below, self.rises, self.falls)
        if sum(value is not None for value in values) != 1:
            raise ValueError("give one of rises_above, falls_below, rises (with over), falls (with over)")
        if (self.rises is not None or self.falls is not None) != (self.over is not None):
            raise ValueError("'rises' and 'falls' need 'over: 5 s'; 'rises_above' and 'falls_below' do not")
        return self


class TriggerEntry(StrictModel):
    """Takes a capture when a condition comes true. It never delays cycling."""

    every: PositiveTime | None = None
    just_before_end_of: str | None = None
    after_end_of: str | None = None
    charge_passed: CellChargeText | None = None
    voltage: VoltageEntry | None = None
    capture: str
    during: Annotated[tuple[str, ...], one_or_several] = ()
    settled: Annotated[Time, Field(ge=0)] = 0.0
    start_within: PositiveTime | None = None
    once: bool = False

    @model_validator(mode="after")
    def _one_condition(self) -> "TriggerEntry":
        values = (self.every, self.just_before_end_of, self.after_end_of, self.charge_passed, self.voltage)
        if sum(value is not None for value in values) != 1:
            raise ValueError(f"give one condition: {', '.join(CONDITIONS)}")
        if self.during and (self.just_before_end_of or self.after_end_of):
            raise ValueError("'during' says nothing here: the condition names its step already")
        return self
