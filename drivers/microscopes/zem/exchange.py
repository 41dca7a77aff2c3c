"""Questions and orders over UDP, which loses, repeats and reorders datagrams.

A reply names its command and nothing else, so a repeated or late one looks like the answer to the next question of the
same kind. Therefore each try has a socket, and with it a port, of its own: what comes late for an earlier one comes
to a port on which nobody listens any more. Only what may be done twice is tried again.
"""

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, TransportTimeout, located
from operando.drivers.links import Address, Link, LinkRegistry
from operando.drivers.microscopes.zem.message import Reply, decode, encode

__all__ = ["ZemExchange"]

TRIES = 3
BUSY_TRIES = 5
BUSY_WAIT_S = 0.2


class ZemExchange:
    """Asks one microscope.

    Args:
        links: opens sockets.
        address: of the microscope.
        clock: bounds everything.
        where: the instrument and its address, for errors.
        callback: what is said about where we listen; replies come to the port from which was sent.
        timeout_s: for one reply.
    """

    def __init__(
        self, links: LinkRegistry, address: Address, clock: Clock, where: str, callback: str, timeout_s: float
    ) -> None:
        self.where = where
        self._links = links
        self._address = address
        self._clock = clock
        self._callback = callback
        self._timeout_s = timeout_s

    def ask(self, command: str, arguments: str = "") -> Reply:
        """The reply to a question, or to an order that sets something to a value and may come twice.

        Raises:
            TransportTimeout: if no reply came to any of three tries.
            ProtocolError: if the microscope refuses.
        """
        with located(self.where):
            reply = self._answered(command, arguments)
            for _ in range(BUSY_TRIES):
                if not reply.busy:
                    break
                self._clock.sleep_until(self._clock.now() + BUSY_WAIT_S)
                reply = self._answered(command, arguments)
            return self._checked(reply)

    def begin(self, command: str, arguments: str = "") -> Link:
        """Give an order that must not come twice: the link on which its reply will be, which the caller closes."""
        link = self._links.open(self._address)
        link.write(encode(command, arguments, self._callback))
        return link

    def reply_on(self, link: Link, command: str) -> Reply | None:
        """What came on the link of an order, without waiting; None if nothing has.

        Raises:
            ProtocolError: if the microscope refuses.
        """
        with located(self.where):
            while datagram := link.read(0.0):
                reply = self._of(command, datagram)
                if reply is not None:
                    return self._checked(reply)
            return None

    def _answered(self, command: str, arguments: str) -> Reply:
        for _ in range(TRIES):
            reply = self._try(command, arguments)
            if reply is not None:
                return reply
        raise TransportTimeout(
            f"no reply to {command} came to {TRIES} tries of {self._timeout_s:g} s",
            remedy="Check the network, and that the microscope's own program runs.",
        )

    def _try(self, command: str, arguments: str) -> Reply | None:
        link = self._links.open(self._address)
        try:
            link.write(encode(command, arguments, self._callback))
            deadline = self._clock.now() + self._timeout_s
            while (remaining := deadline - self._clock.now()) > 0:
                try:
                    reply = self._of(command, link.read(remaining))
                except TransportTimeout:
                    return None
                if reply is not None:
                    return reply
            return None
        finally:
            link.close()

    def _of(self, command: str, datagram: bytes) -> Reply | None:
        """A whole reply to this command; anything else, our own words among it, is as if it had been lost."""
        try:
            reply = decode(datagram)
        except FramingError:
            return None
        echo = reply.value.endswith(f",{self._callback}")
        return reply if reply.command == command and not echo else None

    @staticmethod
    def _checked(reply: Reply) -> Reply:
        refusal = reply.refusal()
        if refusal is not None:
            raise refusal
        return reply
