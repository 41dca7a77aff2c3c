"""Sends what is due, and tries again what did not get through."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operando.drivers.errors import OperandoError
from operando.protocols.alerts.alert import Message
from operando.protocols.alerts.outbox import Outbox
from operando.protocols.alerts.route import Route
from operando.protocols.alerts.standing import Standing

__all__ = ["Delivery"]

_FIRST_WAIT_S = 15.0
_LONGEST_WAIT_S = 300.0


@dataclass(slots=True)
class _Road:
    """A route, and when it is tried again after it has failed."""

    route: Route
    failures: int = 0
    closed_until_unix_s: float = -math.inf


class Delivery:
    """Takes alerts from the outbox to their receivers.

    A message that a receiver confirmed is written down at once. A watcher that is killed between the two sends it a
    second time, under the same key and Message-ID: twice is better than never.

    Args:
        run: id of the run.
        repeat_every_s: until somebody acknowledges.
        at_most: times that one alert is sent over one route.
        how_to_acknowledge: a command, for the message.
        tell: somebody, what did not get through.
    """

    def __init__(
        self,
        outbox: Outbox,
        routes: Sequence[Route],
        *,
        run: str,
        repeat_every_s: float,
        at_most: int,
        how_to_acknowledge: str,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._outbox = outbox
        self._roads = [_Road(route) for route in routes]
        self._run = run
        self._repeat_every_s = repeat_every_s
        self._at_most = at_most
        self._how_to_acknowledge = how_to_acknowledge
        self._tell = tell

    def deliver(self, now_unix_s: float) -> None:
        """Send everything that is due; the first failure closes a route for a while."""
        for road in self._roads:
            if now_unix_s >= road.closed_until_unix_s:
                self._deliver_on(road, now_unix_s)

    @property
    def next_due_unix_s(self) -> float:
        """When something is due next, whatever the routes say; infinity if nothing is to come."""
        self._outbox.take_acknowledgements()
        standing = self._outbox.alerts.values()
        return min((self._due_unix_s(one, road) for one in standing for road in self._roads), default=math.inf)

    def _deliver_on(self, road: _Road, now_unix_s: float) -> None:
        due = [one for one in self._outbox.alerts.values() if self._due_unix_s(one, road) <= now_unix_s]
        name = road.route.name
        # what has failed most often comes last, so that one message that nobody takes keeps up no other
        for one in sorted(due, key=lambda one: one.on(name).tries - one.on(name).sent):
            self._outbox.take_acknowledgements()  # somebody may have acknowledged while the last one was sent
            if one.acknowledged_by:
                continue
            try:
                road.route.send(self._message(one, name))
            except OperandoError as error:
                self._outbox.failed(one.alert.name, name, now_unix_s, str(error))
                self._tell(f"{one.alert.name}: {name}: {error}")
                road.closed_until_unix_s = now_unix_s + min(_FIRST_WAIT_S * 2.0**road.failures, _LONGEST_WAIT_S)
                road.failures += 1
                return
            self._outbox.sent(one.alert.name, name, now_unix_s)
            road.failures = 0

    def _due_unix_s(self, one: Standing, road: _Road) -> float:
        return one.due_unix_s(road.route.name, self._repeat_every_s, self._at_most)

    def _message(self, one: Standing, route: str) -> Message:
        how = self._how_to_acknowledge
        return Message(self._run, one.alert, one.on(route).sent + 1, self._at_most, one.over, f"{how} {one.alert.name}")
