"""What may stand in the list `when`: a condition and the capture that it takes."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import PositiveTime, Time
from operando.protocols.document.amounts import CellChargeText
from operando.protocols.document.value_entries import (
    ChargeEntry,
    CurrentEntry,
    DoseEntry,
    ForceEntry,
    ImpedanceEntry,
    PressureEntry,
    TemperatureEntry,
    VoltageEntry,
)
from operando.protocols.lists import one_or_several

__all__ = ["CONDITIONS", "ConditionEntry", "TriggerEntry"]

Several = Annotated["tuple[ConditionEntry, ...]", Field(min_length=2)]

SHORTEST_PERIOD_S = 1.0


class ConditionEntry(StrictModel):
    """One condition: a moment (`every`, `after_end_of`), a state (`voltage`, `pressure`), or a combination."""

    every: PositiveTime | None = None
    at: PositiveTime | None = None
    start_of: str | None = None
    just_before_end_of: str | None = None
    after_end_of: str | None = None
    charge_passed: CellChargeText | None = None
    detected: str | None = None
    voltage: VoltageEntry | None = None
    current: CurrentEntry | None = None
    charge: ChargeEntry | None = None
    impedance: ImpedanceEntry | None = None
    pressure: PressureEntry | None = None
    temperature: TemperatureEntry | None = None
    force: ForceEntry | None = None
    dose: DoseEntry | None = None
    all: Several | None = None
    any: Several | None = None
    not_: "ConditionEntry | None" = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_condition(self) -> "ConditionEntry":
        if sum(getattr(self, field) is not None for field in CONDITION_FIELDS) != 1:
            raise ValueError(f"give one condition: {', '.join(CONDITIONS)}")
        if self.every is not None and self.every < SHORTEST_PERIOD_S:
            raise ValueError(f"'every' is {SHORTEST_PERIOD_S:g} s or more: no scan begins sooner after another")
        return self


CONDITION_FIELDS = tuple(ConditionEntry.model_fields)
CONDITIONS = tuple(field.alias or name for name, field in ConditionEntry.model_fields.items())


class TriggerEntry(ConditionEntry):
    """Takes a capture when a condition comes true. It never delays cycling."""

    capture: str
    during: Annotated[tuple[str, ...], one_or_several] = ()
    settled: Annotated[Time, Field(ge=0)] = 0.0
    start_within: PositiveTime | None = None
    once: bool = False
    at_most_every: PositiveTime | None = None
    if_already: Literal["fire", "wait"] = "wait"

    @model_validator(mode="after")
    def _step_named_once(self) -> "TriggerEntry":
        if self.during and (self.just_before_end_of or self.after_end_of or self.start_of):
            raise ValueError("'during' says nothing here: the condition names its step already")
        return self
