"""How sharp the beam is: probe, focus, astigmatism and the volume from which electrons return."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import BeamSettings

__all__ = ["Spread", "blurred", "probe_spread"]

#: half angle of the beam's cone (sheet 5.1: 5 to 10 mrad)
_CONVERGENCE_RAD = 7e-3
#: how far one unit (per cent) of stigmator pulls the two line foci apart from the mean
_ASTIGMATIC_M = 1.0e-6
#: width of the probe at 100 pA and 5 kV; grows as current^(3/8) and voltage^(-1/2), a model of a field emission column
_PROBE_M = 4e-9


@dataclass(frozen=True, slots=True)
class Spread:
    """A Gaussian spot: variances in m2 along the fast and slow axes of the scan, and their covariance (y upwards)."""

    along_m2: float
    across_m2: float
    mixed_m2: float = 0.0

    def widened(self, sigma_m: float) -> "Spread":
        """Convolved with a round Gaussian."""
        return Spread(self.along_m2 + sigma_m**2, self.across_m2 + sigma_m**2, self.mixed_m2)


def probe_spread(beam: BeamSettings, defocus_m: float) -> Spread:
    """The spot on the surface: sigma = |defocus of the line focus| * convergence along each astigmatic axis.

    `beam.stigmators` is what is left of the astigmatism, in per cent of the stigmators' range.
    """
    error_x, error_y = beam.stigmators
    astigmatism_m = _ASTIGMATIC_M * math.hypot(error_x, error_y)
    axis_rad = 0.5 * math.atan2(error_y, error_x)
    major, minor = (((defocus_m + sign * astigmatism_m) * _CONVERGENCE_RAD) ** 2 for sign in (1, -1))
    probe_m = _PROBE_M * (beam.current_A / 100e-12) ** 0.375 * (5000 / beam.voltage_V) ** 0.5
    mean, half = (major + minor) / 2, (major - minor) / 2
    swing, mixed = half * math.cos(2 * axis_rad), half * math.sin(2 * axis_rad)
    return Spread(mean + swing, mean - swing, mixed).widened(probe_m / 2.355)


def blurred(
    picture: NDArray[np.float32], sharp: Spread, broad: Spread, broad_share: float, pixel_m: float
) -> NDArray[np.float32]:
    """The picture through a spot with a core and a skirt. Edges wrap around: give it a margin."""
    from scipy import fft

    rows, columns = (fft.next_fast_len(size, real=True) for size in picture.shape)
    padding = ((0, rows - picture.shape[0]), (0, columns - picture.shape[1]))
    spectrum = fft.rfft2(np.pad(picture, padding, mode="symmetric"))
    down = fft.fftfreq(rows).astype(np.float32)[:, None]
    right = fft.rfftfreq(columns).astype(np.float32)[None, :]
    core, skirt = (_transfer(spread, down, right, pixel_m) for spread in (sharp, broad))
    spectrum *= np.float32(1 - broad_share) * core + np.float32(broad_share) * skirt
    whole = fft.irfft2(spectrum, s=(rows, columns), overwrite_x=True)
    return np.ascontiguousarray(whole[: picture.shape[0], : picture.shape[1]])


def _transfer(
    spread: Spread, down: NDArray[np.float32], right: NDArray[np.float32], pixel_m: float
) -> NDArray[np.float32]:
    scale = -2 * math.pi**2 / pixel_m**2
    along, across, mixed = (
        np.float32(scale * part) for part in (spread.along_m2, spread.across_m2, -2 * spread.mixed_m2)
    )
    if not mixed:
        # a product of two lines is cheaper than an exponential at each frequency
        rows, columns = (np.exp(np.maximum(part, np.float32(-80))) for part in (across * down**2, along * right**2))
        return np.asarray(rows * columns, np.float32)
    exponent = along * right**2 + across * down**2 + mixed * down * right
    return np.asarray(np.exp(np.maximum(exponent, np.float32(-80))), np.float32)
