"""Samples of an instrument whose clock drifts are where they say, within the uncertainty that they state."""

import numpy as np
import pytest
from support.laboratory import SimulatedBench

from operando.drivers.roles import Guard, OpenCircuit, Recording, Step
from operando.simulators.potentiostats import EmStat4

HOURS = 6.0
GUARD = Guard((-6.0, 6.0), (-0.1, 0.1), 100_000.0)


def measured_by(bench: SimulatedBench, rate_error: float) -> list[float]:
    """Have the instrument's clock drift; the true times of its measurements, as they are made."""
    engine = bench.laboratory.instruments["potentiostat"]
    assert isinstance(engine, EmStat4)
    engine.let_clock_drift(rate_error)
    true_s: list[float] = []
    cell = bench.world.cell
    measure = cell.measure

    def watched(now: float) -> tuple[float, float]:
        true_s.append(now)
        return measure(now)

    cell.measure = watched  # type: ignore[method-assign]  # a witness, not a change
    return true_s


@pytest.mark.parametrize("rate_error", [-50e-6, 0.0, 50e-6])
@pytest.mark.parametrize("poll_s", [0.7, 5.0])
def test_true_time_is_within_the_stated_bound(rate_error: float, poll_s: float) -> None:
    bench = SimulatedBench.open()
    true_s = measured_by(bench, rate_error)
    clock, potentiostat = bench.bench.clock, bench.bench.potentiostat
    clock.sleep_until(1234.5)
    potentiostat.start(Step(1, OpenCircuit(), GUARD, HOURS * 3600.0, Recording(2.0)))
    true_s.clear()
    blocks = []
    for poll in range(1_000_000):
        clock.sleep_until(clock.now() + poll_s * (1.0 - 0.2 * (poll * 0.618 % 1.0)))
        said = potentiostat.poll()
        blocks.append(said.block)
        if said.end is not None:
            break
    samples = np.concatenate(blocks)
    true = np.array(true_s[: samples.size])
    error_s = samples["time_s"] - true
    assert samples.size == pytest.approx(HOURS * 1800, abs=2)
    assert np.all(np.abs(error_s) <= samples["time_uncertainty_s"])
    assert np.all(np.diff(samples["time_s"]) > 0)
    # without the questions, six hours of an unknown crystal would be two seconds
    assert samples["time_uncertainty_s"][-1] < 0.2
    assert np.abs(error_s).max() < 0.2
    bench.bench.close()


def test_drift_is_followed_without_jumps() -> None:
    """A sample interval is never changed by more than the clock can have drifted since the last question."""
    bench = SimulatedBench.open()
    measured_by(bench, 50e-6)
    clock, potentiostat = bench.bench.clock, bench.bench.potentiostat
    potentiostat.start(Step(1, OpenCircuit(), GUARD, 7200.0, Recording(1.0)))
    times = []
    for poll in range(2000):
        clock.sleep_until(clock.now() + 5.0 * (1.0 - 0.2 * (poll * 0.618 % 1.0)))
        times.append(potentiostat.poll().block["time_s"])
    intervals = np.diff(np.concatenate(times))
    assert np.abs(intervals - 1.0).max() < 0.1
    bench.bench.close()
