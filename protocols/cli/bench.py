"""`operando bench list` and `operando bench identify`."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from operando.drivers.bench import BenchFile, load_bench_file, open_bench
from operando.drivers.bench.open import bench_source

__all__ = ["identify_bench", "list_bench"]


def list_bench(bench: str, *, json: bool) -> int:
    """What the bench file says."""
    _, file = load_bench_file(bench_source(bench))
    rows = [(name, entry.driver, entry.address, *_cell_of(file, name)) for name, entry in file.instruments.items()]
    _show(file.name, ("instrument", "driver", "address", *_cell_column(file)), rows, json=json)
    return 0


def identify_bench(bench: str, *, wires: Path | None = None, json: bool = False) -> int:
    """Who answers. Connecting changes nothing, and nothing is made safe that was running.

    Args:
        bench: a bench file, or the name of an installed bench.
        wires: where to record what goes over the wires, if that is wanted.
        json: one JSON object a line instead of a table.
    """
    opened = open_bench(bench, wires=wires)
    try:
        rows = []
        for role in opened.one_role_each():
            identity = role.identify()
            who = (role.name, identity.vendor, identity.model, identity.serial, identity.firmware, identity.address)
            rows.append((*who, *_cell_of(opened.file, role.name)))
    finally:
        opened.close()
    header = ("instrument", "vendor", "model", "serial", "firmware", "address", *_cell_column(opened.file))
    _show(opened.file.name, header, rows, json=json)
    return 0


def _cell_column(file: BenchFile) -> tuple[str, ...]:
    """A column that says who has the control cell, on a bench with one."""
    return ("cell",) if file.control_cell is not None else ()


def _cell_of(file: BenchFile, instrument: str) -> tuple[str, ...]:
    if file.control_cell is None:
        return ()
    return ("control cell",) if instrument == file.control_cell.potentiostat else ("",)


def _show(title: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, json: bool) -> None:
    if json:
        for row in rows:
            print(json_module.dumps(dict(zip(header, row, strict=True))))  # noqa: T201  this is the output
        return
    table = Table(*header, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
