"""One request for pictures on its way: the frames so far, and what was read back when it began."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from operando.drivers.microscopes.sharksem_data import FrameAssembly
from operando.drivers.roles import BeamConditions, DetectorSettings, FrameProgress, FrameRequest, Image, StagePosition

__all__ = ["Frame", "ReadBack", "Scan"]

BEAM_DELAY_S = 0.04
"""Up to so long others saw between the start of a scan and the beam really scanning (delmic/odemis#3027)."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the microscope said about itself right before the scan."""

    conditions: BeamConditions
    stage: StagePosition
    detectors: Mapping[str, DetectorSettings]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame and when it began.

    Args:
        assembly: its pixels.
        answered_s: run time at which the reply to ScScanXY was here.
        round_trip_s: of a plain exchange on this wire.
    """

    assembly: FrameAssembly
    answered_s: float
    round_trip_s: float

    @property
    def start_s(self) -> float:
        """When the server sent its reply: it answers ScScanXY when it begins to scan, up to 0.8 s after the order."""
        return self.answered_s - self.round_trip_s / 2

    @property
    def time_uncertainty_s(self) -> float:
        """Half a round trip, and the delay between the start and the beam that really scans."""
        return self.round_trip_s / 2 + BEAM_DELAY_S


@dataclass(slots=True)
class Scan:
    """A request, its detectors on channels 0, 1, ..., and its frames in order; the last one may be incomplete."""

    request: FrameRequest
    read_back: ReadBack
    line_time_s: float
    dwell_s: float
    frames: list[Frame] = field(default_factory=list)

    @property
    def frame_complete(self) -> bool:
        """Whether the frame that was started last is there."""
        return bool(self.frames) and self.frames[-1].assembly.complete

    @property
    def complete(self) -> bool:
        """Whether all frames are there."""
        return len(self.frames) == self.request.frames and self.frame_complete

    def progress(self) -> FrameProgress:
        """Pixels received over all frames, by detector."""
        received = {
            detector: sum(frame.assembly.received[channel] for frame in self.frames)
            for channel, detector in enumerate(self.request.detectors)
        }
        wanted = self.request.frames * self.request.pixels[0] * self.request.pixels[1]
        return FrameProgress(received, wanted, self.complete)

    def images(self) -> tuple[Image, ...]:
        """The pictures, frame by frame, in each the detectors in their order."""
        return tuple(
            Image(
                pixels=frame.assembly.picture(channel),
                detector=detector,
                pixel_size_m=self.read_back.conditions.field_width_m / self.request.pixels[0],
                start_s=frame.start_s,
                line_time_s=self.line_time_s,
                time_uncertainty_s=frame.time_uncertainty_s,
                conditions=self.read_back.conditions,
                stage=self.read_back.stage,
                detector_settings=self.read_back.detectors[detector],
                dwell_s=self.dwell_s,
                frame=number,
            )
            for number, frame in enumerate(self.frames)
            for channel, detector in enumerate(self.request.detectors)
        )
