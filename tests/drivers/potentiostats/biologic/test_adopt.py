"""A step that an earlier process started: nothing is lost, nothing comes twice, and it is no other one."""

import numpy as np
import pytest
from support.biologic_bench import GUARD, BioLogicBench

from operando.drivers.errors import ProtocolError
from operando.drivers.roles import Galvanostatic, KnownOfStep, Step, StepEndReason

CHARGE = Step(7, Galvanostatic(240e-6), GUARD, 600.0)


def started(bench: BioLogicBench, seconds: float, heard_s: float) -> KnownOfStep:
    """A step under way, of which an earlier process has recorded what came in the first seconds."""
    driver = bench.open()
    origin_s = bench.clock.now()
    driver.start(CHARGE)
    bench.wait(heard_s)
    recorded = driver.poll().block["elapsed_s"].tolist()
    bench.wait(seconds - heard_s)
    return KnownOfStep(origin_s, 0.5, tuple(recorded))


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
