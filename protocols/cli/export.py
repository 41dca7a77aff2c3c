"""`operando export RUN --to FORMAT`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from operando.drivers.errors import ConfigMismatch
from operando.drivers.units import si
from operando.protocols.cli.run_folder import require_run
from operando.protocols.export import Selection, export_run
from operando.protocols.export.progress import Progress, Unseen
from operando.protocols.reading import NotInRun, open_run

__all__ = ["run_export"]


def run_export(
    folder: Path,
    to: str,
    out: Path | None,
    *,
    region: str | None,
    detector: str | None,
    since: str | None,
    until: str | None,
    cycle: int | None,
) -> int:
    """Export and say what was written."""
    require_run(folder)
    selection = Selection(region, detector, _seconds("--since", since), _seconds("--until", until), cycle)
    console = Console(highlight=False, soft_wrap=True)
    with _progress_on(console) as progress:
        written = export_run(open_run(folder), to, selection, out, progress)
    if not written:
        raise NotInRun("nothing in the run is of that kind", where=str(folder), remedy="Choose less narrowly.")
    place = written[0].parent
    count = f"{len(written)} files" if len(written) > 1 else written[0].name
    console.print(f"{count} in {place}", markup=False)
    return 0


def _seconds(option: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return si(text, "s")
    except ValueError as error:
        raise ConfigMismatch(str(error), where=option, remedy="Times are run times, counted from its start.") from error


class _Bars:
    """A bar for each file."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        self._task = self._bars.add_task(what, total=total)

    def advance(self, pieces: int = 1) -> None:
        if self._task is not None:
            self._bars.advance(self._task, pieces)


@contextmanager
def _progress_on(console: Console) -> Iterator[Progress]:
    """Bars on a terminal, nothing elsewhere."""
    if not console.is_terminal:
        yield Unseen()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console) as bars:
        yield _Bars(bars)
