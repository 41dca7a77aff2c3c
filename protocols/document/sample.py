"""The parts of a protocol about the cell as a whole: sample, safety limits and recording."""

from typing import Annotated

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import Area, Charge, Current, PositiveTime, Time, Voltage

__all__ = ["RecordEntry", "SafetyEntry", "SampleEntry"]


class SampleEntry(StrictModel):
    """The cell under test."""

    name: Annotated[str, Field(min_length=1)]
    nominal_capacity: Annotated[Charge, Field(gt=0)] | None = None
    area: Annotated[Area, Field(gt=0)] | None = None
    batch: str = ""
    notes: str = ""


class SafetyEntry(StrictModel):
    """Limits that stop the run: [lowest, highest]. The instrument trips at once, the host tolerates a while."""

    voltage: tuple[Voltage, Voltage]
    current: tuple[Current, Current]
    host_tolerates: Annotated[Time, Field(ge=0)] = 2.0

    @model_validator(mode="after")
    def _ordered(self) -> "SafetyEntry":
        for name, (lowest, highest) in (("voltage", self.voltage), ("current", self.current)):
            if lowest >= highest:
                raise ValueError(f"the {name} limits are in the wrong order; write [lowest, highest]")
        return self


class RecordEntry(StrictModel):
    """How often samples are taken: every so often, and at once when the voltage has changed by so much."""

    every: PositiveTime = 1.0
    or_voltage_change: Annotated[Voltage, Field(gt=0)] | None = None
