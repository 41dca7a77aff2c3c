"""`operando region add NAME`: a region from where the stage stands."""

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.prompt import Confirm

from operando.drivers.bench import Bench, open_bench
from operando.drivers.errors import ConfigMismatch
from operando.protocols.teaching import (
    dose_C_per_m2,
    free_picture,
    insert_region,
    save_picture,
    take_picture,
    teach_region,
    with_region,
)

__all__ = ["add_region"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def add_region(name: str, bench: str, protocol: Path | None, detector: str, *, picture: bool, yes: bool) -> int:
    """Print the region as a line of a protocol, and insert it if one is named.

    Args:
        picture: whether a picture is taken; asked for again, with its dose, unless `yes`.

    Raises:
        ConfigMismatch: if the name is none, or the protocol has no place for it; nothing was touched then.
    """
    if not _NAME.fullmatch(name):
        raise ConfigMismatch(f"{name!r} is no name of a region", remedy="Letters, digits, - and _ make one.")
    if protocol is not None:
        with_region(protocol.read_text(encoding="utf-8"), name, f"{name}: {{}}", str(protocol))
    file = free_picture(protocol.parent if protocol else Path(), name) if picture else None
    opened = open_bench(bench)
    try:
        if file is not None and not (yes or _agreed(opened, name)):
            file = None
        if file is not None:
            save_picture(take_picture(opened, detector), file)
        line = teach_region(opened, name, file.name if file else "").line
    finally:
        opened.close()
    print(line)  # noqa: T201  this is the output
    if protocol is not None:
        insert_region(protocol, name, line)
    return 0


def _agreed(bench: Bench, name: str) -> bool:
    """The beam has an effect on the specimen: somebody says yes to it.

    Raises:
        ConfigMismatch: if nobody is there to be asked.
    """
    if not sys.stdin.isatty():
        raise ConfigMismatch("nobody is there to agree to a picture", remedy="Give --yes, or leave --picture out.")
    seen = bench.column.conditions()
    beam = f"{seen.voltage_V / 1e3:g} kV, {seen.current_A * 1e12:.0f} pA, {seen.field_width_m * 1e6:g} um wide"
    question = f"Scan {name} once ({beam}: {dose_C_per_m2(seen):.2g} C/m^2)?"
    return Confirm.ask(question, console=Console(stderr=True, highlight=False), default=False)
