"""From the entries about imaging to regions, captures and triggers in SI units."""

from operando.drivers.documents import Document
from operando.drivers.roles import StagePosition
from operando.protocols.document.imaging import CaptureEntry, RegionEntry
from operando.protocols.document.triggers import TriggerEntry, VoltageEntry
from operando.protocols.program import (
    AfterEndOf,
    BeamChoice,
    BeforeEndOf,
    Capture,
    ChargePassed,
    Condition,
    EdsChoice,
    Every,
    Region,
    SampleInfo,
    StageAxis,
    Trigger,
    VoltageChanges,
    VoltageCrosses,
)

__all__ = ["capture_of", "region_of", "trigger_of"]


def region_of(name: str, entry: RegionEntry, document: Document) -> Region:
    """A region; axes that are not named stay as they are found."""
    place = entry.stage
    axes: dict[StageAxis, float | None] = {"z": place.z, "rotation": place.rotation, "tilt": place.tilt}
    return Region(
        name=name,
        stage=StagePosition(place.x, place.y, place.z or 0.0, place.rotation or 0.0, place.tilt or 0.0),
        width_m=entry.width,
        anchor=entry.anchor,
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
    )


def trigger_of(entry: TriggerEntry, sample: SampleInfo, line: int) -> Trigger:
    """A trigger.

    Raises:
        ValueError: if its charge is per area and the sample has none.
    """
    return Trigger(
        condition=_condition(entry, sample),
        capture=entry.capture,
        during=entry.during,
        settled_s=entry.settled,
        start_within_s=entry.start_within,
        once=entry.once,
        line=line,
    )


def _condition(entry: TriggerEntry, sample: SampleInfo) -> Condition:
    if entry.every is not None:
        return Every(entry.every)
    if entry.just_before_end_of is not None:
        return BeforeEndOf(entry.just_before_end_of)
    if entry.after_end_of is not None:
        return AfterEndOf(entry.after_end_of)
    if entry.charge_passed is not None:
        return ChargePassed(entry.charge_passed.charge_C(sample))
    if entry.voltage is not None:
        return _voltage(entry.voltage)
    raise ValueError("a trigger without a condition")


def _voltage(entry: VoltageEntry) -> Condition:
    if entry.rises_above is not None:
        return VoltageCrosses(entry.rises_above, "rises")
    if entry.falls_below is not None:
        return VoltageCrosses(entry.falls_below, "falls")
    if entry.rises is not None and entry.over is not None:
        return VoltageChanges(entry.rises, entry.over, "rises")
    if entry.falls is not None and entry.over is not None:
        return VoltageChanges(entry.falls, entry.over, "falls")
    raise ValueError("a condition on the voltage without a value")
