"""Tells people outside the laboratory: mail, webhook, command. Sent by a process that controls no instrument."""

from operando.protocols.alerts.alert import Alert, Message
from operando.protocols.alerts.outbox import Outbox, acknowledge, outbox_folder, read_outbox
from operando.protocols.alerts.route import NotDelivered, Route
from operando.protocols.alerts.routes import routes_of
from operando.protocols.alerts.watcher import Watcher

__all__ = [
    "Alert",
    "Message",
    "NotDelivered",
    "Outbox",
    "Route",
    "Watcher",
    "acknowledge",
    "outbox_folder",
    "read_outbox",
    "routes_of",
]
