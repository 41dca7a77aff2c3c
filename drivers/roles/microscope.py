"""The roles that a scanning electron microscope plays: stage, column, scanner and detectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles.instrument import Instrument

__all__ = [
    "AutofocusRange",
    "BeamConditions",
    "Blanking",
    "Column",
    "ColumnCapabilities",
    "DetectorSettings",
    "Detectors",
    "FrameProgress",
    "FrameRequest",
    "HighVoltage",
    "Image",
    "KeepOut",
    "Scanner",
    "ScannerCapabilities",
    "Stage",
    "StageCapabilities",
    "StagePosition",
]


@dataclass(frozen=True, slots=True)
class StagePosition:
    """Where the stage stands, in metres and radians, in the microscope's own axes.

    x and y are those of the point of the specimen below the optical axis: larger ones show what lies further to the
    right and further up in a picture, as long as neither scan nor stage is rotated.
    """

    x_m: float
    y_m: float
    z_m: float
    rotation_rad: float = 0.0
    tilt_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class KeepOut:
    """A box in stage coordinates that the stage must never enter: x and y ranges, and the z range that is forbidden."""

    x_m: tuple[float, float]
    y_m: tuple[float, float]
    z_m: tuple[float, float]

    def can_be_touched(self, start: StagePosition, end: StagePosition) -> bool:
        """Whether a move from start to end can touch the box. Its faces belong to it.

        Each axis goes at its own speed and stops at its own time, so the way is no straight line: it may lead through
        any point between start and end, axis by axis.
        """
        axes = ((start.x_m, end.x_m, self.x_m), (start.y_m, end.y_m, self.y_m), (start.z_m, end.z_m, self.z_m))
        return all(min(here, there) <= max(faces) and max(here, there) >= min(faces) for here, there, faces in axes)


@dataclass(frozen=True, slots=True)
class StageCapabilities:
    """Limits of each axis as the instrument reports them, narrowed by the bench file."""

    lowest: StagePosition
    highest: StagePosition
    arrival_tolerance_m: float
    """How far from its target a stage may stand and still have arrived."""
    keep_out: tuple[KeepOut, ...] = ()


class Stage(Instrument, Protocol):
    """Moves the specimen. "Not busy" is not "arrived": compare the position with the target."""

    @property
    def capabilities(self) -> StageCapabilities: ...

    def position(self) -> StagePosition: ...

    def move_to(self, target: StagePosition) -> None:
        """Start a move and return at once.

        Raises:
            LimitRefused: if the target, or a way on which the axes may go there, passes a limit or a keep-out;
                nothing was sent.
        """
        ...

    def moving(self) -> bool: ...

    def stop(self) -> None: ...


class HighVoltage(StrEnum):
    """State of the accelerating voltage."""

    ON = "on"
    OFF = "off"
    CHANGING = "changing"
    FAULT = "fault"


class Blanking(StrEnum):
    """When the beam is kept from the specimen."""

    NEVER = "never"
    ALWAYS = "always"
    OUTSIDE_SCANS = "outside scans"


@dataclass(frozen=True, slots=True)
class BeamConditions:
    """Everything that decides what the beam does to the specimen, moved as one value.

    `field_width_m` is the width of the scanned field. Shift is at the specimen. Stigmators are in the instrument's
    own relative units.
    """

    voltage_V: float
    current_A: float
    working_distance_m: float
    field_width_m: float
    shift_m: tuple[float, float] = (0.0, 0.0)
    stigmators: tuple[float, float] = (0.0, 0.0)
    scan_rotation_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class AutofocusRange:
    """Working distances within which autofocus may search; the result is the new working distance."""

    nearest_m: float
    farthest_m: float


@dataclass(frozen=True, slots=True)
class ColumnCapabilities:
    """What the column can be set to."""

    voltage_V: tuple[float, float]
    current_A: tuple[float, float]
    working_distance_m: tuple[float, float]
    field_width_m: tuple[float, float]
    unblank_s: float
    """How long it takes from the wish to the first unblanked pixel."""
    blanks: bool = True
    """Whether there is a blanker; without one the beam stays on the specimen as long as the high voltage is on."""
    measures_absorbed_current: bool = True


class Column(Instrument, Protocol):
    """High voltage, lenses and blanker: everything about the beam except where it points."""

    @property
    def capabilities(self) -> ColumnCapabilities: ...

    def conditions(self) -> BeamConditions:
        """Read all conditions back."""
        ...

    def apply(self, conditions: BeamConditions) -> None:
        """Start to change to these conditions, voltage first, then what depends on it; poll `busy`."""
        ...

    def busy(self) -> bool: ...

    def switch_high_voltage(self, on: bool) -> None:
        """Start to switch; poll `high_voltage`."""
        ...

    def high_voltage(self) -> HighVoltage: ...

    def blank(self, blanking: Blanking) -> Blanking:
        """Set when the beam is blanked and read the setting back."""
        ...

    def absorbed_current_A(self) -> float:
        """The current that flows from the specimen to earth; only while the beam scans."""
        ...

    def autofocus(self, detector: str, within: AutofocusRange) -> None:
        """Start autofocus on a detector's picture; poll `busy`, then read `conditions`."""
        ...


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """Gain and black level, in percent of the instrument's own scale."""

    gain_percent: float
    black_percent: float


class Detectors(Instrument, Protocol):
    """Secondary and backscattered electron detectors, by the names of the bench file."""

    def available(self) -> tuple[str, ...]: ...

    def settings(self, detector: str) -> DetectorSettings: ...

    def apply(self, detector: str, settings: DetectorSettings) -> None: ...

    def auto_signal(self, detector: str) -> None:
        """Start automatic gain and black level while scanning; poll the column's `busy`."""
        ...


@dataclass(frozen=True, slots=True)
class FrameRequest:
    """One scan of the full field that several detectors see at once.

    Args:
        detectors: names, in the order of the pictures.
        pixels: (width, height).
        dwell_s: per pixel.
        frames: how many frames to scan one after the other.
        bits: per pixel, 8 or 16.
    """

    detectors: tuple[str, ...]
    pixels: tuple[int, int]
    dwell_s: float
    frames: int = 1
    bits: int = 16


@dataclass(frozen=True, slots=True)
class FrameProgress:
    """How far a scan has come: pixels received of pixels wanted, per detector; complete when all are there."""

    received: Mapping[str, int]
    wanted: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Image:
    """One picture with everything that is needed to understand it.

    Args:
        pixels: shape (height, width), uint8 or uint16, top left first; see `StagePosition` for its directions.
        detector: its name in the bench file.
        pixel_size_m: edge of a pixel at the specimen.
        start_s: run time at which the first line began.
        line_time_s: from the start of one line to the start of the next; line i began at start_s + i * line_time_s.
        time_uncertainty_s: of `start_s`.
        conditions: read back, not asked for.
        stage: read back.
        detector_settings: read back.
        dwell_s: per pixel.
        frame: counts the frames of one request.
    """

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    detector: str
    pixel_size_m: float
    start_s: float
    line_time_s: float
    time_uncertainty_s: float
    conditions: BeamConditions
    stage: StagePosition
    detector_settings: DetectorSettings
    dwell_s: float
    frame: int = 0

    @property
    def end_s(self) -> float:
        """Run time at which the last line ended."""
        return self.start_s + self.line_time_s * float(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class ScannerCapabilities:
    """What the scan generator can do."""

    dwell_s: tuple[float, float]
    most_pixels: tuple[int, int]
    most_detectors: int
    start_latency_s: float
    """From the command to the first line."""
    sizes: tuple[tuple[int, int], ...] = ()
    """The only sizes of pictures that there are; empty: any up to `most_pixels`."""
    dwells_s: tuple[float, ...] = ()
    """The only dwell times that there are; empty: any within `dwell_s`."""
    parks_beam: bool = True
    """Whether the beam can be pointed at one spot, which point spectra need."""
    scans_externally: bool = True


class Scanner(Instrument, Protocol):
    """The one owner of the beam's position: a frame, a parked beam, or an external device that scans."""

    @property
    def capabilities(self) -> ScannerCapabilities: ...

    def duration_s(self, request: FrameRequest) -> float:
        """How long the scan takes, from the first line to the last."""
        ...

    def start(self, request: FrameRequest) -> None:
        """Start a scan and return at once; poll `progress`."""
        ...

    def progress(self) -> FrameProgress: ...

    def images(self) -> tuple[Image, ...]:
        """The pictures of the last complete scan, one for each frame and detector.

        Raises:
            InstrumentError: if the scan is not complete.
        """
        ...

    def stop(self) -> None:
        """End the scan now and forget its pixels."""
        ...

    def park(self, x: float, y: float) -> None:
        """Point the beam at one spot of the field, as fractions of its width and height from the top left."""
        ...

    def scan_externally(self, external: bool) -> None:
        """Hand the deflection to an external device, or take it back."""
        ...
