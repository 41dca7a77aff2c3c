"""A map of X-ray spectra at once: composition of every point, and the photons drawn one by one.

The spectrum of a mixture is taken as the mixture of the pure spectra, by mass; a single spectrum (`xray_source`) also
knows how the phases absorb each other's lines.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.constants import ELEMENTARY_CHARGE_C
from operando.simulators.world.optics_blur import Spread, blurred
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.spectrum_emission import emission
from operando.simulators.world.spectrum_response import Channels, channel_rates, dead_time_s

__all__ = ["XrayMap", "drawn_map"]


@dataclass(frozen=True, slots=True, eq=False)
class XrayMap:
    """Photons of a map: `point` and `channel` of each, and how long each point truly counted.

    Args:
        shape: rows and columns.
        channels: of the spectrum of each point.
        point: flat index of the point of each counted photon.
        channel: of each counted photon.
        live_s: of each point, shape `shape`.
    """

    shape: tuple[int, int]
    channels: Channels
    point: NDArray[np.int64]
    channel: NDArray[np.int64]
    live_s: NDArray[np.float64]

    def image(self, first_eV: float, last_eV: float) -> NDArray[np.int64]:
        """Counts of each point between two energies, shape `shape`."""
        energy = self.channels.offset_eV + (self.channel + 0.5) * self.channels.width_eV
        inside = (energy >= first_eV) & (energy < last_eV)
        return np.bincount(self.point[inside], minlength=self.shape[0] * self.shape[1]).reshape(self.shape)

    @property
    def spectrum(self) -> NDArray[np.int64]:
        """Counts of all points together, shape (channels,)."""
        return np.bincount(self.channel, minlength=self.channels.count)


def drawn_map(
    shares: NDArray[np.float32],
    pixel_m: float,
    sigma_m: float,
    beam: tuple[float, float],
    time_s: float,
    channels: Channels,
    peaking_time_s: float,
    seed: int,
) -> XrayMap:
    """Draw the photons of a map.

    Args:
        shares: area shares of the phases at each point, shape (phases, rows, columns).
        pixel_m: from point to point, and `sigma_m` the spread of the X-ray volume.
        beam: voltage and current.
        time_s: real time at each point.
        channels: of the spectra.
        peaking_time_s: of the detector.
        seed: of the photons.
    """
    voltage_V, current_A = beam
    shape = (shares.shape[1], shares.shape[2])
    spread = Spread(sigma_m**2, sigma_m**2)
    phases = [phase for phase in MATERIALS if float(shares[phase].max()) > 0]
    seen = {phase: np.maximum(blurred(shares[phase], spread, spread, 0.0, pixel_m), 0) for phase in phases}
    mass = sum(MATERIALS[phase].density_kg_m3 * seen[phase] for phase in phases)
    solid = sum(seen[phase] for phase in phases)
    random = np.random.default_rng(seed)
    arriving: list[tuple[Phase, NDArray[np.float64], NDArray[np.float64]]] = []
    whole = np.zeros(shape)
    for phase in phases:
        photons = emission(MATERIALS[phase].mass_fractions, voltage_V)
        rates, all_rates = channel_rates(photons, current_A / ELEMENTARY_CHARGE_C, channels, peaking_time_s)
        weight = np.asarray(MATERIALS[phase].density_kg_m3 * seen[phase] / np.maximum(mass, 1e-9) * solid, np.float64)
        whole += weight * all_rates
        arriving.append((phase, weight, rates))
    alive = 1 / (1 + whole * dead_time_s(peaking_time_s))
    points, found = [], []
    for _, weight, rates in arriving:
        counts = random.poisson(weight * alive * (float(rates.sum()) * time_s)).ravel()
        levels = np.cumsum(rates) / max(float(rates.sum()), 1e-30)
        points.append(np.repeat(np.arange(counts.size), counts))
        found.append(np.searchsorted(levels, random.random(int(counts.sum())), side="right"))
    return XrayMap(shape, channels, np.concatenate(points), np.concatenate(found), alive * time_s)
