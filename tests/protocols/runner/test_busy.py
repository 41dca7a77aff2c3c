"""Captures that cannot all be done: left out, waiting with a limit, or pre-empting; each is explained."""

from pathlib import Path

import numpy as np
import pytest
from support.flows import events_of, reasons, steered
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

from operando.protocols.record import read_events, read_frames, read_spectra, verify_record
from operando.protocols.runner import RunOutcome, Steering

TWO = (
    HEAD
    + """\
imaging_only: 20 min
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
  cathode: {stage: {x: 1.200 mm, y: -0.980 mm}, width: 20 um, tiles: [2, 1]}
captures:
  survey:
    {regions: [anode, cathode], detectors: [SE], pixels: [128, 96], dwell: 1.6 ms, repeat: 4,
     beam: {voltage: 5 kV, current: 100 pA}, priority: 8}
  burst:
    {regions: [anode], detectors: [BSE], pixels: [64, 48], dwell: 10 us, repeat: 3,
     beam: {voltage: 5 kV, current: 100 pA}, priority: 2, %s}
when:
  - {every: 8 min, capture: survey}
  - {every: 485 s, capture: burst}
"""
)
"""The burst is due five seconds after the survey, whose twelve frames of 20 s take four minutes and more."""

SURVEY_S = 12 * 128 * 96 * 1.6e-3


def run(folder: Path, policy: str) -> RunOutcome:
    outcome = SimulatedBench.open().run(TWO % policy, folder)
    assert outcome.exit_code == 0, outcome.reason
    assert verify_record(folder).ok
    return outcome


def test_skip_leaves_it_out_and_says_why(tmp_path: Path) -> None:
    run(tmp_path / "run", "if_busy: skip")
    assert {frame.capture for frame in read_frames(tmp_path / "run")} == {"survey"}
    assert reasons(tmp_path / "run") == ["burst (every 8 min 5 s): survey is taken or waits (if_busy: skip)"] * 2


def test_queue_waits_until_the_other_one_is_done_however_urgent(tmp_path: Path) -> None:
    run(tmp_path / "run", "if_busy: queue")
    frames = read_frames(tmp_path / "run")
    assert [frame.capture for frame in frames] == (["survey"] * 12 + ["burst"] * 3) * 2
    assert frames[12].start_s > 480 + SURVEY_S
    assert reasons(tmp_path / "run") == []


def test_preempt_stops_the_scan_and_what_is_left_of_it_goes_on_afterwards(tmp_path: Path) -> None:
    run(tmp_path / "run", "if_busy: preempt")
    frames = read_frames(tmp_path / "run")
    first = frames[: len(frames) // 2]
    assert [frame.capture for frame in first[:3]] == ["burst"] * 3
    wanted_s = float(str(events_of(tmp_path / "run", "capture taken")[0]["sample_s"]))
    assert wanted_s < first[0].start_s < wanted_s + 6.0, "the running scan of 20 s does not finish first"
    assert [frame.capture for frame in first[3:]] == ["survey"] * 11, "the frame that was stopped is not exposed twice"
    lost = events_of(tmp_path / "run", "frame lost")
    assert [event["capture"] for event in lost] == ["survey", "survey"]
    assert all("burst (every 8 min 5 s) is more urgent" in str(event["message"]) for event in lost)
    assert all(0 < float(str(event["exposed_s"])) < 20.0 for event in lost)
    (taken, *_) = [event for event in events_of(tmp_path / "run", "capture taken") if event["capture"] == "survey"]
    assert taken["pictures"] == 11 and "more urgent" in str(taken["lost_because"])


def test_preemption_needs_a_higher_priority(tmp_path: Path) -> None:
    run(tmp_path / "run", "if_busy: preempt, queue_limit: 2")
    equal = (TWO % "if_busy: preempt").replace("priority: 2", "priority: 8")
    assert SimulatedBench.open().run(equal, tmp_path / "equal").exit_code == 0
    assert not events_of(tmp_path / "equal", "frame lost")


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_wait_than_the_limit_says(tmp_path: Path, limit: int) -> None:
    protocol = (TWO % f"queue_limit: {limit}").replace("every: 485 s", "every: 55 s")
    outcome = SimulatedBench.open().run(protocol, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    frames = read_frames(tmp_path / "run")
    last = max(i for i, frame in enumerate(frames) if frame.capture == "survey" and frame.start_s < 900)
    behind = [frame for frame in frames[last + 1 :] if frame.start_s < frames[last].end_s + 30.0]
    assert sum(frame.capture == "burst" for frame in behind) == 3 * limit
    assert any(f"{limit} of it wait already (queue_limit: {limit})" in why for why in reasons(tmp_path / "run"))
    due = [event for event in read_events(tmp_path / "run") if event["kind"] in {"capture taken", "capture not taken"}]
    wanted = [float(str(event["sample_s"])) for event in due if event["capture"] == "burst"]
    assert np.allclose(np.diff(sorted(wanted)), 55.0), "each that was due is taken or explained, once"
    assert len(wanted) >= 21


X_RAYS = TWO.replace("detectors: [SE], pixels: [128, 96], dwell: 1.6 ms, repeat: 4,", "eds: %s,").replace(
    "regions: [anode, cathode], eds", "regions: [anode], eds"
)


def test_an_unfinished_map_keeps_the_points_that_were_counted(tmp_path: Path) -> None:
    eds = "{map: [4, 4], live_time_per_point: 3 s}"
    outcome = SimulatedBench.open().run(X_RAYS % (eds, "if_busy: preempt"), tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    rows = read_spectra(tmp_path / "run")
    assert rows and {row.kind for row in rows} == {"point"}
    assert all(row.region == "anode" and 0 < row.position_x < 1 for row in rows)
    unfinished = events_of(tmp_path / "run", "spectra unfinished")
    assert unfinished and all("more urgent" in str(event["message"]) for event in unfinished)
    assert {frame.capture for frame in read_frames(tmp_path / "run")} == {"burst"}


def test_a_pause_between_frames_leaves_the_rest_for_later(tmp_path: Path) -> None:
    def pause(steering: Steering) -> None:
        steering.pause_imaging("A. Scientist")

    def go_on(steering: Steering) -> None:
        steering.resume_imaging("A. Scientist")

    bench = SimulatedBench.open()
    outcome = bench.run(TWO % "if_busy: skip", tmp_path / "run", steered({610.0: pause, 860.0: go_on}))
    assert outcome.exit_code == 0, outcome.reason
    frames = read_frames(tmp_path / "run")[:12]
    before = [frame for frame in frames if frame.start_s < 610.0]
    assert 1 <= len(before) < 12 and before[-1].end_s > 610.0, "paused within a frame"
    assert all(frame.start_s > 860.0 for frame in frames[len(before) :]), "the other frames, once each, afterwards"
    assert not events_of(tmp_path / "run", "frame lost"), "the picture in progress was finished"
