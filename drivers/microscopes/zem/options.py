"""What the bench file may say about a ZEM, because the microscope does not tell it."""

from typing import Annotated, Literal

from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.drivers.units import Current, Length, Time, Voltage

__all__ = ["SIZES", "DetectorChannel", "ZemOptions"]

DetectorChannel = Literal["SE", "BSE"]

SIZES: dict[tuple[int, int], int] = {
    (128, 128): 3,
    (512, 512): 0,
    (1024, 1024): 2,
    (2048, 2048): 1,
    (1920, 1440): 4,
    (3840, 2880): 5,
}
"""Pictures that there are, with their numbers."""


def both_detectors() -> dict[str, DetectorChannel]:
    """Each by its own name."""
    return {"SE": "SE", "BSE": "BSE"}


class ZemOptions(StrictModel):
    """Options of a bench entry whose driver is `zem`."""

    image: str | None = None
    """Address of the picture server; by default the one that the microscope names with each picture."""
    callback: str | None = None
    """Where we listen (`10.0.0.5:41367`), for a model that does not answer to the port from which it was asked; the
    address then needs the same `local_port`, and late replies can be told from fresh ones no more."""
    detectors: Annotated[dict[str, DetectorChannel], Field(min_length=1)] = Field(default_factory=both_detectors)
    """Our name: the microscope's channel."""
    beam_current: Annotated[Current, Field(gt=0)] = 100e-12
    """As measured with a Faraday cup at the spot size in use: a ZEM does not tell the current at the specimen."""
    dwell: dict[str, Time] = Field(
        default_factory=lambda: {
            "1": 200e-9, "2": 400e-9, "3": 800e-9, "4": 1.6e-6, "5": 3.2e-6, "6": 6.4e-6, "7": 12.8e-6
        },
        min_length=1,
    )  # fmt: skip
    """Time per pixel of each of the seven steps of averaging. Measure it: time a picture and divide by its pixels."""
    start_latency: Time = Field(default=0.5, ge=0)
    """From the order to the first line, at most; where within it a picture began is not told."""
    voltage: tuple[Voltage, Voltage] = (3e3, 15e3)
    working_distance: tuple[Length, Length] = (3e-3, 50e-3)
    field_width: tuple[Length, Length] = (1e-6, 500e-6)
    stage_x: tuple[Length, Length] = (-25e-3, 25e-3)
    stage_y: tuple[Length, Length] = (-25e-3, 25e-3)
    reply_timeout: Time = Field(default=0.3, gt=0, le=5.0)
    chamber_unit: Literal["Pa", "mbar", "Torr"] | None = None
    """Of GetSamVac, which the maker does not document: compare with its own program. Without it there is no gauge."""
