"""From the entries about imaging to regions and captures in SI units."""

from operando.drivers.documents import Document
from operando.drivers.roles import StagePosition
from operando.protocols.document.following import anchor_of
from operando.protocols.document.imaging import CaptureEntry, RegionEntry
from operando.protocols.program import (
    BeamChoice,
    Before,
    Capture,
    EdsChoice,
    Region,
    StageAxis,
)

__all__ = ["capture_of", "region_of"]


def region_of(name: str, entry: RegionEntry, document: Document) -> Region:
    """A region; axes that are not named stay as they are found."""
    place = entry.stage
    axes: dict[StageAxis, float | None] = {"z": place.z, "rotation": place.rotation, "tilt": place.tilt}
    return Region(
        name=name,
        stage=StagePosition(place.x, place.y, place.z or 0.0, place.rotation or 0.0, place.tilt or 0.0),
        width_m=entry.width,
        anchor=anchor_of(entry.anchor),
        tiles=entry.tiles,
        only=entry.only,
        as_found=tuple(axis for axis, value in axes.items() if value is None),
        line=document.line(("regions", name)),
    )


def capture_of(name: str, entry: CaptureEntry, document: Document) -> Capture:
    """A capture."""
    eds = entry.eds
    return Capture(
        name=name,
        regions=entry.regions,
        beam=BeamChoice(entry.beam.voltage, entry.beam.current, entry.beam.working_distance),
        detectors=entry.detectors,
        pixels=entry.pixels,
        dwell_s=entry.dwell,
        repeat=entry.repeat,
        eds=None if eds is None else EdsChoice(eds.point, eds.map, eds.live_time_per_point),
        refocus=entry.refocus,
        line=document.line(("captures", name)),
        priority=entry.priority,
        if_busy=entry.if_busy,
        queue_limit=entry.queue_limit,
        keep_ready=entry.keep_ready,
        before=None if entry.before is None else Before(entry.before.samples, entry.before.every, entry.before.frames),
    )
