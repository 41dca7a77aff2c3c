"""Random experiments with random mishaps: what must hold holds, and a seed is the same experiment each time.

Some seeds run here; `tests/trials/chaos.py` runs as many as are wanted.
"""

from pathlib import Path

import pytest
from support.experiments import carry_out

SEEDS = (0, 17, 103, 130, 226, 246)
"""103 and 130 fail with a capture under way, 226 fails in the pre-flight, 246 has one due at the very end."""


@pytest.mark.parametrize("seed", SEEDS)
def test_what_must_hold_holds_whatever_happens(seed: int, tmp_path: Path) -> None:
    experiment = carry_out(seed, tmp_path / "run")
    assert not experiment.violations, f"{experiment}"


@pytest.mark.parametrize("seed", [17, 55])
def test_a_seed_replays_exactly(seed: int, tmp_path: Path) -> None:
    """55 is interrupted by a signal in the middle of a command."""
    first, again = (carry_out(seed, tmp_path / time / "run") for time in ("first", "again"))
    assert first.mishaps and first.hours > 0
    assert first == again
