"""Kill the run at every write, resume it on the same instruments, and compare with what the instruments themselves say.

A sample of the moments runs by default; `OPERANDO_FULL=1` runs all of them.
"""

import os
from pathlib import Path

import pytest
from support.killed_runs import check_samples, completed, killed_after, resumed
from support.mortal_run import MortalRun
from support.run_protocols import CURRENT_A, HEAD
from support.said_samples import said_samples

from operando.protocols.record import read_events, read_frames, read_journal, verify_record
from operando.protocols.triggers.chain import RunStory
from operando.protocols.triggers.rerun import rerun

FULL = os.environ.get("OPERANDO_FULL") == "1"
STRIDE = 1 if FULL else 23

CYCLING = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 10 seconds}
  - {name: charge, step: Charge at C/10 for 20 seconds}
  - {name: hold, step: Hold at 3.555 V for 10 seconds}
  - {impedance: {bias: ocv, from: 100 kHz, to: 1 kHz, points_per_decade: 3, amplitude: 10 mV rms}}
  - {name: discharge, step: Discharge at C/10 for 15 seconds}
"""
)

SPECTRUM = (
    HEAD
    + """\
cycling:
  - {name: spectrum, impedance: {bias: ocv, from: 100 kHz, to: 100 mHz, points_per_decade: 3, amplitude: 10 mV rms}}
"""
)

IMAGING = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 10 seconds}
  - {name: charge, step: Charge at C/10 for 40 seconds}
  - {capture: look, cell: rest, at_most: 60 s}
  - {name: discharge, step: Discharge at C/10 for 30 seconds}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
  control: {stage: {x: 2.900 mm, y: -0.350 mm}, width: 120 um, only: [start, end]}
captures:
  overview:
    {regions: [anode], detectors: [SE, BSE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
  look:
    {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 300 us, beam: {voltage: 5 kV, current: 100 pA}}
when:
  - {every: 15 s, during: [charge, discharge], capture: overview}
"""
)


def killable(folder: Path) -> MortalRun:
    return MortalRun(CYCLING, folder, without=("eds",))


def check(run: MortalRun) -> None:
    verdict = verify_record(run.folder)
    assert verdict.ok and verdict.closed, str(verdict)
    check_samples(run.folder, run.said)
    check_charge(run)


def check_charge(run: MortalRun) -> None:
    """The charge of a step, in all of its parts, is that of a run that nobody killed, but for one sample."""
    ends: dict[str, float] = {}
    for event in read_events(run.folder):
        if event["kind"] == "step ended" and event["charge_C"] is not None:
            ends[str(event["message"]).partition(":")[0]] = float(str(event["charge_C"]))
    check_charges_told(run)
    assert ends["charge"] == pytest.approx(20 * CURRENT_A, abs=1.01 * CURRENT_A)
    assert ends["discharge"] == pytest.approx(-15 * CURRENT_A, abs=1.01 * CURRENT_A)


def check_charges_told(run: MortalRun) -> None:
    """The charge of every step, those of the pre-flight too, is what the instrument said of it last."""
    told = {int(str(e["step"])): e["charge_C"] for e in read_events(run.folder) if e["kind"] == "step ended"}
    said = {sample.step: sample.charge_C for sample in said_samples(run.said)}
    for step, charge_C in said.items():
        assert told[step] is not None, f"the instrument told the charge of step {step}"
        assert float(str(told[step])) == pytest.approx(charge_C, abs=1.01 * CURRENT_A)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("down_s", [3.0, 25.0], ids=["the step still runs", "the step has ended"])
def test_a_kill_at_any_write_repeats_nothing_and_loses_nothing(tmp_path: Path, down_s: float) -> None:
    whole = completed(killable(tmp_path / "whole"))
    check(whole)
    for run in killed_after(range(1, whole.writes, STRIDE), killable, tmp_path):
        check(resumed(run, down_s))


def test_a_kill_in_the_middle_of_a_spectrum_loses_no_charge(tmp_path: Path) -> None:
    """The charge of such a step is told before its first point: whoever resumes hears points, and reads it later."""
    run = MortalRun(SPECTRUM, tmp_path / "run", without=("eds",))
    assert run.start(die_at=b'"step started","message":"spectrum"') is None
    resumed(run, 3.0)
    check_samples(run.folder, run.said)
    check_charges_told(run)


@pytest.mark.timeout(3600)
def test_a_resume_may_be_killed_as_well(tmp_path: Path) -> None:
    for number, after in enumerate(range(45, 130, 5 if FULL else 29)):
        run = killable(tmp_path / f"killed after {after}")
        assert run.start(after) is None
        for again in (4 + number, 14 + number):
            assert run.resume(again, down_s=3.0) is None
        check(resumed(run, 3.0))


@pytest.mark.timeout(3600)
def test_no_exposure_is_repeated_or_forgotten(tmp_path: Path) -> None:
    for after in range(190, 420, 7 if FULL else 67):
        run = MortalRun(IMAGING, tmp_path / f"killed after {after}", without=("eds",))
        assert run.start(after) is None
        verdict = verify_record(resumed(run, 10.0).folder)
        assert verdict.ok and verdict.closed, str(verdict)
        check_samples(run.folder, run.said)
        exposures = [entry for entry in read_journal(run.folder) if entry.get("action") == "scan"]
        frames, events = read_frames(run.folder), read_events(run.folder)
        recorded = {(frame.region, frame.start_s) for frame in frames}
        lost = [event for event in events if event["kind"] == "frame lost"]
        assert len(recorded) + len(lost) == len(exposures), after
        once = [(f.trigger, f.detector) for f in frames if f.trigger.startswith(("at the", "rendezvous"))]
        assert len(once) == len(set(once)), after


@pytest.mark.parametrize("last_words", [b'"kind":"fired"', b'"what":"capture asked"'], ids=["fired", "asked for"])
def test_a_capture_that_was_due_at_the_kill_is_not_taken_and_says_why(last_words: bytes, tmp_path: Path) -> None:
    run = MortalRun(IMAGING, tmp_path / "run", without=("eds",))
    assert run.start(die_at=last_words) is None
    resumed(run, 10.0)
    told = [str(event["message"]) for event in read_events(run.folder)]
    (asked,) = [message for message in told if "the run was killed before it was done" in message]
    assert asked.startswith("overview (every 15 s)")
    first = next(RunStory(run.folder).came_true())
    assert first.became == "capture not taken: the run was killed before it was done"
    assert rerun(run.folder).agrees
