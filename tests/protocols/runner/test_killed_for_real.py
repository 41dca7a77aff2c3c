"""A real process, killed with SIGKILL and resumed, on served instruments. `tests/trials/kill.py` has more of it."""

import sys
from pathlib import Path

import pytest
from support.killing import TRIALS, Laboratory, Trial


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
@pytest.mark.timeout(600)
def test_three_kills_repeat_nothing_and_lose_nothing(tmp_path: Path) -> None:
    with Laboratory(tmp_path) as laboratory:
        result = Trial(laboratory, seed=4, most_kills=3, protocol=TRIALS / "kill_cell.yaml").carry_out()
    assert not result.violations, result.violations
    assert result.kills >= 1, "how many come before the end of the run depends on the machine"
