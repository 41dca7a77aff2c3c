"""Disk: what the run has written, what it will need, and what is left."""

import shutil

from pydantic import JsonValue

from operando.drivers.roles import SAMPLE
from operando.protocols.live.look import Look
from operando.protocols.plan.dry_run import BYTES_PER_SAMPLE

__all__ = ["storage"]


def storage(look: Look) -> JsonValue:
    """Bytes: written (samples, pictures), planned in all, and free on the disk that the run is on."""
    usage = shutil.disk_usage(look.run.folder)
    pictures = sum(row.bytes for row in look.run.frames.rows)
    written = int(look.samples.size) * max(BYTES_PER_SAMPLE, SAMPLE.itemsize) + pictures
    planned = look.documents.plan.bytes if look.documents.plan else None
    return {
        "written_bytes": written,
        "planned_bytes": planned,
        "free_bytes": usage.free,
        "enough": look.over or planned is None or usage.free > max(0, planned - written),
    }
