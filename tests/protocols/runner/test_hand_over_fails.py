"""The microscope is lent, and something fails: no run ends by it, nothing is sent over and over, no dose is lost."""

from pathlib import Path

import numpy as np
import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench
from support.mortal_run import MortalRun
from support.sessions import SEEN, at_times

from operando.drivers.errors import DeviceFault
from operando.drivers.roles import Blanking
from operando.protocols.reading import Run, open_run
from operando.protocols.record import open_samples, verify_record
from operando.protocols.runner import Ending, RunOptions, Steering

LENT_S, BACK_S = 150.0, 470.0
REFUSED = DeviceFault("the microscope refuses", where="sem", remedy="Look at it.")


def hand_over(steering: Steering) -> None:
    steering.hand_over("eva")


def take_back(steering: Steering) -> None:
    steering.take_back("eva")


def kinds(run: Run, source: str) -> list[str]:
    return [event.kind for event in run.events if event.source == source]


def test_a_microscope_that_is_lost_as_it_is_lent_is_brought_back_first(tmp_path: Path) -> None:
    """Asked again without a pause it would fill the journal, and the disk."""
    bench = SimulatedBench.open()

    def hand_over_and_cut(steering: Steering) -> None:
        bench.unplug("sem", steering.now_s, steering.now_s + 120.0)
        steering.hand_over("eva")

    wishes = {LENT_S: hand_over_and_cut, BACK_S: take_back}
    outcome = bench.run(SEEN, tmp_path / "run", RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    run = open_run(tmp_path / "run")
    told = [kind for kind in kinds(run, "imaging") if kind in ("instrument lost", "instrument back", "handed over")]
    assert told == ["instrument lost", "instrument back", "handed over"]
    asked_s = next(event.time_s for event in run.events if event.kind == "hand over")
    back_s = next(event.time_s for event in run.events if event.kind == "take back")
    stopped = [one for one in run.journal if one.action == "stop scan" and asked_s <= one.time_s < back_s]
    assert len(stopped) == 2, "once in vain, and once when it was there again"


def test_a_microscope_that_cannot_be_made_ready_is_not_lent(tmp_path: Path, mocker: MockerFixture) -> None:
    bench = SimulatedBench.open()

    def hand_over_refused(steering: Steering) -> None:
        refused = mocker.patch.object(bench.bench.scanner, "stop", side_effect=REFUSED)
        steering.hand_over("eva")
        at_times({10.0: lambda _: mocker.stop(refused)})(steering)

    options = RunOptions(steered_by=at_times({LENT_S: hand_over_refused}))
    outcome = bench.run(SEEN, tmp_path / "run", options)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    run = open_run(tmp_path / "run")
    (not_lent,) = [event for event in run.events if event.kind == "not handed over"]
    assert "could not be made ready for eva" in not_lent.message and "handed over" not in kinds(run, "imaging")
    assert [row for row in run.frames.rows if row.start_s > not_lent.time_s], "the run has it, and goes on"


def test_a_microscope_that_comes_back_faulty_is_blanked_and_the_cell_goes_on(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    bench = SimulatedBench.open()

    def left_on_the_specimen(steering: Steering) -> None:
        bench.bench.column.blank(Blanking.NEVER)
        mocker.patch.object(bench.bench.stage, "position", side_effect=REFUSED)
        steering.take_back("eva")

    seen: list[bool] = []

    def look(steering: Steering) -> None:
        del steering
        seen.append(bench.world.beam.on_specimen)

    wishes = {LENT_S: hand_over, BACK_S: left_on_the_specimen, BACK_S + 10.0: look}
    outcome = bench.run(SEEN, tmp_path / "run", RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert seen == [False]
    said = [event.message for event in open_run(tmp_path / "run").events if event.kind == "not restored"]
    assert said == ["not as it was before: DeviceFault: sem: the microscope refuses. Look at it."]
    assert "pause" in kinds(open_run(tmp_path / "run"), "imaging")


def test_a_run_that_is_ended_meanwhile_accounts_for_the_time(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    wishes = {LENT_S: hand_over, LENT_S + 60.0: lambda steering: steering.abort("ada")}
    outcome = bench.run(SEEN, tmp_path / "run", RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.INTERRUPTED, outcome.reason
    assert kinds(open_run(tmp_path / "run"), "imaging").count("dose meanwhile") == 1
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok and verdict.closed, str(verdict)


@pytest.mark.timeout(120)
def test_killed_as_it_is_given_back_the_dose_is_said_to_be_unknown(tmp_path: Path) -> None:
    mortal = MortalRun(SEEN, tmp_path / "run", without=("eds",))
    options = RunOptions(steered_by=at_times({LENT_S: hand_over, BACK_S: take_back}))
    assert mortal.start(options=options, die_at=b'"kind":"take back"') is None, "it was killed"
    outcome = mortal.resume()
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    run = open_run(tmp_path / "run")
    assert {event.details["region"] for event in run.events if event.kind == "not known"} == {
        "anode",
        "cathode",
        "control",
    }
    (told,) = [event for event in run.events if event.kind == "dose meanwhile"]
    assert float(str(told.details["unknown_s"])) > BACK_S - LENT_S
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok, str(verdict)


def test_lent_beyond_the_end_the_cell_rests_recorded_and_the_last_pictures_are_taken(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    wishes = {LENT_S: hand_over, 6500.0: take_back}
    outcome = bench.run(SEEN, tmp_path / "run", RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    run = open_run(tmp_path / "run")
    (back,) = [event for event in run.events if event.kind == "taken back"]
    (waits,) = [event for event in run.events if event.kind == "waits for microscope"]
    assert LENT_S < waits.time_s < 1000.0 and waits.details["who"] == "eva", "told once, as the steps are done"
    assert [event for event in run.events if event.kind == "restored"]
    assert {row.region for row in run.frames.rows if row.start_s > back.time_s} == {"anode", "cathode", "control"}
    times_s = open_samples(tmp_path / "run")["time_s"]
    resting_s = times_s[(times_s > 1000.0) & (times_s < back.time_s)]
    assert np.diff(resting_s).max() < 10.0, "for longer than one rest may last"
