"""A run that is watched: its record as it grows, a receiver that remembers, and time that passes only when asked."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from operando.drivers.bench.alerts import AlertsEntry
from operando.drivers.clock import VirtualClock
from operando.protocols.alerts import Message, NotDelivered, Watcher
from operando.protocols.reading import open_run
from operando.protocols.record import RunRecord
from support.made_up_run import run_header

__all__ = ["ALERTS", "Receiver", "WatchedRecord"]

ALERTS = AlertsEntry.model_validate(
    {"command": {"program": ["never started"]}, "repeat_every": "15 min", "at_most": 3, "least_free_GB": 0}
)


class Receiver:
    """A route that takes everything, or nothing while the network is down."""

    def __init__(self, name: str = "receiver") -> None:
        self.name = name
        self.down = False
        self.tries = 0
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.tries += 1
        if self.down:
            raise NotDelivered("the network is down", where=self.name)
        self.messages.append(message)

    @property
    def told(self) -> list[tuple[str, int]]:
        """Kind and number of each message."""
        return [(str(message.alert.kind), message.number) for message in self.messages]


class WatchedRecord:
    """A record and its watcher, which may be ended and started anew."""

    def __init__(self, folder: Path, entry: AlertsEntry = ALERTS) -> None:
        self.folder = folder
        self.entry = entry
        self.clock = VirtualClock(datetime(2026, 11, 22, 9, tzinfo=UTC))
        self.record = RunRecord.create(folder, run_header(simulated=False))
        self.receiver = Receiver()
        self.said: list[str] = []
        self.watcher = self._watcher()

    def _watcher(self) -> Watcher:
        return Watcher(open_run(self.folder), self.entry, [self.receiver], self.clock, {}, self.said.append)

    def event(self, source: str, kind: str, message: str, **details: JsonValue) -> None:
        """Something happens now."""
        self.record.event(self.clock.now(), source, kind, message, **details)

    def look(self, after_s: float = 0.0) -> bool:
        """Let the watcher look, after some time; whether it has nothing left to do."""
        self.clock.sleep_until(self.clock.now() + after_s)
        return self.watcher.look()

    def pass_by(self, seconds: float, every_s: float = 60.0, growing: bool = True) -> None:
        """Let time pass; a run that is well grows meanwhile."""
        end_s = self.clock.now() + seconds
        while self.clock.now() < end_s:
            if growing:
                self.event("test", "beat", "")
            self.look(every_s)

    def watcher_killed(self) -> None:
        """Another watcher begins."""
        self.watcher.close()
        self.watcher = self._watcher()

    def close(self) -> None:
        self.watcher.close()
        self.record.release()
