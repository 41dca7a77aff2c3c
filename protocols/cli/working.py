"""A bar for work that takes a while, on a terminal; nothing elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

__all__ = ["working"]

DRAWN_PER_S = 2.0
"""Some of this work talks to instruments meanwhile."""


@contextmanager
def working(console: Console, what: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while the block lasts, and take it away afterwards.

    Args:
        console: where to.
        what: is being done, in a word or two.
        quiet: shows nothing, as for machines.

    Yields:
        To be told how much is done, of how much.
    """
    if quiet or not console.is_terminal:
        yield lambda done, of: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, refresh_per_second=DRAWN_PER_S
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
