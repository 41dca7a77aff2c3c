"""A frame can be asked to which focusing it owes its sharpness."""

from pathlib import Path

from support.focus_runs import FocusRun, bench_in_world, focus_protocol

from operando.protocols.triggers.chain import RunStory


def test_the_last_focusing_of_its_region_and_energy_is_named(tmp_path: Path) -> None:
    run = FocusRun(bench_in_world(tmp_path), tmp_path / "run")
    run.run(focus_protocol("every: 2 min, largest_dose: 2 C/m^2", minutes=6))
    focused = run.events("focused")
    assert len(focused) > 1
    story = RunStory(run.folder)
    last = max(story.frames)
    link = story.why(last).link("focus")
    assert link.time_s == focused[-1]["test_time_second"]
    assert "focused at focus beside place, because 2 min have passed" in link.text
    assert story.why(min(story.frames)).link("focus").time_s == focused[0]["test_time_second"]
