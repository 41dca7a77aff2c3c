"""Each capture that was due is taken or explained: when the run fails, is interrupted, or the moment has passed."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from support.flows import events_of, steered
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, IMAGING, SHORT

from operando.protocols.record import read_frames, verify_record
from operando.protocols.runner import Ending, RunOptions, Steering
from operando.protocols.triggers.rerun import rerun

SURVEY = """\
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
captures:
  survey:
    {regions: [anode], detectors: [SE], pixels: [512, 384], dwell: 100 us, beam: {voltage: 5 kV, current: 100 pA}}
  urgent:
    {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
when:
  - {start_of: charge, capture: survey, start_within: 30 s}
  - {start_of: charge, settled: 2 s, capture: urgent, start_within: 60 s}
"""
BUSY = (
    HEAD
    + "cycling:\n  - {name: settle, step: Rest for 1 minute}\n  - {name: charge, step: Charge at C/10 for 10 min}\n"
)
BUSY += SURVEY
CONTROL = "  control: {stage: {x: 2.900 mm, y: -0.350 mm}, width: 120 um, only: [end]}\n"
SCANNING_S = 115.0
"""The survey takes 20 s from the start of the charge on, at about 100 s; the urgent one waits for it."""


def answers(folder: Path) -> tuple[Counter[object], Counter[object]]:
    """Line and sample of what fired, and of what was taken or explained."""
    fired: Counter[object] = Counter((event["line"], event["sample_s"]) for event in events_of(folder, "fired"))
    ended = [*events_of(folder, "capture taken"), *events_of(folder, "capture not taken")]
    return fired, Counter((event["line"], event["sample_s"]) for event in ended)


def scanning_s(tmp_path: Path) -> float:
    """A run time at which the survey is scanned, which takes 20 s, and the urgent one waits for it."""
    SimulatedBench.open().run(BUSY, tmp_path / "undisturbed")
    return read_frames(tmp_path / "undisturbed")[0].start_s + 15.0


def test_what_was_due_when_the_run_fails_is_explained(tmp_path: Path) -> None:
    when_s = scanning_s(tmp_path)
    bench = SimulatedBench.open()
    bench.unplug("potentiostat", when_s)
    outcome = bench.run(BUSY, tmp_path / "run", RunOptions(wait_for_links_s=0.0))
    assert outcome.ending is Ending.FAILED
    fired, ended = answers(tmp_path / "run")
    assert fired == ended and fired.total() == 2
    given_up = events_of(tmp_path / "run", "capture not taken")
    assert all(str(event["why"]).startswith("the run has ended, failed: ") for event in given_up)
    assert outcome.captures_not_taken == len(given_up) > 0
    assert verify_record(tmp_path / "run").ok


def test_what_was_due_when_the_run_is_interrupted_is_explained(tmp_path: Path) -> None:
    when_s = scanning_s(tmp_path)

    def interrupt(steering: Steering) -> None:
        asyncio.get_running_loop().call_at(when_s, os.kill, os.getpid(), signal.SIGTERM)

    outcome = SimulatedBench.open().run(BUSY, tmp_path / "run", RunOptions(steered_by=interrupt))
    assert (outcome.ending, outcome.exit_code) == (Ending.INTERRUPTED, 3)
    fired, ended = answers(tmp_path / "run")
    assert fired == ended and fired.total() == 2
    survey, urgent = events_of(tmp_path / "run", "latency contract broken")
    assert "and no line of it arrived" in str(survey["message"]) and float(str(survey["commanded_s"])) < when_s
    assert "has never begun" in str(urgent["message"]) and outcome.broken_contracts == 2


def test_a_picture_before_the_end_of_a_step_is_not_taken_long_after_it(tmp_path: Path) -> None:
    protocol = SHORT.replace("  - {capture: chemistry, cell: rest, at_most: 10 min}\n", "")
    pause_s, resume_s = 600.0, 900.0
    wishes = {
        pause_s: lambda steering: steering.pause_imaging("A. Scientist"),
        resume_s: lambda steering: steering.resume_imaging("A. Scientist"),
    }
    outcome = SimulatedBench.open().run(protocol, tmp_path / "run", steered(wishes))
    assert outcome.exit_code == 0, outcome.reason
    assert not [frame for frame in read_frames(tmp_path / "run") if "just before" in frame.trigger]
    (event,) = [e for e in events_of(tmp_path / "run", "capture not taken") if "just before" in str(e["trigger"])]
    assert "charge was over" in str(event["why"])


def test_a_microscope_that_is_lost_while_nobody_uses_it_is_noticed_and_made_safe(tmp_path: Path) -> None:
    protocol = HEAD + "imaging_only: 20 min\n" + IMAGING + "when: [{every: 18 min, capture: overview}]\n"
    bench = SimulatedBench.open()
    bench.unplug("sem", 200.0, 500.0)
    outcome = bench.run(protocol, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    (lost,), (back,) = (events_of(tmp_path / "run", kind) for kind in ("instrument lost", "instrument back"))
    assert 200.0 < float(str(lost["test_time_second"])) < 200.0 + 75.0, "its gauge is read each minute"
    assert float(str(back["test_time_second"])) == pytest.approx(500.0, abs=8.0)
    assert read_frames(tmp_path / "run"), "and imaging goes on"


def test_what_the_pre_flight_does_with_the_cell_fires_nothing(tmp_path: Path) -> None:
    protocol = HEAD + "cycling:\n  - {name: settle, step: Rest for 1 minute}\n" + IMAGING
    protocol += "when: [{voltage: {changes_slower_than: 1 mV/min, over: 10 s}, once: true, capture: overview}]\n"
    SimulatedBench.open().run(protocol, tmp_path / "run")
    (fired,) = events_of(tmp_path / "run", "fired")
    settle = next(
        event for event in events_of(tmp_path / "run", "step started") if "pre-flight" not in str(event["message"])
    )
    assert float(str(fired["sample_s"])) > float(str(settle["test_time_second"]))
    assert rerun(tmp_path / "run").agrees


def test_nothing_fires_while_the_pictures_of_the_end_are_taken(tmp_path: Path) -> None:
    protocol = HEAD + "cycling:\n  - {name: settle, step: Rest for 1 minute}\n" + SURVEY.partition("when:")[0]
    protocol = protocol.replace("captures:", CONTROL + "captures:")
    protocol += "when:\n  - {every: 7 s, capture: urgent}\n  - {after_end_of: settle, capture: urgent}\n"
    SimulatedBench.open().run(protocol, tmp_path / "run")
    (over,) = events_of(tmp_path / "run", "watch over")
    fired = events_of(tmp_path / "run", "fired")
    assert {event["line"] for event in fired} == {17, 18}, "timers of the run, and the end of its last step"
    assert all(float(str(event["sample_s"])) <= float(str(over["test_time_second"])) for event in fired)
    at_the_end = [frame for frame in read_frames(tmp_path / "run") if frame.trigger == "at the end"]
    assert at_the_end and at_the_end[0].end_s - float(str(over["test_time_second"])) > 7.0, "one more would be due"
    asked, answered = answers(tmp_path / "run")
    assert asked <= answered
    assert rerun(tmp_path / "run").agrees
