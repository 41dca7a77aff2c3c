"""Wishes of which nothing would come are refused with the reason, and nobody waits for a result."""

from pathlib import Path

import pytest
from support.hand import hand_does
from support.steered_run import SteeredRun

from operando.protocols.runner.steering_channel import Wish


@pytest.mark.parametrize(
    ("paused", "wish", "why"),
    [
        pytest.param(True, Wish(do="pause", who="B"), "paused already", id="pause twice"),
        pytest.param(False, Wish(do="resume", who="B"), "not paused", id="resume what is not paused"),
        pytest.param(True, Wish(do="capture", who="B", name="overview"), "paused", id="a capture while paused"),
        pytest.param(False, Wish(do="note", who="B", text="  "), "empty", id="an empty note"),
    ],
)
def test_what_would_come_to_nothing_is_refused_at_once(tmp_path: Path, paused: bool, wish: Wish, why: str) -> None:
    with SteeredRun(tmp_path / "run") as run:
        run.until("step started", "charge")
        if paused:
            run.ask("pause")
        (act,) = hand_does(run.folder, wish)
    assert act.state == "refused"
    assert why in act.text
