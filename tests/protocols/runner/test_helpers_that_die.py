"""Processes that help a run may die (no memory is left): what they were to tell is not known, and nothing else ends."""

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import anyio
import numpy as np
import pytest
from pytest_mock import MockerFixture
from support.focus_runs import FocusRun, bench_in_world, focus_protocol

from operando.drivers.clock import RealClock
from operando.drivers.errors import InstrumentError
from operando.protocols.fiducials import Sight
from operando.protocols.focus.judge import SharpnessJudge, SharpnessJudgeFailed
from operando.protocols.runner import comparing
from operando.protocols.runner.focus_memory import BEGINS, GIVEN_UP

RULE = "every: 90 s, when_sharpness_falls: 20 %, range: 60 um, largest_dose: 3 C/m^2"


def died(error: Exception) -> "Future[object]":
    future: Future[object] = Future()
    future.set_exception(error)
    return future


def test_a_run_goes_on_when_nobody_judges_sharpness(tmp_path: Path, mocker: MockerFixture) -> None:
    gone = SharpnessJudgeFailed("the process that judges sharpness ended with code -9")
    mocker.patch.object(SharpnessJudge, "submit", side_effect=lambda picture: died(gone))
    run = FocusRun(bench_in_world(tmp_path, preset="fine", seed=5), tmp_path / "run")
    run.defocus(1.2e-3, -0.98e-3, 5e3, 10e-6)
    outcome = run.run(focus_protocol(RULE))
    assert outcome.exit_code == 0, outcome.reason
    given_up = run.events(GIVEN_UP)
    assert given_up and all("ended with code -9" in str(event["message"]) for event in given_up)
    assert run.frames() and run.events("not judged")
    begun_m = {event["working_distance_m"] for event in run.events(BEGINS)}
    assert begun_m == {event["working_distance_m"] for event in given_up}, "the lens is as it was"


def test_a_comparison_whose_process_dies_is_a_fault_that_parking_and_continuing_know(mocker: MockerFixture) -> None:
    pool = mocker.patch.object(comparing, "ProcessPoolExecutor")
    pool.return_value.submit.side_effect = lambda *work: died(BrokenProcessPool("terminated abruptly"))
    sight = Sight(np.zeros((4, 4)), 1e-6, (0.0, 0.0))

    async def compare() -> None:
        with pytest.raises(InstrumentError, match="terminated abruptly"):
            await comparing.compared(RealClock(), sight, sight, (0.0,))

    anyio.run(compare)
    pool.return_value.shutdown.assert_called_once_with(wait=False, cancel_futures=True)
