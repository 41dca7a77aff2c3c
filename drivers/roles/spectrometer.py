"""The role of an energy-dispersive X-ray spectrometer."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles.instrument import Instrument

__all__ = ["EdsCapabilities", "EdsSettings", "EdsSpectrometer", "Spectrum"]


@dataclass(frozen=True, slots=True)
class EdsSettings:
    """How spectra are taken: number of channels and shaping (peaking) time."""

    channels: int = 2048
    peaking_time_s: float = 4.0e-6


@dataclass(frozen=True, slots=True)
class Spectrum:
    """One spectrum with its times.

    Args:
        counts: shape (channels,), uint32.
        channel_width_eV: and `offset_eV`: energy of channel i is offset_eV + i * channel_width_eV.
        live_time_s: time in which the detector could have counted.
        real_time_s: time that passed.
        input_rate_Hz: rate of photons seen by the fast channel, and `output_rate_Hz` of the ones counted.
        start_s, end_s: run time of start and end, with `time_uncertainty_s`.
    """

    counts: NDArray[np.uint32]
    channel_width_eV: float
    offset_eV: float
    live_time_s: float
    real_time_s: float
    input_rate_Hz: float
    output_rate_Hz: float
    start_s: float
    end_s: float
    time_uncertainty_s: float


@dataclass(frozen=True, slots=True)
class EdsCapabilities:
    """What the spectrometer can do."""

    channels: tuple[int, ...]
    shortest_preset_s: float
    """Smallest acquisition time that can be preset, and its step."""
    overhead_s: float
    """Time a point costs beside its acquisition: clear, start, read-out."""
    maps_by_itself: bool


class EdsSpectrometer(Instrument, Protocol):
    """Counts X-rays by their energy, wherever the beam happens to be."""

    @property
    def capabilities(self) -> EdsCapabilities: ...

    def configure(self, settings: EdsSettings) -> None: ...

    def start(self, live_time_s: float) -> None:
        """Clear, preset and start; the acquisition ends by itself on the instrument. Poll `acquiring`.

        Raises:
            LimitRefused: if the time is shorter than the shortest preset.
        """
        ...

    def acquiring(self) -> bool: ...

    def spectrum(self) -> Spectrum:
        """The spectrum as it stands, finished or not."""
        ...

    def stop(self) -> None: ...
