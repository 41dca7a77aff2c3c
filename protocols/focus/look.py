"""How one focusing looks: which settings are tried, with which pictures, and what dose that is."""

from dataclasses import dataclass

from operando.drivers.roles import ScannerCapabilities
from operando.protocols.focus.rule import FocusRule
from operando.protocols.program import Capture, Region

__all__ = ["FINE", "STIGMATOR_STEPS", "FocusLook", "focus_look"]

PIXELS = (256, 192)
NARROWEST_FIELD_M = 20e-6
"""A narrower field may hold nothing with an edge."""
DWELL_S = 10e-6
SHORTEST_DWELL_S = 1e-6
COARSE = 11
"""Working distances over the whole range, the present one in their middle."""
FINE = (-0.7, -0.35, 0.0, 0.35, 0.7)
"""Of the distance between the coarse ones, about the maximum that they show."""
STIGMATOR_STEPS = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Of the range, for each of the two stigmators."""
MICROSCOPE_S = 20.0
"""How long a microscope's own autofocus scans."""
BETWEEN_PICTURES_S = 2.0


@dataclass(frozen=True, slots=True)
class FocusLook:
    """One focusing as it is planned.

    Args:
        field_width_m, pixels, dwell_s: of its pictures.
        pictures: how many at most.
        picture_dose_C_per_m2: of one.
        dose_C_per_m2: of all of them.
        duration_s: of the whole.
        enough: whether the largest dose leaves each pixel its shortest dwell time.
    """

    field_width_m: float
    pixels: tuple[int, int]
    dwell_s: float
    pictures: int
    picture_dose_C_per_m2: float
    dose_C_per_m2: float
    duration_s: float
    enough: bool


def focus_look(rule: FocusRule, capture: Capture, region: Region, scanner: ScannerCapabilities | None) -> FocusLook:
    """The focusing that belongs to a capture of a region: pixels as fine as its own, as much dose as allowed."""
    width, height = _pixels(scanner)
    field_m = min(region.width_m, max(width * region.width_m / capture.pixels[0], NARROWEST_FIELD_M))
    pictures = _pictures(rule)
    flux_A_per_m2 = capture.beam.current_A / (field_m**2 * height / width)
    by_itself = MICROSCOPE_S * flux_A_per_m2 if rule.by == "microscope" else 0.0
    affordable_s = (rule.largest_dose_C_per_m2 - by_itself) / (pictures * width * height * flux_A_per_m2)
    dwell_s = _dwell_s(affordable_s, scanner)
    picture_dose = dwell_s * width * height * flux_A_per_m2
    scan_s = pictures * (width * height * dwell_s + BETWEEN_PICTURES_S)
    return FocusLook(
        field_m,
        (width, height),
        dwell_s,
        pictures,
        picture_dose,
        pictures * picture_dose + by_itself,
        scan_s + (MICROSCOPE_S if rule.by == "microscope" else 0.0),
        dwell_s <= affordable_s,
    )


def _pictures(rule: FocusRule) -> int:
    search = 2 if rule.by == "microscope" else COARSE + len(FINE) + 1
    return search + (2 * len(STIGMATOR_STEPS) + 1 if rule.astigmatism else 0)


def _pixels(scanner: ScannerCapabilities | None) -> tuple[int, int]:
    sizes = scanner.sizes if scanner is not None else ()
    enough = [size for size in sizes if size[0] >= PIXELS[0] and size[1] >= PIXELS[1]]
    return min(enough, default=PIXELS)


def _dwell_s(affordable_s: float, scanner: ScannerCapabilities | None) -> float:
    """The longest that the dose allows, up to `DWELL_S`; the shortest that there is if it allows none."""
    if scanner is not None and scanner.dwells_s:
        allowed = [dwell_s for dwell_s in scanner.dwells_s if dwell_s <= min(affordable_s, DWELL_S)]
        return max(allowed, default=min(scanner.dwells_s))
    shortest_s = max(SHORTEST_DWELL_S, scanner.dwell_s[0] if scanner is not None else 0.0)
    return max(shortest_s, min(affordable_s, DWELL_S))
