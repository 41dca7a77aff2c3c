"""The cells of the corpus: batches, currents and how much they have been through, drawn from a seed."""

from dataclasses import dataclass

import numpy as np

from operando.simulators.corpus.front_end import Surroundings
from operando.simulators.corpus.programs import Programme
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import Arrangement, PresetName, cell_preset

__all__ = ["Drawn", "cell_about_to_short", "drawn_cell"]

_HOUR_S = 3600.0
_CAPACITY_C = 1.2 * 3.6
_ALMOST = 0.785
_LONGEST_LIFE_S = 600.0 * _HOUR_S


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell that is ready to be recorded from `start_s` on, and what is around it."""

    cell: SimulatedCell
    start_s: float
    programme: Programme
    surroundings: Surroundings
    arrangement: Arrangement
    title: str


def drawn_cell(random: np.random.Generator, seed: int, hours: float, *, symmetric: float = 0.15) -> Drawn:
    """A cell of either batch that was charged for some hours, with its contact torn to some degree."""
    preset: PresetName = "fine" if random.random() < 0.5 else "coarse"
    arrangement: Arrangement = "symmetric" if random.random() < symmetric else "full"
    rate = float(random.choice((0.05, 0.1, 0.2)))
    cell = SimulatedCell(cell_preset(preset, arrangement), seed)
    cell.inject_contact_loss(float(random.uniform(0.0, 0.4)), 0.0)
    start_s = float(round(random.uniform(1.0, 8.0) * _HOUR_S))
    cell.drive_current(0.1 * _CAPACITY_C / _HOUR_S, 0.0)
    cell.open_circuit(start_s)
    return _drawn(cell, start_s, random, (preset, arrangement, rate), hours)


def cell_about_to_short(random: np.random.Generator, seed: int, hours: float) -> Drawn:
    """A full cell of small grains whose worst filament is almost across; it shorts by itself while it is charged."""
    rate = float(random.choice((0.1, 0.2)))
    cell = SimulatedCell(cell_preset("fine"), seed)
    cell.inject_contact_loss(0.5, 0.0)
    current_A, now = 0.2 * _CAPACITY_C / _HOUR_S, 0.0
    across_m = cell.parameters.separator_thickness_m * cell.parameters.crack_tortuosity
    while cell.at(now).filament_m < _ALMOST * across_m and now < _LONGEST_LIFE_S:
        charging = int(now / (4.0 * _HOUR_S)) % 2 == 0
        cell.drive_current(current_A if charging else -current_A, now)
        now += 600.0
    cell.drive_current(-current_A, now)
    cell.open_circuit(now + 1800.0)
    return _drawn(cell, now + 1800.0, random, ("fine", "full", rate), hours)


def _drawn(
    cell: SimulatedCell,
    start_s: float,
    random: np.random.Generator,
    kind: tuple[PresetName, Arrangement, float],
    hours: float,
) -> Drawn:
    preset, arrangement, rate = kind
    noise = float(random.choice((1.0, 5.0, 20.0)))
    surroundings = Surroundings(noise, float(random.uniform(600.0, 1800.0)), float(random.uniform(0.05, 0.5)))
    sampled_spectra = 1.0 if random.random() < 0.3 else 0.0
    programme = Programme(rate * _CAPACITY_C / _HOUR_S, start_s + hours * _HOUR_S, sampled_spectra)
    title = f"{preset} {arrangement}, C/{1.0 / rate:.0f}, noise x{noise:.0f}"
    return Drawn(cell, start_s, programme, surroundings, arrangement, title)
