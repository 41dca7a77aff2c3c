"""When and where regions are focused, and what is watched of the beam itself."""

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import PositiveLength, PositiveTime, si
from operando.protocols.document.amounts import text_of
from operando.protocols.focus import BESIDE, BeamWatch, FocusRule

__all__ = ["BeamWatchEntry", "FocusEntry"]


def _dose(text: str) -> float:
    dose = si(text, "C/m^2")
    if dose <= 0:
        raise ValueError(f"{text!r} must be more than 0")
    return dose


def _percent(text: str) -> float:
    number, sign, rest = text.strip().partition("%")
    try:
        share = float(number) / 100
    except ValueError:
        share = -1.0
    if not sign or rest or not 0 < share <= 1:
        raise ValueError(f"{text!r} is not a percentage from above 0 to 100; expected for instance '30 %'")
    return share


Percent: tuple[PlainValidator, WithJsonSchema] = text_of(_percent, "a percentage", "30 %")
Dose: tuple[PlainValidator, WithJsonSchema] = text_of(_dose, "an electron dose", "5 C/m^2")


class FocusEntry(StrictModel):
    """Focus by rule, never on a region itself: beside each, or on one region that is sacrificed for all.

    Each focusing stays within `range` of the working distance that it begins with, and within `largest_dose` on its
    spot. `by: microscope` uses the microscope's own autofocus and judges it by pictures before and after.
    """

    on: Annotated[str, Field(min_length=1)] = BESIDE
    every: PositiveTime | None = None
    when_beam_energy_changed: bool = True
    when_sharpness_falls: Annotated[float, *Percent] | None = None
    range: PositiveLength = 60e-6
    astigmatism: bool = False
    stigmator_range: Annotated[float, *Percent] = 0.05
    largest_dose: Annotated[float, *Dose] = 5.0
    budget: Annotated[float, *Dose] | None = None
    detector: Annotated[str, Field(min_length=1)] | None = None
    by: Literal["pictures", "microscope"] = "pictures"

    @model_validator(mode="after")
    def _stigmators(self) -> "FocusEntry":
        if "stigmator_range" in self.model_fields_set and not self.astigmatism:
            raise ValueError("'stigmator_range' says nothing without 'astigmatism: true'")
        return self

    def resolved(self, line: int) -> FocusRule:
        """The rule of the program."""
        return FocusRule(
            on=None if self.on == BESIDE else self.on,
            every_s=self.every,
            when_beam_energy_changed=self.when_beam_energy_changed,
            when_sharpness_falls=self.when_sharpness_falls,
            range_m=self.range,
            astigmatism=self.astigmatism,
            stigmator_range=100 * self.stigmator_range,
            largest_dose_C_per_m2=self.largest_dose,
            budget_C_per_m2=self.budget,
            detector=self.detector,
            by=self.by,
            line=line,
        )


class BeamWatchEntry(StrictModel):
    """The beam as a suspect: the current that the specimen takes is measured with each picture, and while the beam is
    blanked; gain and black level stay as they were at the first picture of each detector and beam energy."""

    absorbed_current: bool = False
    signal: Literal["as found", "locked"] = "as found"

    def resolved(self) -> BeamWatch:
        """What the runner does."""
        return BeamWatch(self.absorbed_current, self.signal == "locked")
