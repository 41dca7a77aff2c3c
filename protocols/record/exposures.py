"""What the beam did to each region, as the events of source `dose` tell it.

The runner announces each exposure before it begins and books it when it has ended: pictures, focusing, and the field of
an X-ray map. One that was announced and never booked (a kill) counts whole, as the runner counts it when it resumes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

__all__ = ["Exposure", "exposure_in", "settled"]

_SOURCE = "dose"
_BEGINS = "exposure begins"
_OF_SPOTS = ("spot", "spots begin", "spots")


@dataclass(frozen=True, slots=True)
class Exposure:
    """One exposure of the field of a region.

    Args:
        time_s: run time at which it was booked, or announced.
        kind: `frame`, `focus`, `scan`, ..., or that it begins.
        cycle: in which it happened.
    """

    time_s: float
    region: str
    kind: str
    dose_C_per_m2: float
    cycle: int


def exposure_in(time_s: float, source: str, kind: str, details: Mapping[str, JsonValue]) -> Exposure | None:
    """The exposure of a field that an event tells of; None for any other event, and for that of a single spot.

    Raises:
        KeyError, ValueError: if an event of the dose does not say what it should.
    """
    if source != _SOURCE or kind in _OF_SPOTS or details.get("spot") is not None:
        return None
    dose = float(str(details["dose_C_per_m2"]))
    return Exposure(time_s, str(details["region"]), kind, dose, int(str(details["cycle"])))


def settled(exposures: Iterable[Exposure]) -> list[Exposure]:
    """What counts, in the order of time: what was booked, and what was announced and never booked."""
    counted: list[Exposure] = []
    announced: dict[str, Exposure] = {}
    for exposure in exposures:
        before = announced.pop(exposure.region, None)
        if exposure.kind != _BEGINS:
            counted.append(exposure)
            continue
        if before is not None:
            counted.append(before)
        announced[exposure.region] = exposure
    return sorted([*counted, *announced.values()], key=lambda exposure: exposure.time_s)
