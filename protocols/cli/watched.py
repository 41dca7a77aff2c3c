"""What surrounds a run in `run`, `demo` and `resume`: display, page, channel, and who hears Ctrl-C."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from operando.drivers.bench import Bench
from operando.drivers.clock import RealClock
from operando.protocols.cli.interrupting import CtrlC
from operando.protocols.cli.progress import observer_of
from operando.protocols.cli.steerable import begin_page, require_page, steerable
from operando.protocols.cli.terminal import can_display, terminal_display
from operando.protocols.cli.terminal_operator import TerminalOperator
from operando.protocols.cli.watch import begin_watcher
from operando.protocols.runner import RunOptions

__all__ = ["watched"]


@contextmanager
def watched(
    bench: Bench,
    folder: Path,
    console: Console,
    options: RunOptions,
    *,
    who: str,
    json: bool,
    live: bool = False,
    alerted_by: str | None = None,
) -> Iterator[RunOptions]:
    """Show a run where somebody looks, let it be steered, and begin what watches it, while the block lasts.

    Args:
        folder: of the record, which need not be there yet.
        options: to which observer, operator, channel and Ctrl-C are added.
        who: is at the terminal, for the record.
        live: whether the page is opened, too.
        alerted_by: the bench file whose people a watcher alerts, empty for that of the record; None for no watcher.

    Raises:
        MissingPackage: if the packages of the page are not installed.
    """
    if live:
        require_page()
    name = who or getpass.getuser()
    shown = can_display(console, json=json)
    with (
        steerable(folder, page=live, virtual=bench.clock.virtual and not shown) as steered_by,
        terminal_display(folder, name, console, shown=shown) as display,
    ):
        tell = display.tell if display is not None else partial(_tell, console)
        if live:
            begin_page(folder, tell)
        if alerted_by is not None:
            begin_watcher(folder, alerted_by, tell)
        instruments = [f"{name} at {entry.address}" for name, entry in bench.file.instruments.items()]
        simulated = bench.file.simulated
        ctrl_c = CtrlC(folder, instruments, RealClock(), display, simulated=simulated, json=json)
        yield replace(
            options,
            steered_by=steered_by,
            observer=observer_of(json=json),
            operator=TerminalOperator(console, name, bench.clock, display),
            interrupted=ctrl_c.heard,
        )


def _tell(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, markup=False, soft_wrap=True)
