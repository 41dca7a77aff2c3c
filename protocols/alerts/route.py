"""A way out of the laboratory."""

from typing import Protocol

from operando.drivers.errors import OperandoError
from operando.protocols.alerts.alert import Message

__all__ = ["SEND_WITHIN_S", "NotDelivered", "Route"]

SEND_WITHIN_S = 20.0
"""A server that does not answer by then counts as unreachable."""


class NotDelivered(OperandoError):
    """A message did not get through; it is tried again."""

    usual_remedy = "Check the network and the entry `alerts` of the bench file with `operando alert test`."


class Route(Protocol):
    """One receiver."""

    @property
    def name(self) -> str:
        """What the outbox remembers it by: the same after a restart."""
        ...

    def send(self, message: Message) -> None:
        """Deliver a message, within a bounded time.

        Raises:
            NotDelivered: if nobody confirmed to have taken it.
            ConfigMismatch: if its secret is not there.
        """
        ...
