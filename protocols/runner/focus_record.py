"""What the record keeps of a focusing: why, where, what was tried, what was found, and what dose it took."""

import math
from dataclasses import dataclass

from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.protocols.focus import FocusRule, Lens, Point
from operando.protocols.focus.look import FocusLook
from operando.protocols.plan.planned import C_PER_M2_IN_MAH_PER_CM2
from operando.protocols.program import Capture, Region
from operando.protocols.record import RunRecord
from operando.protocols.runner.focus_memory import BEGINS, FOCUS_SOURCE, FOCUSED
from operando.protocols.runner.focus_search import Found

__all__ = ["FocusRecord", "Occasion"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A focusing: for which region and capture, why, where and how."""

    region: str
    capture: Capture
    spot: Region
    look: FocusLook
    detector: str
    why: str


class FocusRecord:
    """Writes events of source `focus`.

    Each names the lens (`working_distance_m`, `stigmators`) that holds when the event is written, or is to hold again.
    """

    def __init__(self, rule: FocusRule, record: RunRecord, clock: Clock) -> None:
        self._rule = rule
        self._record = record
        self._clock = clock

    def begins(self, one: Occasion, lens: Lens) -> None:
        """Before the first picture."""
        look = one.look
        self._event(
            BEGINS,
            one,
            lens,
            f"at {one.spot.name}, because {one.why}",
            range_m=self._rule.range_m,
            field_width_m=look.field_width_m,
            pixels=list(look.pixels),
            dwell_s=look.dwell_s,
            detector=one.detector,
            dose_C_per_m2=look.dose_C_per_m2,
        )

    def ended(self, kind: str, one: Occasion, lens: Lens, before: Lens, found: Found, dose_C_per_m2: float) -> None:
        """What came out of it, and what was tried."""
        moved_um = (lens.working_distance_m - before.working_distance_m) * 1e6
        what = f"by {moved_um:+.1f} um +- {found.uncertainty_m * 1e6:.1f} um" if kind == FOCUSED else found.why
        self._event(
            kind,
            one,
            lens,
            f"{what} ({dose_C_per_m2:.3g} C/m^2)",
            before={"working_distance_m": before.working_distance_m, "stigmators": list(before.stigmators)},
            sharpness_before=found.before.mean if found.before is not None else None,
            sharpness_after=found.after.mean if found.after is not None else None,
            uncertainty_m=None if math.isnan(found.uncertainty_m) else found.uncertainty_m,
            curve=_plain(found.curve),
            stigmator_curves=[_plain(points) for points in found.stigmators],
            remarks=list(found.remarks),
            detector=one.detector,
            dose_C_per_m2=dose_C_per_m2,
            dose_mAh_per_cm2=dose_C_per_m2 / C_PER_M2_IN_MAH_PER_CM2,
        )

    def not_begun(self, region: str, capture: Capture, why_due: str, why_not: str) -> None:
        """It was due and not started."""
        self._record.event(
            self._clock.now(),
            FOCUS_SOURCE,
            "not focused",
            f"{region} for {capture.name}: {why_not}",
            region=region,
            capture=capture.name,
            line=self._rule.line,
            voltage_V=capture.beam.voltage_V,
            why=why_due,
            why_not=why_not,
        )

    def not_judged(self, region: str, why: str) -> None:
        """Nobody knows whether a picture is as sharp as the others."""
        self._record.event(self._clock.now(), FOCUS_SOURCE, "not judged", f"{region}: {why}", region=region)

    def put_right(self, lens: Lens) -> None:
        """The lens is as it was before a focusing that an earlier process had begun."""
        self._record.event(
            self._clock.now(),
            FOCUS_SOURCE,
            "lens put right",
            f"working distance {lens.working_distance_m * 1e3:.4f} mm, as before the focusing that was not ended",
            working_distance_m=lens.working_distance_m,
            stigmators=list(lens.stigmators),
        )

    def _event(self, kind: str, one: Occasion, lens: Lens, what: str, **details: JsonValue) -> None:
        self._record.event(
            self._clock.now(),
            FOCUS_SOURCE,
            kind,
            f"{one.region} for {one.capture.name}: {what}",
            region=one.region,
            capture=one.capture.name,
            line=self._rule.line,
            why=one.why,
            spot=one.spot.name,
            x_m=one.spot.stage.x_m,
            y_m=one.spot.stage.y_m,
            voltage_V=one.capture.beam.voltage_V,
            current_A=one.capture.beam.current_A,
            working_distance_m=lens.working_distance_m,
            stigmators=list(lens.stigmators),
            **details,
        )


def _plain(points: list[Point]) -> list[JsonValue]:
    return [[point.setting, point.sharpness.mean, point.sharpness.noise] for point in points]
