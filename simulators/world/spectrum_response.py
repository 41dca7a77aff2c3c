"""How the X-ray detector turns photons into a spectrum of channels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.lines import attenuation_m2_kg
from operando.simulators.world.spectrum_emission import Emission

__all__ = ["Channels", "channel_rates", "dead_time_s", "efficiency", "resolution_eV"]

_SILICON_EDGE_EV, _SILICON_KA_EV, _ESCAPE_SHARE = 1839.0, 1740.0, 0.01
#: transmission of the window and the grid that carries it (values of the sheet's prototype)
_WINDOW_EV = (100.0, 277.0, 525.0, 1500.0, 7500.0)
_WINDOW = (0.30, 0.67, 0.85, 0.98, 1.0)
#: 450 um of silicon
_SILICON_KG_M2 = 2330.0 * 450e-6
_SOLID_ANGLE_SHARE = 0.010 / (4 * np.pi)
#: two photons within this time are taken for one of their summed energy
_PAIR_RESOLVING_S = 0.2e-6
_FLAT_TOP_S, _RESET_S = 0.2e-6, 0.3e-6


@dataclass(frozen=True, slots=True)
class Channels:
    """The scale of a spectrum: channel i holds offset + i * width to offset + (i + 1) * width, in eV."""

    count: int
    width_eV: float
    offset_eV: float

    @property
    def edges_eV(self) -> NDArray[np.float64]:
        """count + 1 energies."""
        return self.offset_eV + self.width_eV * np.arange(self.count + 1, dtype=np.float64)


def resolution_eV(energy_eV: NDArray[np.float64], peaking_time_s: float) -> NDArray[np.float64]:
    """Full width at half maximum after Fiori and Newbury: sqrt(2.5 (E - E_Mn) + FWHM_Mn^2).

    FWHM_Mn is 127 eV at 4 us; shorter shaping adds noise of the amplifier, which goes as 1/peaking time.
    """
    noise_eV2 = 900.0 + 2000.0 * 1e-6 / peaking_time_s
    return np.sqrt(2.5 * np.maximum(energy_eV, 0.0) + noise_eV2)


def dead_time_s(peaking_time_s: float) -> float:
    """Time for which an event blinds the slow channel: twice peaking and flat top, and the reset."""
    return 2 * (peaking_time_s + _FLAT_TOP_S) + _RESET_S


def efficiency(energy_eV: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the photons that meet the detector and are counted."""
    window = np.interp(np.log(energy_eV), np.log(_WINDOW_EV), _WINDOW)
    return np.asarray(window * -np.expm1(-attenuation_m2_kg("Si", energy_eV) * _SILICON_KG_M2))


def channel_rates(
    photons: Emission, electrons_per_s: float, channels: Channels, peaking_time_s: float
) -> tuple[NDArray[np.float64], float]:
    """Rate in each channel before dead time, shape (channels,), and the whole rate in and out of range, in 1/s."""
    scale = electrons_per_s * _SOLID_ANGLE_SHARE
    line_rates = scale * photons.line_photons * efficiency(photons.line_eV) if photons.line_eV.size else np.empty(0)
    density = scale * photons.continuum_photons * efficiency(photons.continuum_eV)
    rates = _continuum(photons.continuum_eV, density, channels)
    rates += _peaks(photons.line_eV, line_rates, channels, peaking_time_s)
    whole = float(line_rates.sum() + _between(photons.continuum_eV, density).sum())
    return _with_pairs(rates, channels), whole


def _continuum(energy_eV: NDArray[np.float64], density: NDArray[np.float64], channels: Channels) -> NDArray[np.float64]:
    running = np.concatenate([[0.0], np.cumsum(_between(energy_eV, density))])
    return np.asarray(np.diff(np.interp(channels.edges_eV, energy_eV, running)))


def _between(energy_eV: NDArray[np.float64], density: NDArray[np.float64]) -> NDArray[np.float64]:
    """What lies between each two neighbouring energies, by trapezoids."""
    return np.asarray(np.diff(energy_eV) * (density[1:] + density[:-1]) / 2)


def _peaks(
    energy_eV: NDArray[np.float64], rate: NDArray[np.float64], channels: Channels, peaking_time_s: float
) -> NDArray[np.float64]:
    """Gaussian peaks and the escape peaks of those above silicon's edge."""
    from scipy.special import ndtr

    escaping = energy_eV > _SILICON_EDGE_EV
    lost = np.where(escaping, _ESCAPE_SHARE, 0.0) * rate
    energy_eV = np.concatenate([energy_eV, energy_eV[escaping] - _SILICON_KA_EV])
    rate = np.concatenate([rate - lost, lost[escaping]])
    sigma = resolution_eV(energy_eV, peaking_time_s) / 2.3548
    rates, edges = np.zeros(channels.count), channels.edges_eV
    for middle, width, peak in zip(energy_eV, sigma, rate, strict=True):
        first, last = np.searchsorted(edges, (middle - 5 * width, middle + 5 * width))
        window = slice(max(int(first) - 1, 0), int(last) + 1)
        share = np.diff(ndtr((edges[window] - middle) / width))
        rates[window.start : window.start + share.size] += peak * share
    return rates


def _with_pairs(rates: NDArray[np.float64], channels: Channels) -> NDArray[np.float64]:
    """Add the sum peaks; a pair costs two photons of their own channels."""
    shift = round(channels.offset_eV / channels.width_eV)
    size = 2 * rates.size
    sums = np.maximum(np.fft.irfft(np.fft.rfft(rates, size) ** 2, size), 0.0) * _PAIR_RESOLVING_S
    pairs = np.zeros_like(rates)
    target = np.arange(sums.size) + shift
    inside = (target >= 0) & (target < channels.count)
    pairs[target[inside]] = sums[inside]
    return rates * (1 - 2 * min(float(rates.sum()) * _PAIR_RESOLVING_S, 0.25)) + pairs
