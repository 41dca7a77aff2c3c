"""How an alert stands: what was sent of it over each route, and who has acknowledged it."""

import math
from dataclasses import dataclass, field

from operando.protocols.alerts.alert import Alert

__all__ = ["Sending", "Standing"]


@dataclass(slots=True)
class Sending:
    """What one route has done for one alert. Times are wall times, because they outlive the watcher."""

    sent: int = 0
    tries: int = 0
    last_sent_unix_s: float = -math.inf


@dataclass(slots=True)
class Standing:
    """An alert and its fate.

    Args:
        subject: what it is about.
        over: why there is nothing left to do about it; empty while it stands.
        acknowledged_by: empty while nobody has.
        sendings: by the name of the route.
    """

    subject: str
    alert: Alert
    over: str = ""
    acknowledged_by: str = ""
    sendings: dict[str, Sending] = field(default_factory=dict)

    def on(self, route: str) -> Sending:
        """What a route has done for it."""
        return self.sendings.setdefault(route, Sending())

    def due_unix_s(self, route: str, repeat_every_s: float, at_most: int) -> float:
        """When it is to be sent over a route next; infinity if no more.

        The first sending happens whatever the network does meanwhile, also of what is over by then. Reminders end
        with an acknowledgement, with the thing itself, and with their number.
        """
        sending = self.on(route)
        if self.acknowledged_by:
            return math.inf
        if sending.sent == 0:
            return -math.inf
        if self.over or sending.sent >= at_most:
            return math.inf
        return sending.last_sent_unix_s + repeat_every_s
