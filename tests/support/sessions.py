"""Runs in virtual time that are parked and continued on one simulated bench, and wishes at stated run times."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from operando.drivers.bench import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.bench.seed import with_seed
from operando.protocols.document import parse_protocol
from operando.protocols.runner import RunOptions, RunOutcome, Steering, continue_program
from operando.protocols.runner.continuing import Returning
from operando.simulators.links import SimulatedLinks
from operando.simulators.world.simulated_world import SimulatedWorld
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

__all__ = ["CYCLED", "SEEN", "at_times", "bench_of_seed", "continued"]

Wish = Callable[[Steering], None]

CYCLED = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 10 seconds}
  - {name: charge, step: Charge at C/10 for 40 seconds}
  - {name: discharge, step: Discharge at C/10 for 15 seconds}
"""
)

SEEN = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 1 minute}
  - {name: charge, step: Charge at C/10 for 6 minutes}
  - {name: discharge, step: Discharge at C/10 for 5 minutes}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
  cathode: {stage: {x: 1.200 mm, y: -0.980 mm}, width: 60 um}
  control: {stage: {x: 2.900 mm, y: -0.350 mm}, width: 120 um, only: [start, end]}
fiducials:
  left: {x: 0.2 mm, y: -0.65 mm}
  right: {x: 2.9 mm, y: -0.65 mm}
captures:
  overview:
    regions: [anode, cathode]
    detectors: [BSE]
    pixels: [128, 96]
    dwell: 10 us
    beam: {voltage: 5 kV, current: 100 pA}
when:
  - {every: 2 min, during: [charge, discharge], capture: overview}
dose: {anode: 8 C/m^2, cathode: 1500 C/m^2}
"""
)


def at_times(wishes: Mapping[float, Wish]) -> Callable[[Steering], None]:
    """For `RunOptions.steered_by`: each wish so many seconds after the flows have begun."""

    def steered_by(steering: Steering) -> None:
        for after_s, wish in wishes.items():
            asyncio.get_running_loop().call_later(after_s, wish, steering)

    return steered_by


def continued(
    bench: SimulatedBench,
    protocol: str,
    folder: Path,
    returning: Returning | None = None,
    options: RunOptions | None = None,
    *,
    away_s: float = 3600.0,
) -> RunOutcome:
    """Continue a run on the same bench, so many seconds later."""
    clock = bench.bench.clock
    clock.sleep_until(clock.now() + away_s)
    return continue_program(parse_protocol(protocol), bench.bench, folder, returning, options)


def bench_of_seed(seed: int) -> SimulatedBench:
    """The simulated bench with another sample in it."""
    source = bench_source("sim")
    assert isinstance(source, str)
    bench = connect_bench(*load_bench_file(with_seed(source, seed)))
    links = bench.links.scheme("sim")
    assert isinstance(links, SimulatedLinks)
    assert isinstance(links.laboratory.world, SimulatedWorld)
    return SimulatedBench(bench, links.laboratory, links.laboratory.world)
