"""What one capture costs: time, pictures, spectra, bytes and electron dose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operando.protocols.plan.bench_facts import BenchFacts
from operando.protocols.program import Capture, EdsChoice, Region
from operando.protocols.spot import spot_area_m2

__all__ = ["FOCUS_S", "CaptureCost", "cost_of", "flux_A_per_m2", "frame_dose_C_per_m2", "frame_s", "map_points"]

GO_THERE_S = 3.0
"""Stage, beam and blanker, for each field; the same that the runner takes before it knows better."""
FOCUS_S = 20.0
LINE_OVERHEAD_S = 1e-4
DEAD_TIME_SHARE = 0.1
UNBLANK_S = 1.0
START_LATENCY_S = 0.5
EDS_OVERHEAD_S = 0.05
BYTES_PER_PIXEL = 2
BYTES_PER_CHANNEL = 4
CHANNELS = 2048
BYTES_PER_ROW = 400
"""Of a picture or spectrum in the indices of a record."""


@dataclass(frozen=True, slots=True)
class CaptureCost:
    """Of one capture.

    Args:
        duration_s: of the whole.
        pictures: one for each frame, detector and tile.
        spectra: one for each point.
        bytes: of the record.
        region_C_per_m2: mean dose of each region's field by what is written: frames, and live times of spectra.
        waiting_C_per_m2: what comes on top while an unblanked beam waits, in dead time and between points.
        spot_C_per_m2: dose of the spot in each region that a parked beam stands on longest.
    """

    duration_s: float
    pictures: int
    spectra: int
    bytes: int
    region_C_per_m2: Mapping[str, float]
    waiting_C_per_m2: Mapping[str, float]
    spot_C_per_m2: Mapping[str, float]


def cost_of(capture: Capture, regions: Iterable[Region], facts: BenchFacts | None) -> CaptureCost:
    """The cost of a capture at some regions, with the bench's own times where they are known."""
    known = facts or BenchFacts()
    duration_s, pictures, spectra = 0.0, 0, 0
    dose: dict[str, float] = {}
    waiting: dict[str, float] = {}
    spots: dict[str, float] = {}
    for region in regions:
        dose[region.name] = 0.0
        duration_s += GO_THERE_S + (FOCUS_S if capture.refocus else 0.0)
        if capture.detectors:
            tiles = region.tiles[0] * region.tiles[1]
            pictures += tiles * capture.repeat * len(capture.detectors)
            duration_s += (tiles - 1) * GO_THERE_S + tiles * _pictures_s(capture, known)
            dose[region.name] += capture.repeat * frame_dose_C_per_m2(capture, region)
        if capture.eds is not None:
            spectra += _point_count(capture.eds)
            spectra_s, live_s = _spectra_s(capture.eds, known), _live_s(capture.eds)
            in_the_middle = bool(capture.detectors) and region.tiles != (1, 1)  # a field of its own
            duration_s += spectra_s + (GO_THERE_S if in_the_middle else 0.0)
            dose[region.name] += live_s * flux_A_per_m2(capture, region)
            waiting[region.name] = (spectra_s - live_s) * flux_A_per_m2(capture, region)
            spots[region.name] = _spot_dose(capture, capture.eds)
    pixels = capture.pixels[0] * capture.pixels[1]
    size = pictures * (pixels * BYTES_PER_PIXEL + BYTES_PER_ROW) + spectra * (
        CHANNELS * BYTES_PER_CHANNEL + BYTES_PER_ROW
    )
    return CaptureCost(duration_s, pictures, spectra, size, dose, waiting, spots)


def frame_s(capture: Capture) -> float:
    """One frame of a capture, with the flyback of its lines."""
    columns, rows = capture.pixels
    return rows * (columns * capture.dwell_s + LINE_OVERHEAD_S)


def frame_dose_C_per_m2(capture: Capture, region: Region) -> float:
    """Charge of one frame over the area of its field; all detectors look at the same electrons."""
    return capture.dwell_s * capture.pixels[0] * capture.pixels[1] * flux_A_per_m2(capture, region)


def flux_A_per_m2(capture: Capture, region: Region) -> float:
    """Beam current over the area of the field, which has the shape of the capture's pictures."""
    columns, rows = capture.pixels
    return capture.beam.current_A / (region.width_m**2 * rows / columns)


def map_points(eds: EdsChoice) -> int:
    """How many points a map has; 0 without one."""
    return eds.map_points[0] * eds.map_points[1] if eds.map_points is not None else 0


def _point_count(eds: EdsChoice) -> int:
    return (eds.point_live_time_s is not None) + map_points(eds)


def _pictures_s(capture: Capture, facts: BenchFacts) -> float:
    latency_s = facts.scanner.start_latency_s if facts.scanner else START_LATENCY_S
    unblank_s = facts.column.unblank_s if facts.column else UNBLANK_S
    return unblank_s + capture.repeat * (latency_s + frame_s(capture))


def _spectra_s(eds: EdsChoice, facts: BenchFacts) -> float:
    """Real time under the beam and around it: live time, dead time, clear, start and read-out."""
    overhead_s = facts.eds.overhead_s if facts.eds else EDS_OVERHEAD_S
    unblank_s = facts.column.unblank_s if facts.column else UNBLANK_S
    return 2 * unblank_s + _real_s(_live_s(eds)) + _point_count(eds) * overhead_s


def _live_s(eds: EdsChoice) -> float:
    return (eds.point_live_time_s or 0.0) + map_points(eds) * (eds.map_live_time_s or 0.0)


def _real_s(live_s: float) -> float:
    return live_s / (1.0 - DEAD_TIME_SHARE)


def _spot_dose(capture: Capture, eds: EdsChoice) -> float:
    """A point may lie on a point of the map."""
    live_s = (eds.point_live_time_s or 0.0) + (eds.map_live_time_s or 0.0)
    return capture.beam.current_A * _real_s(live_s) / spot_area_m2(capture.beam.voltage_V)
