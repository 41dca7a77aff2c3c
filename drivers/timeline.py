"""Runs tasks on a clock: an event loop whose time is the clock's, virtual or real.

In virtual time the loop jumps to the next timer when nothing is ready, but never while work outside the process is
outstanding, and having nothing at all to wait for is an error instead of a hang.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

import anyio

from operando.drivers.clock import Clock, VirtualClock

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

__all__ = ["outside", "run", "sleep_until", "wake_at"]

WAKE_EARLY_S = 2e-3
"""Before a moment that must be met: a sleeping process is woken up to a millisecond late, even on an idle computer."""

Result = TypeVar("Result")


class _VirtualSelector(selectors.BaseSelector):
    """A selector that lets virtual time pass instead of waiting."""

    def __init__(self, clock: VirtualClock) -> None:
        self.outstanding = 0
        self._clock = clock
        self._real = selectors.SelectSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0 and self.outstanding == 0:
            return []  # tasks are ready; what comes from outside is looked at before time passes
        if self.outstanding:
            # Real work is under way: wait for it in real time, with virtual time standing still.
            return self._real.select(0 if timeout is not None and timeout <= 0 else None)
        ready = self._real.select(0 if timeout is None else timeout / self._clock.pace)
        if not ready:
            if timeout is None:
                raise RuntimeError("nothing is left to wait for: every task waits for another one")
            self._clock.sleep_until(self._clock.now() + timeout)
        return ready

    def register(self, fileobj: "FileDescriptorLike", events: int, data: object = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> "dict[FileDescriptorLike, selectors.SelectorKey]":
        return dict(self._real.get_map() or {})

    def get_key(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        return self._real.get_key(fileobj)

    def close(self) -> None:
        self._real.close()


class _VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on a virtual clock."""

    def __init__(self, clock: VirtualClock) -> None:
        self.virtual_selector = _VirtualSelector(clock)
        self._virtual_clock = clock
        super().__init__(self.virtual_selector)

    def time(self) -> float:
        return self._virtual_clock.now()


class _RealLoop(asyncio.SelectorEventLoop):
    """An event loop with timers of microseconds: epoll rounds them up to whole milliseconds, select does not."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(selectors.SelectSelector())
        self._offset = super().time() - clock.now()

    def time(self) -> float:
        return super().time() - getattr(self, "_offset", 0.0)


def run(clock: Clock, main: Callable[[], Awaitable[Result]]) -> Result:
    """Run an async function to its end on a clock. Inside, `anyio.sleep` and time limits follow the clock."""

    def loop() -> asyncio.AbstractEventLoop:
        return _VirtualLoop(clock) if isinstance(clock, VirtualClock) else _RealLoop(clock)

    return anyio.run(main, backend="asyncio", backend_options={"loop_factory": loop})


async def sleep_until(clock: Clock, when: float) -> None:
    """Await a time on the clock's timeline."""
    await anyio.sleep(max(0.0, when - clock.now()))


async def wake_at(clock: Clock, when: float) -> None:
    """Await a time that must be met to some ten microseconds: the last two milliseconds are not slept.

    Other tasks and threads go on meanwhile. For moments that are rare; in virtual time the same as `sleep_until`.
    """
    if clock.virtual:
        await sleep_until(clock, when)
        return
    await sleep_until(clock, when - WAKE_EARLY_S)
    while clock.now() < when:
        await asyncio.sleep(0)


async def outside(clock: Clock, future: "Future[Result]", duration_s: float) -> Result:
    """Await work in another process.

    In virtual time the result arrives exactly `duration_s` after this call, however long the work really takes, and
    time does not jump while it is outstanding. In real time the duration is not used.
    """
    if not isinstance(clock, VirtualClock):
        return await asyncio.wrap_future(future)
    due = clock.now() + duration_s
    loop = asyncio.get_running_loop()
    if not isinstance(loop, _VirtualLoop):
        raise RuntimeError("virtual time needs the loop that `run` makes")
    selector = loop.virtual_selector

    await sleep_until(clock, due)
    selector.outstanding += 1
    try:
        return await asyncio.wrap_future(future)
    finally:
        selector.outstanding -= 1
