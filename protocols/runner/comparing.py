"""Compares sights while a run goes on: in a process of its own, because it is the work of seconds.

In virtual time it is done at once, and takes the time that it is said to take.
"""

import asyncio
import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor

import anyio

from operando.drivers.clock import Clock
from operando.protocols.fiducials import Sight, Turned, compare

__all__ = ["compared"]

COMPARISON_S = 2.0
"""In virtual time."""


async def compared(clock: Clock, reference: Sight, sight: Sight, angles_rad: tuple[float, ...]) -> Turned:
    """Find the middle of a reference in a sight; see `compare`."""
    if clock.virtual:
        await anyio.sleep(COMPARISON_S)
        return compare(reference, sight, angles_rad)
    apart = multiprocessing.get_context("spawn")
    # Ctrl-C reaches the whole terminal; this process ends with the work
    with ProcessPoolExecutor(1, apart, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as process:
        return await asyncio.wrap_future(process.submit(compare, reference, sight, angles_rad))
