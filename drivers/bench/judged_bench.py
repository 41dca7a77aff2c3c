"""What the bench file tells the conformance suite: the load at the potentiostat, and how far it may go."""

from typing import Annotated

from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.drivers.units import Capacitance, Current, Length, Resistance

__all__ = ["ConformanceEntry", "DummyCell", "SpecimenPlace"]


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


class ConformanceEntry(StrictModel):
    """How far the suite may go on this bench.

    Args:
        current: the largest that it may pass through the cell; it starts with a hundredth of it.
        travel: by how much it may move the stage, to and fro along x.
        beam_current: the largest that it may point at the specimen, and only if the present one shows too little.
        specimen: where pictures show structure; where the stage stands if it is not given.
        dummy_cell: what is connected instead of a cell.
    """

    current: Annotated[Current, Field(gt=0)] = 1e-4
    travel: Annotated[Length, Field(gt=0)] = 1e-4
    beam_current: Annotated[Current, Field(gt=0)] = 2e-9
    specimen: SpecimenPlace | None = None
    dummy_cell: DummyCell | None = None
