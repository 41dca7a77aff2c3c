"""What happens when an instrument fails, and how long stage and beam are given to settle."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from operando.drivers.documents import StrictModel
from operando.drivers.units import PositiveTime, Time
from operando.protocols.lists import one_or_several
from operando.protocols.policies import Failures, ImageTheFailure, Settling

__all__ = ["FailuresEntry", "ImageTheFailureEntry", "SettlingEntry"]


class ImageTheFailureEntry(StrictModel):
    """Captures that are taken in turn after the potentiostat has failed, before the run ends safely."""

    image: Annotated[tuple[str, ...], Field(min_length=1), one_or_several]
    every: PositiveTime = 60.0
    for_: PositiveTime = Field(alias="for")


def _written_as(value: object) -> str:
    return "<what to image>" if isinstance(value, dict | ImageTheFailureEntry) else "<word>"


class FailuresEntry(StrictModel):
    """Which flow goes on when the instrument of the other one fails."""

    microscope: Literal["go on", "end"] = "go on"
    potentiostat: Annotated[
        Annotated[Literal["end"], Tag("<word>")] | Annotated[ImageTheFailureEntry, Tag("<what to image>")],
        Discriminator(_written_as),
    ] = "end"
    control_cell: Literal["go on", "end"] = "go on"

    def resolved(self) -> Failures:
        """The policy of the program."""
        look = self.potentiostat
        return Failures(
            microscope_ends_run=self.microscope == "end",
            potentiostat=None if look == "end" else ImageTheFailure(look.image, look.every, look.for_),
            control_cell_ends_run=self.control_cell == "end",
        )


class SettlingEntry(StrictModel):
    """Before a scan: so long after the stage has arrived, so long after the beam conditions have changed."""

    stage: Annotated[Time, Field(ge=0)] = 0.0
    beam: Annotated[Time, Field(ge=0)] = 0.0

    def resolved(self) -> Settling:
        """The policy of the program."""
        return Settling(self.stage, self.beam)
