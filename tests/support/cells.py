"""Simulated cells in a state that a test begins with."""

from collections.abc import Iterable
from itertools import pairwise

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import Arrangement, PresetName, cell_preset

__all__ = ["C10_A", "HALF_CHARGED_S", "driven_energy_J", "half_charged", "host_C"]

C10_A = 0.12e-3
HALF_CHARGED_S = 18000.0


def half_charged(preset: PresetName = "coarse", seed: int = 0, arrangement: Arrangement = "full") -> SimulatedCell:
    """A cell that has been charged for five hours at C/10 and is at open circuit since `HALF_CHARGED_S`."""
    cell = SimulatedCell(cell_preset(preset, arrangement), seed)
    cell.drive_current(C10_A, 0.0)
    cell.open_circuit(HALF_CHARGED_S)
    return cell


def host_C(cell: SimulatedCell) -> float:
    """Charge between full and empty NMC."""
    return cell.parameters.host_C_per_m2 * cell.parameters.area_m2


def driven_energy_J(cell: SimulatedCell, stretches: Iterable[tuple[float, float]], start_s: float) -> float:
    """Drive currents one after the other, each for a time; the electrical energy that went into the terminals."""
    now, energy_J = start_s, 0.0
    for duration_s, current_A in stretches:
        cell.drive_current(current_A, now)
        points = [now + duration_s * part / 400 for part in range(401)]
        voltages = [cell.measure(point)[0] for point in points]
        energy_J += sum(0.5 * (a + b) for a, b in pairwise(voltages)) * duration_s / 400 * current_A
        now += duration_s
    return energy_J
