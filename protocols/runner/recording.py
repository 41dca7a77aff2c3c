"""Records pictures while the loop goes on: it never waits for the disk."""

import asyncio
from collections.abc import Sequence

import anyio

from operando.drivers.roles import Image
from operando.protocols.record import FrameRow, FrameState, RunRecord

__all__ = ["record_images"]


async def record_images(record: RunRecord, pictures: Sequence[tuple[Image, FrameState]]) -> list[FrameRow]:
    """Record pictures that belong together, whoever is cancelled meanwhile; in virtual time at one instant.

    Raises:
        RecordError: if the disk does not take them.
    """
    if not record.writes_beside:
        return record.images(pictures)
    with anyio.CancelScope(shield=True):
        rows = await asyncio.wrap_future(record.begin_images(pictures))
    return record.acknowledged(rows)
