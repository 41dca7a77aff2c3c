"""Both directions of one proxied connection: what is heard on one side is said on the other, as the rules say."""

import asyncio
from collections.abc import Callable

from operando.drivers.clock import Clock
from operando.simulators.faults import Direction, FaultyPath, WireFaults

__all__ = ["Forwarding"]


class Forwarding:
    """Passes messages on when they are due.

    Args:
        clock: real.
        faults: of the wire.
        to_server: says something to the server.
        to_client: says something to the client.
        end: called once when a rule ends the connection; the argument tells whether in the hard way.
    """

    def __init__(
        self,
        clock: Clock,
        faults: WireFaults,
        to_server: Callable[[bytes], None],
        to_client: Callable[[bytes], None],
        end: Callable[[bool], None],
    ) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._ways = (
            (FaultyPath(faults, Direction.REQUESTS), to_server),
            (FaultyPath(faults, Direction.REPLIES), to_client),
        )
        self._end = end
        self._request = b""
        self._reply = b""
        self._timer: asyncio.TimerHandle | None = None
        self._over = False

    def from_client(self, data: bytes) -> None:
        """The client has said something."""
        self._request = data
        self._ways[0][0].put(data, self._clock.now(), self._reply)
        self._pass_on()

    def from_server(self, data: bytes) -> None:
        """The server has said something."""
        self._reply = data
        self._ways[1][0].put(data, self._clock.now(), self._request)
        self._pass_on()

    def stop(self) -> None:
        """Nothing is passed on any more."""
        self._over = True
        if self._timer is not None:
            self._timer.cancel()

    def _pass_on(self) -> None:
        if self._over:
            return
        now = self._clock.now()
        for path, say in self._ways:
            for piece in path.collect(now):
                say(piece)
            if path.ended is not None:
                self.stop()
                self._end(path.ended == "reset")
                return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        next_due = min((due for path, _ in self._ways if (due := path.due()) is not None), default=None)
        if next_due is not None:
            self._timer = self._loop.call_later(max(0.0, next_due - now), self._pass_on)
