"""Where to look and how: regions of the specimen and captures."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from operando.drivers.documents import StrictModel
from operando.drivers.units import Angle, Current, Length, PositiveLength, PositiveTime, Voltage
from operando.protocols.document.following import AnchorEntry
from operando.protocols.lists import one_or_several
from operando.protocols.policies import IfBusy

__all__ = ["BeamEntry", "BeforeEntry", "CaptureEntry", "EdsEntry", "FiducialEntry", "PlaceEntry", "RegionEntry"]

Count = Annotated[int, Field(ge=1)]


class PlaceEntry(StrictModel):
    """Where the stage stands; an axis that is left out keeps the value that it has when the run starts."""

    x: Length
    y: Length
    z: Length | None = None
    rotation: Angle | None = None
    tilt: Angle | None = None


class FiducialEntry(StrictModel):
    """A place by which the sample is found again in another mounting: grains, away from everything that is measured."""

    x: Length
    y: Length


class RegionEntry(StrictModel):
    """A place on the specimen and the width of the field that is looked at."""

    stage: PlaceEntry
    width: PositiveLength
    anchor: AnchorEntry | None = None
    tiles: tuple[Count, Count] = (1, 1)
    only: Annotated[tuple[Literal["start", "end"], ...], one_or_several] = ()


class BeamEntry(StrictModel):
    """The beam of a capture; without a working distance the one that is in focus stays."""

    voltage: Annotated[Voltage, Field(gt=0)]
    current: Annotated[Current, Field(gt=0)]
    working_distance: PositiveLength | None = None


class EdsEntry(StrictModel):
    """X-ray spectra: one in the middle of the region (`point`, its live time), a map of points, or both."""

    point: PositiveTime | None = None
    map: tuple[Count, Count] | None = None
    live_time_per_point: PositiveTime | None = None

    @model_validator(mode="after")
    def _something(self) -> "EdsEntry":
        if self.point is None and self.map is None:
            raise ValueError(
                "say what is measured: 'point: 10 s', or 'map: [32, 32]' with 'live_time_per_point: 200 ms'"
            )
        if (self.map is None) != (self.live_time_per_point is None):
            raise ValueError("'map' and 'live_time_per_point' belong together")
        return self


class BeforeEntry(StrictModel):
    """What belongs to a capture of the time before its event: samples, how often they are taken, and the last frames.

    `every` makes the potentiostat record so often in all steps in which a trigger of the capture may fire.
    """

    samples: PositiveTime
    every: PositiveTime | None = None
    frames: Annotated[int, Field(ge=0)] = 0


class CaptureEntry(StrictModel):
    """Pictures, spectra or both, at some regions.

    `priority` 1 goes first. `if_busy` says what becomes of it when another capture is taken: `skip` leaves it out,
    `queue` lets it wait (`queue_limit` of each reason at most), `preempt` stops one that is less urgent.
    """

    regions: Annotated[tuple[str, ...], Field(min_length=1), one_or_several]
    beam: BeamEntry
    detectors: Annotated[tuple[str, ...], one_or_several] = ()
    pixels: tuple[Annotated[int, Field(ge=16)], Annotated[int, Field(ge=16)]] = (1024, 768)
    dwell: PositiveTime = 1e-5
    repeat: Count = 1
    eds: EdsEntry | None = None
    refocus: bool = False
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    if_busy: IfBusy = "queue"
    queue_limit: Count = 1
    keep_ready: bool = False
    before: BeforeEntry | None = None

    @model_validator(mode="after")
    def _something(self) -> "CaptureEntry":
        if not self.detectors and self.eds is None:
            raise ValueError("a capture takes pictures ('detectors: [SE, BSE]'), spectra ('eds: ...') or both")
        if not self.detectors and self.repeat != 1:
            raise ValueError("'repeat' counts pictures; this capture has no 'detectors'")
        if self.if_busy == "skip" and "queue_limit" in self.model_fields_set:
            raise ValueError("'queue_limit' says nothing with 'if_busy: skip', which lets nothing wait")
        return self
