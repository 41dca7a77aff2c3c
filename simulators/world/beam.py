"""The electron beam as the world sees it: what the microscope's engine last set, and what the X-ray detector feels."""

from dataclasses import dataclass, field

__all__ = ["Beam", "BeamSettings", "Exposure", "StagePose"]


@dataclass(frozen=True, slots=True)
class StagePose:
    """True position of the stage: metres and radians in the microscope's axes."""

    x_m: float = 0.0
    y_m: float = 0.0
    z_m: float = 0.0
    rotation_rad: float = 0.0
    tilt_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class BeamSettings:
    """True state of the column. `voltage_V` is zero when the high voltage is off."""

    voltage_V: float = 0.0
    current_A: float = 0.0
    working_distance_m: float = 0.010
    field_width_m: float = 1.0e-3
    shift_m: tuple[float, float] = (0.0, 0.0)
    stigmators: tuple[float, float] = (0.0, 0.0)
    scan_rotation_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class Exposure:
    """One scan of a field, as asked for by the microscope's engine.

    Args:
        stage: where the stage truly stands.
        beam: the column's true state.
        detectors: "SE" or "BSE", in order.
        pixels: (width, height) of the full field.
        dwell_s: per pixel.
        start_s: world time of the first line.
        line_time_s: from line to line; line i is exposed at start_s + i * line_time_s.
        frame: a number that no other exposure of this world has; it seeds the noise.
    """

    stage: StagePose
    beam: BeamSettings
    detectors: tuple[str, ...]
    pixels: tuple[int, int]
    dwell_s: float
    start_s: float
    line_time_s: float
    frame: int

    @property
    def end_s(self) -> float:
        """When the last line ends."""
        return self.start_s + self.pixels[1] * self.line_time_s


@dataclass(slots=True)
class Beam:
    """Where the beam is and whether it reaches the specimen. Written by the microscope's engine, read by the world.

    `dwelling_at` is the spot on which the beam stands, as fractions of the field from the top left; None while it
    scans the whole field.
    """

    settings: BeamSettings = field(default_factory=BeamSettings)
    stage: StagePose = field(default_factory=StagePose)
    on_specimen: bool = False
    dwelling_at: tuple[float, float] | None = (0.5, 0.5)
