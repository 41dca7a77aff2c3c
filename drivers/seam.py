"""The one awaited seam between a runner's tasks and the synchronous drivers.

On a real bench each connection has a worker thread, and a call has a deadline. In virtual time the call runs at one
instant on the loop's own thread, the time that it waited on its wire is charged to it, and the caller sleeps that
long, so that other tasks interleave as they would.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import anyio

from operando.drivers.clock import Clock, VirtualClock
from operando.drivers.errors import TransportTimeout
from operando.drivers.roles import Instrument

__all__ = ["Seam"]

Result = TypeVar("Result")

CALL_DEADLINE_S = 10.0
APART_DEADLINE_S = 5.0


class Seam:
    """Calls drivers from tasks. Calls on one connection run one after the other; connections run side by side."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._workers: dict[str, ThreadPoolExecutor] = {}

    def call(
        self, instrument: Instrument, work: Callable[[], Result], deadline_s: float = CALL_DEADLINE_S
    ) -> Coroutine[object, object, Result]:
        """Run a driver call and await its result.

        A caller that is cancelled stops waiting; what was sent stays sent, and what still waited behind another call
        is never sent.

        Raises:
            TransportTimeout: if the call does not come back by the deadline (a driver's own deadlines are shorter).
        """
        if isinstance(self._clock, VirtualClock):
            return self._call_in_virtual_time(self._clock, work)
        return self._call_on_worker(instrument, work, deadline_s)

    async def _call_on_worker(self, instrument: Instrument, work: Callable[[], Result], deadline_s: float) -> Result:
        future: Future[Result] = self._worker(instrument.connection).submit(work)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), deadline_s)
        except TimeoutError as error:
            raise TransportTimeout(
                f"a call did not come back within {deadline_s:g} s", where=instrument.name
            ) from error
        finally:
            future.cancel()

    @staticmethod
    async def _call_in_virtual_time(clock: VirtualClock, work: Callable[[], Result]) -> Result:
        failure: Exception | None = None
        with clock.charging() as charge:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001  raised again below, once its time has passed
                failure = error
        if charge.seconds > 0:
            await anyio.sleep(charge.seconds)
        if failure is not None:
            raise failure
        return result

    async def call_apart(self, work: Callable[[], Result], otherwise: Result) -> Result:
        """Run a call that must not wait behind any other, on a thread of its own.

        Returns `otherwise` if it does not come back in time.
        """
        if isinstance(self._clock, VirtualClock):
            return await self._call_in_virtual_time(self._clock, work)
        future: Future[Result] = Future()
        threading.Thread(target=_fulfil, args=(future, work), daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), APART_DEADLINE_S)
        except TimeoutError:
            return otherwise

    def close(self) -> None:
        """Let the worker threads end; does not wait for calls that hang."""
        for worker in self._workers.values():
            worker.shutdown(wait=False, cancel_futures=True)

    def _worker(self, connection: str) -> ThreadPoolExecutor:
        if connection not in self._workers:
            self._workers[connection] = ThreadPoolExecutor(1, thread_name_prefix=connection)
        return self._workers[connection]


def _fulfil(future: "Future[Result]", work: Callable[[], Result]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  handed to whoever awaits the future
        future.set_exception(error)
