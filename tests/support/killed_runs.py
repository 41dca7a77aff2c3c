"""Runs that are killed after so many writes and resumed, and what must hold of the record of each."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from operando.protocols.record import is_closed, open_samples
from operando.protocols.runner import Ending
from support.mortal_run import MortalRun
from support.said_samples import said_samples

__all__ = ["check_samples", "completed", "killed_after", "resumed", "was_begun"]

MakeRun = Callable[[Path], MortalRun]


def completed(run: MortalRun) -> MortalRun:
    """A run that nobody kills."""
    outcome = run.start()
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    return run


def killed_after(moments: Iterable[int], make: MakeRun, folder: Path) -> Iterator[MortalRun]:
    """A run for each number of writes, killed after them; not those of which there is nothing to resume.

    That is before the run has begun, and after its end.
    """
    for after in moments:
        run = make(folder / f"killed after {after}")
        assert run.start(after) is None
        if was_begun(run) and not is_closed(run.folder):
            yield run


def resumed(run: MortalRun, down_s: float) -> MortalRun:
    """It comes to its end when it is resumed, so long after the kill."""
    outcome = run.resume(down_s=down_s)
    assert outcome is not None and outcome.ending is Ending.COMPLETED, (run.folder.name, outcome)
    return run


def was_begun(run: MortalRun) -> bool:
    """Whether anything is recorded."""
    journal = run.folder / "journal.jsonl"
    return journal.exists() and journal.read_bytes().endswith(b"\n")


def check_samples(folder: Path, said: Sequence[str]) -> None:
    """Everything that the instrument said of a step is recorded, once; and it never began a step twice."""
    recorded = open_samples(folder)
    assert np.array_equal(np.sort(recorded["sequence"]), np.arange(recorded.size))
    heard: defaultdict[int, list[float]] = defaultdict(list)
    for sample in said_samples(said):
        heard[sample.step].append(sample.elapsed_s)
    for step, elapsed_s in heard.items():
        assert np.all(np.diff(elapsed_s) > 0), f"step {step} was begun twice"
        own = recorded[recorded["step"] == step]
        assert np.sort(own["elapsed_s"]).tolist() == pytest.approx(elapsed_s), f"samples of step {step} are missing"
    assert set(np.unique(recorded["step"])) == set(heard)
