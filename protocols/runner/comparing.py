"""Compares sights while a run goes on: in a process of its own, because it is the work of seconds.

In virtual time it is done at once, and takes the time that it is said to take.
"""

import asyncio
import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import anyio

from operando.drivers.clock import Clock
from operando.drivers.errors import DeviceFault
from operando.protocols.fiducials import Sight, Turned, compare

__all__ = ["compared"]

COMPARISON_S = 2.0
"""In virtual time."""


async def compared(clock: Clock, reference: Sight, sight: Sight, angles_rad: tuple[float, ...]) -> Turned:
    """Find the middle of a reference in a sight; see `compare`.

    Raises:
        DeviceFault: if the process dies: no sample is recognised, and the run goes on, or stays parked.
    """
    if clock.virtual:
        await anyio.sleep(COMPARISON_S)
        return compare(reference, sight, angles_rad)
    apart = multiprocessing.get_context("spawn")
    # Ctrl-C reaches the whole terminal; this process ends with the work
    process = ProcessPoolExecutor(1, apart, signal.signal, (signal.SIGINT, signal.SIG_IGN))
    try:
        return await asyncio.wrap_future(process.submit(compare, reference, sight, angles_rad))
    except BrokenProcessPool as error:
        raise DeviceFault(
            f"the process that compares pictures is gone: {error}",
            where="this computer",
            remedy="See whether its memory is full.",
        ) from error
    finally:
        process.shutdown(wait=False, cancel_futures=True)  # whoever is cancelled has a beam to blank
