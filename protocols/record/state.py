"""Why a picture or a spectrum was taken, and the electrochemical state meanwhile."""

import math
from dataclasses import dataclass

__all__ = ["FrameState", "SpectrumState", "TakenState"]


@dataclass(frozen=True, slots=True)
class TakenState:
    """What the runner knows about anything that it takes, frame or spectrum.

    Args:
        region: name in the protocol.
        capture: name in the protocol.
        trigger: why it exists, in words.
        line: of the protocol file.
        cycle, step, step_name: of cycling when it began; step 0 before the first step.
        voltage_at_start_V and the like: from the samples, at its first and its last moment; NaN if not known.
        charge_at_start_C: passed in the step, positive when charging.
        dose_C_per_m2: electron dose of the region (frame) or of the spot (spectrum) after it.
    """

    region: str
    capture: str
    trigger: str
    line: int = 0
    cycle: int = 0
    step: int = 0
    step_name: str = ""
    voltage_at_start_V: float = math.nan
    voltage_at_end_V: float = math.nan
    current_at_start_A: float = math.nan
    current_at_end_A: float = math.nan
    charge_at_start_C: float = math.nan
    charge_at_end_C: float = math.nan
    dose_C_per_m2: float = math.nan


@dataclass(frozen=True, slots=True)
class FrameState(TakenState):
    """What the runner knows about one frame.

    Args:
        tile: (column, row) in a tiled region.
    """

    tile: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class SpectrumState(TakenState):
    """What the runner knows about one spectrum, or one map of spectra.

    Args:
        position: of the beam, or of the first point of a map, as fractions of the field from its top left.
        beam_voltage_V, beam_current_A: read back.
        point_distance_m: (y, x) distance of the points of a map.
        start_s, end_s: run times of a map; of a point its `Spectrum` knows them.
        channel_width_eV, offset_eV: energy scale of a map; of a point its `Spectrum` knows it.
        elevation_rad: take-off angle of the detector above the specimen; NaN if not known.
    """

    position: tuple[float, float] = (0.5, 0.5)
    beam_voltage_V: float = math.nan
    beam_current_A: float = math.nan
    point_distance_m: tuple[float, float] = (math.nan, math.nan)
    start_s: float = math.nan
    end_s: float = math.nan
    channel_width_eV: float = math.nan
    offset_eV: float = 0.0
    elevation_rad: float = math.nan
