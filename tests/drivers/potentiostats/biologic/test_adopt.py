"""A step that an earlier process started: nothing is lost, nothing comes twice, and it is no other one."""

import math

import numpy as np
import pytest
from support.biologic_bench import GUARD, BioLogicBench

from operando.drivers.errors import ProtocolError
from operando.drivers.roles import Galvanostatic, KnownOfStep, Potentiostatic, Step, StepEndReason

CHARGE = Step(7, Galvanostatic(240e-6), GUARD, 600.0)


def started(bench: BioLogicBench, seconds: float, heard_s: float, step: Step = CHARGE) -> KnownOfStep:
    """A step under way, of which an earlier process has recorded what came in the first seconds."""
    driver = bench.open()
    origin_s = bench.clock.now()
    driver.start(step)
    bench.wait(heard_s)
    recorded = driver.poll().block
    bench.wait(seconds - heard_s)
    last_A, last_C = float(recorded["current_A"][-1]), float(recorded["charge_C"][-1])
    return KnownOfStep(origin_s, 0.5, tuple(recorded["elapsed_s"].tolist()), last_A, last_C)


def test_what_was_not_heard_comes_late_and_the_rest_as_ever() -> None:
    bench = BioLogicBench()
    known = started(bench, 300.0, heard_s=100.0)
    driver = bench.open()
    drives = len(bench.cell.drives)
    driver.adopt(CHARGE, known)
    assert len(bench.cell.drives) == drives
    polls = bench.to_its_end(driver)
    late = np.concatenate([samples.late for samples in polls])
    block = np.concatenate([samples.block for samples in polls])
    told = sorted([*known.recorded_s, *late["elapsed_s"], *block["elapsed_s"]])
    assert np.allclose(told, np.arange(601.0), atol=1e-2)
    assert late["time_s"].max() < block["time_s"].min()
    assert np.allclose(late["charge_C"], 240e-6 * late["elapsed_s"], rtol=1e-3)
    end = polls[-1].end
    assert end is not None and end.reason is StepEndReason.TIME


def test_a_step_that_ended_meanwhile_tells_its_end() -> None:
    bench = BioLogicBench()
    known = started(bench, 900.0, heard_s=100.0)
    driver = bench.open()
    driver.adopt(CHARGE, known)
    polls = bench.to_its_end(driver)
    assert sum(len(samples.late) for samples in polls) + len(known.recorded_s) == 601
    end = polls[-1].end
    assert end is not None and (end.reason, round(end.elapsed_s)) == (StepEndReason.TIME, 600)


def test_the_charge_of_a_hold_goes_on_from_what_is_recorded_and_still_ends_it() -> None:
    bench = BioLogicBench()
    hold = Step(7, Potentiostatic(3.72, until_charge_C=20e-3), GUARD, 3000.0)
    known = started(bench, 60.0, heard_s=20.0, step=hold)
    driver = bench.open()
    driver.adopt(hold, known)
    polls = bench.to_its_end(driver)
    told = np.concatenate([part for samples in polls for part in (samples.late, samples.block)])
    current_A = float(told["current_A"][0])
    assert np.allclose(told["charge_C"], current_A * told["elapsed_s"], rtol=1e-2)
    end = polls[-1].end
    assert end is not None and end.reason is StepEndReason.CHARGE and 20e-3 <= end.charge_C < 21e-3


def test_the_charge_of_a_hold_of_which_rows_are_lost_is_not_made_up() -> None:
    bench = BioLogicBench()
    hold = Step(7, Potentiostatic(3.72), GUARD, 100.0)
    known = started(bench, 20.0, heard_s=20.0, step=hold)
    bench.wait(30.0)
    with_a_gap = bench.open()
    with_a_gap.adopt(hold, known)
    with_a_gap.poll()  # fetched, and never recorded
    bench.wait(10.0)
    driver = bench.open()
    driver.adopt(hold, known)
    end = bench.to_its_end(driver)[-1].end
    assert end is not None and end.reason is StepEndReason.TIME and math.isnan(end.charge_C)


def test_a_step_of_another_time_is_refused() -> None:
    bench = BioLogicBench()
    known = started(bench, 300.0, heard_s=10.0)
    other = KnownOfStep(known.origin_s - 60.0, 0.5)
    with pytest.raises(ProtocolError, match=r"has run for 30\d s, step 7 for 36\d s"):
        bench.open().adopt(CHARGE, other)


def test_nothing_tells_of_a_step_whose_rows_are_gone() -> None:
    bench = BioLogicBench()
    driver = bench.open()
    driver.adopt(CHARGE, KnownOfStep(-1000.0, 0.5))
    bench.wait(1.0)
    end = driver.poll().end
    assert end is not None and end.reason is StepEndReason.UNKNOWN
