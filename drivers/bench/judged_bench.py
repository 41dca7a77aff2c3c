"""What the bench file tells the conformance suite: the load at the potentiostat, and how far it may go."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import Capacitance, Current, Force, Length, Pressure, Resistance, Temperature

__all__ = ["ConformanceEntry", "DummyCell", "Expected", "ExpectedReadings", "SpecimenPlace"]


class DummyCell(StrictModel):
    """A known load at the potentiostat: a series resistor, and a second one with a capacitor across it if there is one.

    Args:
        series: in series with everything.
        parallel: in series behind it, bridged by the capacitor.
        capacitance: of the capacitor.
        tolerance: of the resistors, as a fraction.
    """

    series: Annotated[Resistance, Field(gt=0)]
    parallel: Annotated[Resistance, Field(ge=0)] = 0.0
    capacitance: Annotated[Capacitance, Field(ge=0)] = 0.0
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.02


class SpecimenPlace(StrictModel):
    """A place of the stage at which pictures show structure; the other axes stay where they are."""

    x: Length
    y: Length


class Expected(StrictModel):
    """What somebody knows about a reading from elsewhere.

    Args:
        between: lowest and highest, in SI units.
        because: how it is known: a barometer, a second gauge, a weight.
    """

    between: tuple[float, float]
    because: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.between
        if not low < high:
            raise ValueError("the lower limit comes first")
        return self


class ExpectedPressure(Expected):
    """Of a gauge."""

    between: tuple[Pressure, Pressure]


class ExpectedTemperature(Expected):
    """Of a thermometer."""

    between: tuple[Temperature, Temperature]


class ExpectedForce(Expected):
    """Of a force sensor."""

    between: tuple[Force, Force]


class ExpectedReadings(StrictModel):
    """What gauges, thermometers and force sensors should show while they are judged, by their places.

    A gauge that is wrong by a factor (hPa told as Pa) keeps every other promise: only who knows better can tell.
    """

    pressure: dict[str, ExpectedPressure] = Field(default_factory=dict)
    temperature: dict[str, ExpectedTemperature] = Field(default_factory=dict)
    force: dict[str, ExpectedForce] = Field(default_factory=dict)


class ConformanceEntry(StrictModel):
    """How far the suite may go on this bench.

    Args:
        current: the largest that it may pass through the cell; it starts with a hundredth of it.
        travel: by how much it may move the stage, to and fro along x.
        beam_current: the largest that it may point at the specimen, and only if the present one shows too little.
        specimen: where pictures show structure; where the stage stands if it is not given.
        dummy_cell: what is connected instead of a cell.
        readings: what sensors should show.
    """

    current: Annotated[Current, Field(gt=0)] = 1e-4
    travel: Annotated[Length, Field(gt=0)] = 1e-4
    beam_current: Annotated[Current, Field(gt=0)] = 2e-9
    specimen: SpecimenPlace | None = None
    dummy_cell: DummyCell | None = None
    readings: ExpectedReadings = ExpectedReadings()
