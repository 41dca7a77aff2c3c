"""The world put together: one time, named noise, and questions that let what is due happen first."""

import numpy as np
import pytest

from operando.simulators.laboratory import Laboratory, WorldSettings
from operando.simulators.world.beam import BeamSettings, Exposure, StagePose
from operando.simulators.world.simulated_world import SimulatedWorld
from operando.simulators.world.world import World

KELLER_CRC32 = 345985802


def test_simulated_world_is_a_world() -> None:
    world: World = SimulatedWorld(WorldSettings())
    assert world.cell.measure(0.0)[1] == 0.0
    assert world.box.pressure_Pa(0.0) == pytest.approx(1.1e5)
    assert world.chamber.ready(0.0)
    assert not world.beam.on_specimen


@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_settings_choose_the_cell(preset: str) -> None:
    world = SimulatedWorld(WorldSettings.model_validate({"preset": preset}))
    assert world.cell.parameters.conductivity_S_per_m == (0.156 if preset == "fine" else 0.195)


def test_noise_has_a_generator_of_its_own_for_each_name_from_the_seed() -> None:
    first, second, other = (SimulatedWorld(WorldSettings(seed=seed)) for seed in (7, 7, 8))
    drawn = first.noise("keller").random(4)
    second.noise("tescan").random(100)
    assert np.array_equal(second.noise("keller").random(4), drawn)
    assert not np.array_equal(first.noise("tescan").random(4), drawn)
    assert not np.array_equal(other.noise("keller").random(4), drawn)
    assert not np.array_equal(first.noise("keller").random(4), drawn), "a generator goes on where it was"


def test_names_are_hashed_in_a_way_that_no_interpreter_changes() -> None:
    expected = np.random.default_rng(np.random.SeedSequence(1, spawn_key=(KELLER_CRC32,)))
    assert np.array_equal(SimulatedWorld(WorldSettings(seed=1)).noise("keller").random(4), expected.random(4))


def test_event_may_measure_and_drive_the_cell() -> None:
    world = SimulatedWorld(WorldSettings())
    seen: list[float] = []

    def end_of_step(now: float) -> None:
        world.advance(now)
        seen.append(world.cell.measure(now)[1])
        world.cell.open_circuit(now)

    world.cell.drive_current(1e-4, 0.0)
    world.call_at(10.0, end_of_step)
    world.advance(20.0)
    assert seen == [1e-4]
    assert world.cell.at(20.0).charge_C == pytest.approx(1e-3)


def test_picture_lets_everything_happen_that_is_due_by_its_last_line() -> None:
    world = SimulatedWorld(WorldSettings())
    happened: list[float] = []
    for when in (1.0, 1.3, 5.0):
        world.call_at(when, happened.append)
    exposure = Exposure(
        stage=StagePose(),
        beam=BeamSettings(voltage_V=5e3, current_A=1e-10, field_width_m=20e-6),
        detectors=("BSE",),
        pixels=(32, 8),
        dwell_s=1e-6,
        start_s=1.0,
        line_time_s=0.1,
        frame=1,
    )
    (lines,) = world.expose(exposure, range(4))
    assert lines.shape == (4, 32)
    assert happened == [1.0, 1.3]


def test_laboratory_without_a_world_says_so() -> None:
    world = SimulatedWorld(WorldSettings())
    assert Laboratory({}, world.truth, world).world is world
    with pytest.raises(RuntimeError, match="no simulated world"):
        _ = Laboratory({}, world.truth).world
