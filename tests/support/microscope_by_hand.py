"""A simulated microscope that somebody has made ready, in focus; and what of the specimen it truly looks at."""

from dataclasses import replace

import numpy as np

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.roles import HighVoltage
from operando.drivers.waiting import wait_for
from operando.protocols.teaching.taking import go_to, set_conditions
from operando.simulators.links import SimulatedLinks
from operando.simulators.world.optics_field import ScanField
from operando.simulators.world.simulated_world import SimulatedWorld
from support.laboratory import SimulatedBench

__all__ = ["field_on_specimen_m", "ready_microscope"]


def ready_microscope(
    preset: str = "coarse", seed: int = 1, place_m: tuple[float, float] = (1.2e-3, -0.65e-3)
) -> SimulatedBench:
    """A bench of its own world at 5 kV and 100 pA, in focus at a place."""
    source = bench_source("sim")
    assert isinstance(source, str)
    text = source.replace("world: {preset: coarse, seed: 1}", f"world: {{preset: {preset}, seed: {seed}}}")
    bench = connect_bench(*load_bench_file(text))
    links = bench.links.scheme("sim")
    assert isinstance(links, SimulatedLinks)
    world = links.laboratory.world
    assert isinstance(world, SimulatedWorld)
    column = bench.column
    column.switch_high_voltage(True)
    wait_for(bench.clock, lambda: column.high_voltage() is HighVoltage.ON, 300.0)
    wanted = replace(column.conditions(), voltage_V=5e3, current_A=1e-10, field_width_m=120e-6)
    set_conditions(bench, wanted)
    go_to(bench, place_m)
    best_m = world.best_working_distance_m(bench.clock.now())
    set_conditions(bench, replace(column.conditions(), working_distance_m=best_m))
    return SimulatedBench(bench, links.laboratory, world)


def field_on_specimen_m(laboratory: SimulatedBench) -> tuple[float, float]:
    """Which point of the specimen truly lies in the middle of the field, with drift, scatter of the stage and shift."""
    world = laboratory.world
    beam = world.specimen.mounted(world.beam)
    x_m, y_m = ScanField.of(beam.stage, beam.settings, (4, 3)).centre_m
    drift_x_m, drift_y_m = world.specimen.drift.at(np.array([laboratory.bench.clock.now()]))[0]
    return x_m + float(drift_x_m), y_m + float(drift_y_m)
