"""The control cell of the simulated world is a sister of the first: the same parameters, flaws of its own, no beam."""

import numpy as np
import pytest

from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.beside_the_beam import BesideTheBeam
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.simulated_world import SimulatedWorld

CURRENT_A = 120e-6


def flaws(cell: SimulatedCell, time_s: float) -> list[float]:
    (interface, *_) = cell.interfaces(time_s)
    return [float(position_m) for position_m in interface.flaws.position_m]


def test_the_same_cell_with_other_flaws() -> None:
    world = SimulatedWorld(WorldSettings(seed=3))
    assert world.control_cell.parameters == world.cell.parameters
    assert world.control_cell.measure(0.0)[0] == world.cell.measure(0.0)[0]
    assert flaws(world.control_cell, 0.0) != flaws(world.cell, 0.0)


def test_equal_seeds_give_equal_sisters_and_others_do_not() -> None:
    one, same, other = (SimulatedWorld(WorldSettings(seed=seed)) for seed in (3, 3, 4))
    assert flaws(one.control_cell, 0.0) == flaws(same.control_cell, 0.0)
    assert flaws(one.control_cell, 0.0) != flaws(other.control_cell, 0.0)


def test_what_is_done_to_one_does_nothing_to_the_other() -> None:
    world, alone = SimulatedWorld(WorldSettings()), SimulatedWorld(WorldSettings())
    world.control_cell.drive_current(CURRENT_A, 10.0)
    world.cell.drive_current(-CURRENT_A, 20.0)
    alone.cell.drive_current(-CURRENT_A, 20.0)
    assert world.control_cell.measure(600.0)[1] == CURRENT_A
    assert world.cell.measure(600.0) == alone.cell.measure(600.0)
    world.cell.inject_hard_short(700.0)
    assert world.control_cell.measure(800.0)[0] > 3.0


def test_an_instrument_beside_the_beam_sees_the_control_cell_and_draws_its_own_noise() -> None:
    world, alone = SimulatedWorld(WorldSettings()), SimulatedWorld(WorldSettings())
    beside = BesideTheBeam(world)
    assert beside.cell is world.control_cell
    assert beside.box is world.box
    drawn = beside.noise("potentiostat").standard_normal(5)
    assert world.noise("potentiostat").standard_normal(5) == pytest.approx(
        alone.noise("potentiostat").standard_normal(5)
    )
    assert not np.array_equal(drawn, alone.noise("potentiostat").standard_normal(5))
