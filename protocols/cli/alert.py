"""`operando alert test|list|acknowledge`."""

import getpass
import json as json_module
import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from operando.drivers.bench.alerts import AlertKind
from operando.drivers.bench.file import load_bench_file
from operando.drivers.bench.open import bench_source
from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch, OperandoError
from operando.protocols.alerts import Alert, Message, acknowledge, outbox_folder, read_outbox, routes_of
from operando.protocols.cli.failures import RUN_FAILED
from operando.protocols.cli.watch import alerts_of

__all__ = ["acknowledge_alerts", "list_alerts", "test_alerts"]

_NOTHING = "Nothing has happened: somebody tries whether alerts of this bench reach you. No answer is needed."


def test_alerts(bench: str, *, json: bool) -> int:
    """Send a test over every route of a bench, once; 1 if one of them failed."""
    _, file = load_bench_file(bench_source(bench))
    alert = Alert("test", AlertKind.ENDING, f"test from {file.name}", _NOTHING, RealClock().wall().timestamp())
    console = Console(highlight=False, soft_wrap=True)
    failed = False
    for route in routes_of(alerts_of(file), os.environ):
        why = ""
        try:
            route.send(Message("test", alert))
        except OperandoError as error:
            why, failed = str(error), True
        if json:
            print(json_module.dumps({"route": route.name, "delivered": not why, "why": why}))  # noqa: T201  this is the output
        else:
            console.print(f"{route.name}: {why or 'delivered'}", style="red" if why else "green", markup=False)
    return RUN_FAILED if failed else 0


def list_alerts(folder: Path, *, json: bool) -> int:
    """What people were told about a run, and who has acknowledged it."""
    table = Table("alert", "what", "stands", "sent", "acknowledged by")
    for name, one in read_outbox(outbox_folder(folder)).items():
        sent = {route: sending.sent for route, sending in one.sendings.items()}
        if json:
            values = {"alert": name, "headline": one.alert.headline, "text": one.alert.text, "over": one.over}
            print(json_module.dumps({**values, "sent": sent, "acknowledged_by": one.acknowledged_by}))  # noqa: T201  this is the output
        times = ", ".join(f"{route} {count}" for route, count in sent.items())
        table.add_row(name, one.alert.headline, one.over or "yes", times, one.acknowledged_by)
    if not json:
        Console(highlight=False).print(table)
    return 0


def acknowledge_alerts(folder: Path, name: str, by: str) -> int:
    """Have nothing more sent of an alert, or of all that there are now.

    Raises:
        ConfigMismatch: if there is no such alert.
    """
    outbox = outbox_folder(folder)
    alerts = read_outbox(outbox)
    if name and name not in alerts:
        raise ConfigMismatch(
            f"there is no alert {name!r}", where=str(outbox), remedy=f"There are: {', '.join(alerts) or 'none'}."
        )
    for each in [name] if name else list(alerts):
        if not alerts[each].acknowledged_by:
            acknowledge(outbox, each, by or getpass.getuser())
    return 0
