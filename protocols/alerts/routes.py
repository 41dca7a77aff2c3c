"""The routes that a bench file names."""

from collections.abc import Mapping

from operando.drivers.bench.alerts import AlertsEntry
from operando.protocols.alerts.command import CommandRoute
from operando.protocols.alerts.mail import MailRoute
from operando.protocols.alerts.route import Route
from operando.protocols.alerts.webhook import WebhookRoute

__all__ = ["routes_of"]


def routes_of(entry: AlertsEntry, environment: Mapping[str, str]) -> tuple[Route, ...]:
    """One route for each receiver.

    Args:
        environment: in which secrets may be; looked at when something is sent.
    """
    routes: list[Route] = []
    if entry.mail is not None:
        routes += [MailRoute(entry.mail, to, environment) for to in entry.mail.to]
    if entry.webhook is not None:
        routes.append(WebhookRoute(entry.webhook, environment))
    if entry.command is not None:
        routes.append(CommandRoute(entry.command))
    return tuple(routes)
