"""What a terminal shows of a run: step, cycle, voltage, current and pictures. Quiet where nobody looks."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from operando.protocols.runner import Observer, Silent, StepInProgress

__all__ = ["View", "progress_of"]


class View(Observer, Protocol):
    """What shows a run, and steps aside while a question is asked."""

    def aside(self) -> AbstractContextManager[None]: ...


class _Quiet(Silent):
    """Shows nothing."""

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()


class _Bar:
    """A progress bar. Cheap: rich redraws it at its own pace, here only values are kept."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._pictures = 0
        self._step = ""
        self._shown_s = -np.inf

    def step_started(self, running: StepInProgress) -> None:
        self._step = f"cycle {running.cycle}: {running.name}"
        self._progress.update(self._task, description=self._step)

    def samples(self, block: NDArray[np.void]) -> None:
        last = block[-1]
        time_s = float(last["time_s"])
        if time_s - self._shown_s < 60.0:  # of the experiment; a bar needs no more
            return
        self._shown_s = time_s
        cell = f"{time_s / 3600:6.2f} h  {float(last['voltage_V']):.4f} V  {float(last['current_A']) * 1e6:+8.1f} uA"
        self._progress.update(self._task, completed=time_s, cell=cell)

    def pictures(self, count: int) -> None:
        self._progress.update(self._task, pictures=f"{count} pictures")

    def message(self, time_s: float, text: str) -> None:
        self._progress.console.print(f"{time_s / 3600:6.2f} h  {text}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Out of the way while somebody types."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()


class _Lines:
    """One JSON object a line, for machines."""

    def step_started(self, running: StepInProgress) -> None:
        self._say(event="step started", step=running.name, cycle=running.cycle, time_s=running.started_s)

    def samples(self, block: NDArray[np.void]) -> None:
        pass

    def pictures(self, count: int) -> None:
        self._say(event="pictures", count=count)

    def message(self, time_s: float, text: str) -> None:
        self._say(event="message", time_s=time_s, text=text)

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()

    @staticmethod
    def _say(**values: object) -> None:
        print(json.dumps(values), flush=True)  # noqa: T201  this is the output


@contextmanager
def progress_of(console: Console, expected_s: float, *, json_lines: bool) -> Iterator[View]:
    """Show a run while the block lasts.

    Args:
        console: where to.
        expected_s: how long the experiment should take, from the dry run.
        json_lines: for machines.
    """
    if json_lines:
        yield _Lines()
        return
    if not console.is_terminal:
        yield _Quiet()
        return
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[cell]}"),
        TextColumn("{task.fields[pictures]}"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, refresh_per_second=4) as progress:
        task = progress.add_task("pre-flight", total=max(expected_s, 1.0), cell="", pictures="0 pictures")
        yield _Bar(progress, task)
