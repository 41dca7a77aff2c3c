"""Records while the loop goes on: it never waits for the disk, but what must be there first is awaited."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

import anyio

from operando.drivers.roles import Image
from operando.protocols.record import FrameRow, FrameState, RunRecord

__all__ = ["journal_on_disk", "record_images", "written"]

Written = TypeVar("Written")


async def journal_on_disk(record: RunRecord) -> None:
    """Return once the journal is on the disk, whoever is cancelled meanwhile.

    Raises:
        RecordError: if the disk does not confirm it.
    """
    await written(record.begin_journal_sync())


async def written(future: "Future[Written]") -> Written:
    """Await what a thread beside writes, whoever is cancelled meanwhile; in virtual time at one instant."""
    if future.done():
        return future.result()
    beside = asyncio.wrap_future(future)
    with anyio.CancelScope(shield=True):
        await asyncio.wait([beside])
    return beside.result()


async def record_images(record: RunRecord, pictures: Sequence[tuple[Image, FrameState]]) -> list[FrameRow]:
    """Record pictures that belong together, whoever is cancelled meanwhile; in virtual time at one instant.

    Raises:
        RecordError: if the disk does not take them.
    """
    return record.acknowledged(await written(record.begin_images(pictures)))
