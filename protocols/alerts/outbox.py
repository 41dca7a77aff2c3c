"""Keeps alerts on the disk until they are delivered: outside the record, which knows nothing of who was told.

One file of facts, appended and synced: what was raised, sent, acknowledged and is over. Acknowledgements come from
other processes, as files of their own in a folder beside it.
"""

from pathlib import Path

import orjson
from pydantic import JsonValue

from operando.drivers.bench.alerts import AlertKind
from operando.drivers.errors import ConfigMismatch
from operando.protocols.alerts.alert import Alert
from operando.protocols.alerts.standing import Standing
from operando.protocols.record.durable import Disk, RecordError
from operando.protocols.record.lines import json_line
from operando.protocols.record.system import is_held

__all__ = ["Outbox", "acknowledge", "outbox_folder", "read_outbox"]

_FACTS = "alerts.jsonl"
_ACKNOWLEDGED = "acknowledged"


def outbox_folder(run: Path) -> Path:
    """Beside the folder of the run."""
    absolute = run.absolute()
    return absolute.with_name(f"{absolute.name}.alerts")


class Outbox:
    """The alerts of one run. One process alone writes it.

    Args:
        folder: made if it is not there.

    Raises:
        ConfigMismatch: if another process watches this run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        disk = Disk()
        disk.make_folder(folder / _ACKNOWLEDGED)
        path = folder / _FACTS
        self.fresh = not path.exists()
        """Whether nobody has watched this run before."""
        if not self.fresh and is_held(path):
            raise ConfigMismatch(
                "another process watches this run already", where=str(folder), remedy="One is enough: let it go on."
            )
        self.alerts, complete = _read(path)
        self._file = disk.open(path)
        self._file.hold()
        self._file.cut(complete)

    def close(self) -> None:
        """Let go of it."""
        self._file.close()

    def standing(self, subject: str) -> str:
        """Id of the alert that stands about a subject; empty if none does."""
        found = [one.alert.name for one in self.alerts.values() if one.subject == subject and not one.over]
        return found[-1] if found else ""

    def raised(self, subject: str, alert: Alert) -> None:
        """Keep an alert; one that is known already stands again."""
        known = self.alerts.get(alert.name)
        if known is None:
            self._write("raised", alert.name, subject=subject, **_values(alert))
        elif known.over:
            self._write("stands again", alert.name)

    def settled(self, name: str, why: str) -> None:
        """What an alert was about is over."""
        known = self.alerts.get(name)
        if known is not None and not known.over:
            self._write("over", name, why=why)

    def sent(self, name: str, route: str, now_unix_s: float) -> None:
        """A message was delivered."""
        self._write("sent", name, route=route, unix_s=now_unix_s)

    def failed(self, name: str, route: str, now_unix_s: float, why: str) -> None:
        """A message was not delivered."""
        self._write("not sent", name, route=route, unix_s=now_unix_s, why=why)

    def take_acknowledgements(self) -> None:
        """Look whether somebody has acknowledged something."""
        for name, standing in self.alerts.items():
            if not standing.acknowledged_by and (by := _acknowledged_by(self.folder, name)):
                self._write("acknowledged", name, by=by)

    def _write(self, fact: str, name: str, **values: JsonValue) -> None:
        entry: dict[str, JsonValue] = {"fact": fact, "alert": name, **values}
        self._file.append(json_line(entry))
        self._file.sync()
        _apply(self.alerts, entry)


def read_outbox(folder: Path) -> dict[str, Standing]:
    """The alerts of a run by their names, in the order in which they were raised.

    Raises:
        ConfigMismatch: if nobody has watched the run.
    """
    path = folder / _FACTS
    if not path.is_file():
        raise ConfigMismatch(
            "nobody has watched this run: there are no alerts of it",
            where=str(folder),
            remedy="Start it with --alerts, or `operando watch` it.",
        )
    alerts = _read(path)[0]
    for name, standing in alerts.items():
        standing.acknowledged_by = standing.acknowledged_by or _acknowledged_by(folder, name)
    return alerts


def acknowledge(folder: Path, name: str, by: str) -> None:
    """Have nothing more sent of an alert; holds from the moment this returns."""
    Disk().write_whole(folder / _ACKNOWLEDGED / name, by.encode())


def _acknowledged_by(folder: Path, name: str) -> str:
    path = folder / _ACKNOWLEDGED / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _read(path: Path) -> tuple[dict[str, Standing], int]:
    """The alerts, and how many bytes of the file are complete; a torn last line is not there yet."""
    alerts: dict[str, Standing] = {}
    data = path.read_bytes() if path.is_file() else b""
    complete = data.rfind(b"\n") + 1
    for number, line in enumerate(data[:complete].splitlines(), 1):
        try:
            _apply(alerts, orjson.loads(line))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise RecordError(
                f"line {number} cannot be read: {error}", where=str(path), remedy="Move the folder away and watch anew."
            ) from error
    return alerts, complete


def _apply(alerts: dict[str, Standing], entry: dict[str, JsonValue]) -> None:
    name, fact = str(entry["alert"]), entry["fact"]
    if fact == "raised":
        alerts[name] = Standing(str(entry["subject"]), _alert(name, entry))
        return
    standing = alerts[name]
    match fact:
        case "over":
            standing.over = str(entry["why"])
        case "stands again":
            standing.over = ""
        case "acknowledged":
            standing.acknowledged_by = str(entry["by"])
        case "sent":
            sending = standing.on(str(entry["route"]))
            sending.sent += 1
            sending.tries += 1
            sending.last_sent_unix_s = _number(entry["unix_s"])
        case "not sent":
            standing.on(str(entry["route"])).tries += 1


def _values(alert: Alert) -> dict[str, JsonValue]:
    return {
        "kind": str(alert.kind),
        "headline": alert.headline,
        "text": alert.text,
        "raised_unix_s": alert.raised_unix_s,
    }


def _alert(name: str, entry: dict[str, JsonValue]) -> Alert:
    kind = AlertKind(str(entry["kind"]))
    return Alert(name, kind, str(entry["headline"]), str(entry["text"]), _number(entry["raised_unix_s"]))


def _number(value: JsonValue) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)
