"""The parts of a protocol about the cell as a whole: sample, safety limits and recording."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import Area, Charge, Current, Mass, PositiveTime, Pressure, Temperature, Time, Voltage
from operando.protocols.program import SampleInfo

__all__ = ["RecordEntry", "SafetyEntry", "SampleEntry"]


class SampleEntry(StrictModel):
    """The cell under test, and what a reader of its data will ask about it. The record lists what is left out.

    Args:
        area: of the electrode; current densities refer to it.
        area_after_cutting: of what was put into the microscope.
        electrode_preparation, assembly: how it was made, in words.
        stack_pressure: as mounted.
        temperature: at which the cell is held.
        prepared: date of the assembly.
        elements: in the cell, as chemical symbols.
        in_vacuum_before_start: how long the cell was in vacuum already.
    """

    name: Annotated[str, Field(min_length=1)]
    nominal_capacity: Annotated[Charge, Field(gt=0)] | None = None
    area: Annotated[Area, Field(gt=0)] | None = None
    batch: str = ""
    notes: str = ""
    active_mass: Annotated[Mass, Field(gt=0)] | None = None
    area_after_cutting: Annotated[Area, Field(gt=0)] | None = None
    electrode_preparation: str = ""
    assembly: str = ""
    stack_pressure: Annotated[Pressure, Field(ge=0)] | None = None
    temperature: Annotated[Temperature, Field(gt=0)] | None = None
    prepared: date | None = None
    elements: tuple[Annotated[str, Field(pattern="^[A-Z][a-z]?$")], ...] = ()
    in_vacuum_before_start: Annotated[Time, Field(ge=0)] | None = None

    def info(self, nominal_capacity_C: float | None) -> SampleInfo:
        """In SI units, with a capacity that may come from elsewhere."""
        return SampleInfo(
            name=self.name,
            nominal_capacity_C=nominal_capacity_C,
            area_m2=self.area,
            batch=self.batch,
            notes=self.notes,
            active_mass_kg=self.active_mass,
            area_after_cutting_m2=self.area_after_cutting,
            electrode_preparation=self.electrode_preparation,
            assembly=self.assembly,
            stack_pressure_Pa=self.stack_pressure,
            temperature_K=self.temperature,
            prepared="" if self.prepared is None else self.prepared.isoformat(),
            elements=self.elements,
            in_vacuum_before_start_s=self.in_vacuum_before_start,
        )


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
