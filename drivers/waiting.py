"""Helpers that block, for scripts. A runner awaits instead."""

from collections.abc import Callable

from operando.drivers.clock import Clock
from operando.drivers.errors import DeviceFault

__all__ = ["wait_for"]


def wait_for(clock: Clock, done: Callable[[], bool], at_most_s: float, every_s: float = 0.1) -> None:
    """Ask again and again until it is done.

    Args:
        clock: of the bench, `bench.clock`; in virtual time the wait costs nothing.
        done: asks an instrument, for instance `lambda: not bench.stage.moving()`.
        at_most_s: patience.
        every_s: between two questions.

    Raises:
        DeviceFault: if it has not happened in time.
    """
    deadline = clock.now() + at_most_s
    while not done():
        if clock.now() >= deadline:
            raise DeviceFault(
                f"it did not happen within {at_most_s:g} s", remedy="Look at the instrument, or give it more time."
            )
        clock.sleep_until(clock.now() + every_s)
