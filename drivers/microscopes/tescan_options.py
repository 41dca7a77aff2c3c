"""What the bench file may say about a TESCAN microscope."""

from pydantic import Field

from operando.drivers.documents import StrictModel
from operando.drivers.units import Current, Length, Time, Voltage

__all__ = ["TescanOptions"]


class TescanOptions(StrictModel):
    """Options of a bench entry whose driver is `tescan`.

    Ranges narrow what the protocol may ask of this microscope; it does not report them itself.
    """

    data: str | None = None
    """Address of the data connection; by default the same place, one port above the control connection."""
    detectors: dict[str, str] = Field(default_factory=lambda: {"SE": "SE", "BSE": "BSE"}, min_length=1)
    """Our name: the microscope's name for it."""
    channels: int = Field(default=4, ge=1, le=32)
    """How many detectors can look at one scan."""
    line_flyback: Time = Field(default=20e-6, ge=0)
    """From the last pixel of a line to the first of the next; TESCAN does not document it."""
    start_latency: Time = Field(default=0.85, ge=0)
    """From the command to the first line; TESCAN's server took 0.81 s from the order to its reply."""
    unblank: Time = Field(default=1.0, ge=0)
    """From the wish to the first unblanked pixel."""
    dwell: tuple[Time, Time] = (20e-9, 10e-3)
    voltage: tuple[Voltage, Voltage] = (200.0, 30e3)
    current: tuple[Current, Current] = (1e-12, 400e-9)
    working_distance: tuple[Length, Length] = (2e-3, 100e-3)
    field_width: tuple[Length, Length] = (1e-6, 50e-3)
    stigmator_centering: int | None = Field(default=None, ge=0)
    """Number of the centering that is the stigmator; by default it is found by its name."""
