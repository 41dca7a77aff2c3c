"""Gain and black level stay as they were; who changes them is told of, and it is set back, also after a kill."""

from pathlib import Path

from support.focus_runs import FocusRun, bench_in_world
from support.mortal_run import MortalRun
from support.run_protocols import IMAGING_ONLY, SHORT

from operando.protocols.record import read_events, read_frames

WATCH = "beam_watch: {absorbed_current: true, signal: locked}\nif_changed: record\n"


def of_beam(folder: Path, kind: str) -> list[dict[str, object]]:
    return [dict(one) for one in read_events(folder) if (one["source"], one["kind"]) == ("beam", kind)]


def test_a_changed_gain_is_set_back_before_the_next_capture(tmp_path: Path) -> None:
    run = FocusRun(bench_in_world(tmp_path), tmp_path / "run")
    run.bench.world.call_at(700.0, lambda now: run.microscope.operator_sets_gain(1, 77.0, 33.0, now))
    run.run(IMAGING_ONLY + WATCH)
    (changed,) = of_beam(run.folder, "signal had changed")
    assert changed["gain_percent"] == 77.0
    assert changed["black_percent"] == 33.0
    gains = {frame.gain_percent for frame in read_frames(run.folder) if frame.detector == changed["detector"]}
    assert len(gains) == 1, "no picture was taken with the other gain"


def test_the_lock_outlives_a_kill(tmp_path: Path) -> None:
    run = MortalRun(SHORT + WATCH, tmp_path / "run")
    assert run.start(die_at=b'"kind":"frame"') is None
    locked = of_beam(run.folder, "signal locked")
    assert {one["detector"] for one in locked} == {"SE", "BSE"}
    outcome = run.resume()
    assert outcome is not None and outcome.exit_code == 0
    assert of_beam(run.folder, "signal locked") == locked
    assert len(of_beam(run.folder, "blanking confirmed")) > 1
