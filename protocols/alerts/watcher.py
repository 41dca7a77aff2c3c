"""Watches a run from outside, as any reader of its record does, and tells people what they should know."""

import math
from collections.abc import Callable, Mapping, Sequence

from operando.drivers.bench.alerts import AlertsEntry
from operando.drivers.clock import Clock
from operando.drivers.errors import OperandoError
from operando.protocols.alerts.change import Change, Net, net_of, what_stands
from operando.protocols.alerts.delivery import Delivery
from operando.protocols.alerts.noticing import Noticing
from operando.protocols.alerts.outbox import Outbox, outbox_folder
from operando.protocols.alerts.pulse import Pulse
from operando.protocols.alerts.route import Route
from operando.protocols.alerts.shorts import Shorts
from operando.protocols.alerts.webhook import post
from operando.protocols.live.steps import started_steps
from operando.protocols.reading import Run, RunStatus

__all__ = ["LOOK_EVERY_S", "Watcher"]

LOOK_EVERY_S = 2.0
_PATIENCE_S = 86400.0
"""After the end of a run, with messages that nobody takes; they stay in the outbox for the next watcher."""


class Watcher:
    """Looks at a run again and again. It may be ended and started anew at any time; the outbox remembers.

    Args:
        run: opened for reading.
        entry: whom to tell, and about what.
        routes: to them.
        clock: real time; the run's own may be virtual.
        environment: in which secrets may be.
        tell: whoever started the watcher, what did not get through.

    Raises:
        ConfigMismatch: if another process watches this run.
    """

    def __init__(
        self,
        run: Run,
        entry: AlertsEntry,
        routes: Sequence[Route],
        clock: Clock,
        environment: Mapping[str, str],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._run = run
        self._entry = entry
        self._clock = clock
        self._environment = environment
        self._tell = tell
        self.outbox = Outbox(outbox_folder(run.folder))
        self._noticing = Noticing(run.header.start_unix_s, entry.repeat_every)
        self._shorts = Shorts()
        self._pulse = Pulse(run.folder, entry, self.outbox.standing("stale"), self.outbox.standing("disk"))
        self._delivery = Delivery(
            self.outbox,
            routes,
            run=run.header.run_id,
            repeat_every_s=entry.repeat_every,
            at_most=entry.at_most,
            how_to_acknowledge=f"operando alert acknowledge {run.folder.absolute()}",
            tell=tell,
        )
        self._first_look = self.outbox.fresh
        self._began_s = clock.now()
        self._beat_s = -math.inf
        self._ended_s = math.inf

    def close(self) -> None:
        """Let go of the outbox."""
        self.outbox.close()

    def follow(self) -> None:
        """Look until the run is over and nothing is left to send."""
        while not self.look():
            self._clock.sleep_until(self._clock.now() + LOOK_EVERY_S)

    def look(self) -> bool:
        """Look once and send what is due; whether there is nothing left to do."""
        # before the record is read: what is written until it is closed is in it then
        status = self._run.status
        nets = net_of(self._changes(status))
        for net in what_stands(nets) if self._first_look else nets:
            self._keep(net)
        self._first_look = False
        self.outbox.take_acknowledgements()
        self._delivery.deliver(self._now_unix_s)
        self._beat()
        ended = status in (RunStatus.CLOSED, RunStatus.PARKED) or (self._looked_long_enough(status) and self._stale)
        return self._done(ended=ended)

    @property
    def _stale(self) -> bool:
        return bool(self.outbox.standing("stale"))

    def _looked_long_enough(self, status: RunStatus) -> bool:
        """What an earlier watcher called stale may have been taken up since, and grow again."""
        return status is RunStatus.KILLED or self._clock.now() - self._began_s >= self._entry.stale_after

    def _done(self, *, ended: bool) -> bool:
        now_s = self._clock.now()
        self._ended_s = min(self._ended_s, now_s) if ended else math.inf
        return ended and (self._delivery.next_due_unix_s == math.inf or now_s - self._ended_s > _PATIENCE_S)

    def _changes(self, status: RunStatus) -> list[Change]:
        self._run.refresh()
        events = self._run.events
        changes = self._noticing.events(events)
        for detector, found in self._shorts.look(self._run.samples, started_steps(self._run.journal, events)):
            changes += self._noticing.short(detector, found)
        return changes + self._pulse.look(status, self._clock.now(), self._now_unix_s)

    def _keep(self, net: Net) -> None:
        """What is known and over already was replayed by a watcher that started anew; it does not stand again."""
        raised = net.raised
        new = not net.over or net.name not in self.outbox.alerts
        if raised is not None and new and raised.alert.kind in self._entry.about:
            self.outbox.raised(raised.subject, raised.alert)
        if net.over:
            self.outbox.settled(net.name, net.over)

    def _beat(self) -> None:
        """Say that the run lives; that nobody hears it is for whoever waits for it to notice."""
        entry, now_s = self._entry.heartbeat, self._clock.now()
        if entry is None or not self._pulse.alive or now_s - self._beat_s < entry.every:
            return
        self._beat_s = now_s
        try:
            post(entry, {"run": self._run.header.run_id, "unix_s": self._now_unix_s}, self._environment)
        except OperandoError as error:
            self._tell(f"heartbeat: {error}")

    @property
    def _now_unix_s(self) -> float:
        return self._clock.wall().timestamp()
