"""A process that dies while it focuses: the lens is put right, and what is in focus is not focused again."""

from pathlib import Path

import pytest
from support.mortal_run import MortalRun
from support.run_protocols import SHORT

from operando.protocols.record import read_events, read_frames, verify_record

FOCUS = SHORT + "focus: {every: 6 h, range: 60 um, largest_dose: 3 C/m^2, detector: SE}\n"


def of_focus(folder: Path, kind: str) -> list[dict[str, object]]:
    return [dict(one) for one in read_events(folder) if (one["source"], one["kind"]) == ("focus", kind)]


def test_killed_in_the_middle_the_lens_is_put_right(tmp_path: Path) -> None:
    run = MortalRun(FOCUS, tmp_path / "run")
    assert run.start(die_at=b'"scan (focus)"') is None
    (begun,) = of_focus(run.folder, "focusing begins")
    outcome = run.resume()
    assert outcome is not None and outcome.exit_code == 0
    (right,) = of_focus(run.folder, "lens put right")
    assert right["working_distance_m"] == pytest.approx(begun["working_distance_m"], abs=1e-9)
    assert right["stigmators"] == begun["stigmators"]
    again = of_focus(run.folder, "focusing begins")[1]
    assert again["working_distance_m"] == pytest.approx(begun["working_distance_m"], abs=1e-7)
    assert len(of_focus(run.folder, "focused")) == 2, "at each of the two places"
    verdict = verify_record(run.folder)
    assert verdict.ok, str(verdict)


def test_killed_afterwards_nothing_is_focused_again(tmp_path: Path) -> None:
    run = MortalRun(FOCUS, tmp_path / "run")
    assert run.start(die_at=b'"kind":"frame"') is None
    (before,) = of_focus(run.folder, "focused")
    outcome = run.resume()
    assert outcome is not None and outcome.exit_code == 0
    assert of_focus(run.folder, "lens put right") == []
    assert [one["region"] for one in of_focus(run.folder, "focused")] == ["anode", "cathode"]
    found_m = float(str(before["working_distance_m"]))
    assert all(frame.working_distance_m == pytest.approx(found_m, abs=1e-7) for frame in read_frames(run.folder))
