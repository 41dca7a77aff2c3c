"""What would hurt a cell, or lie about it: calls into the library that come back too late, and rows without sense."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from support.biologic_bench import BioLogicBench, step
from support.one_instrument import context_for

from operando.drivers.bench.options import read_options
from operando.drivers.errors import TransportTimeout
from operando.drivers.potentiostats.biologic.channel import Channel
from operando.drivers.potentiostats.biologic.library import EClib
from operando.drivers.potentiostats.biologic.options import BioLogicOptions
from operando.drivers.potentiostats.biologic.potentiostat import BioLogicPotentiostat
from operando.drivers.potentiostats.biologic.rows import SampleRow
from operando.drivers.potentiostats.biologic.running_technique import RunningTechnique
from operando.drivers.potentiostats.biologic.techniques import technique_of
from operando.drivers.potentiostats.biologic.worker import Worker
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import Galvanostatic, Potentiostatic, Safety, StepEndReason

Result = TypeVar("Result")


class LateWorker(Worker):
    """A worker on whose calls somebody does not wait long enough: they are carried out, and nobody hears of it."""

    def __init__(self) -> None:
        super().__init__(inline=True)
        self.late: set[str] = set()

    def call(self, what: str, work: Callable[[], Result], timeout_s: float) -> Result:
        result = work()
        if what in self.late:
            self.late.remove(what)
            raise TransportTimeout(f"{what} has not come back within {timeout_s:g} s")
        return result


def opened(bench: BioLogicBench) -> tuple[BioLogicPotentiostat, LateWorker]:
    worker = LateWorker()
    context = context_for([], bench.clock, {})
    channel = Channel(EClib(bench.fake, worker), "192.168.0.1", 1, Path("C:/package"))
    options = read_options(context, BioLogicOptions)
    return BioLogicPotentiostat(context, options, channel, "6.08"), worker


def test_rows_that_were_fetched_too_late_come_with_the_next_poll() -> None:
    bench = BioLogicBench()
    driver, worker = opened(bench)
    driver.start(step(Galvanostatic(240e-6), duration_s=30.0))
    bench.wait(10.5)
    worker.late.add("BL_GetData")
    with pytest.raises(TransportTimeout):
        driver.poll()
    samples = np.concatenate([poll.block for poll in bench.to_its_end(driver)])
    assert samples["elapsed_s"] == pytest.approx(np.arange(31), abs=1e-3)
    assert samples["sequence"].tolist() == list(range(31))


def test_what_was_fetched_too_late_of_one_step_is_not_taken_for_the_next() -> None:
    bench = BioLogicBench()
    driver, worker = opened(bench)
    driver.start(step(Galvanostatic(240e-6), duration_s=30.0))
    bench.wait(10.5)
    worker.late.add("BL_GetData")
    with pytest.raises(TransportTimeout):
        driver.poll()
    driver.end_step()
    driver.start(step(Galvanostatic(-240e-6), number=8, duration_s=5.0))
    samples = np.concatenate([poll.block for poll in bench.to_its_end(driver)])
    assert set(samples["step"]) == {8}
    assert np.all(samples["current_A"] < 0.0)


def test_a_step_that_began_without_saying_so_is_followed_to_its_end() -> None:
    bench = BioLogicBench()
    driver, worker = opened(bench)
    worker.late.add("BL_StartChannel")
    with pytest.raises(TransportTimeout):
        driver.start(step(Galvanostatic(240e-6), duration_s=20.0))
    running = driver.running()
    assert running is not None and running.step == 7
    end = bench.to_its_end(driver)[-1].end
    assert end is not None and (end.step, end.reason) == (7, StepEndReason.TIME)
    assert end.charge_C == pytest.approx(240e-6 * 20.0, rel=1e-3)


def test_a_channel_in_a_state_that_is_not_in_the_list_is_not_safe() -> None:
    bench = BioLogicBench()
    driver, _ = opened(bench)
    bench.channel.stop = lambda now: None  # type: ignore[method-assign]  # it does not obey
    bench.channel.state = 7
    assert driver.make_safe().safety is Safety.UNSAFE


def test_a_current_that_is_no_number_spoils_no_charge() -> None:
    held = step(Potentiostatic(3.8, until_charge_C=5e-3))
    running = RunningTechnique(held, technique_of(held, charging=True), StepTime(0.0, 0.0, 0.1))
    currents_A = (1e-3, math.nan, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3)
    charges_C = [running.take(SampleRow(float(second), 3.8, value)) for second, value in enumerate(currents_A)]
    assert charges_C == pytest.approx([0.0, 0.0, 2e-3, 3e-3, 4e-3, 5e-3, 6e-3])
    assert running.charge_is_enough
