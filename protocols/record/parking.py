"""Ends a session of a record so that another may follow, days later."""

from collections.abc import Mapping

from pydantic import JsonValue

from operando.protocols.record.sessions import (
    ParkedSession,
    continued_sessions,
    sealed_parts,
    session_number,
    write_parked,
)
from operando.protocols.record.writer import RunRecord

__all__ = ["park_record"]


def park_record(record: RunRecord, to_s: float, who: str, reason: str, standing: Mapping[str, JsonValue]) -> None:
    """Seal what there is, and let go of the record; the name of one file makes the run a parked one.

    Args:
        to_s: run time at which the session ends.
        who, reason: as it was asked for.
        standing: of cell, regions and dose, for people.

    Raises:
        RecordError: if it cannot be completed; the run is then not parked.
    """
    record.complete()
    folder = record.folder
    session = ParkedSession(
        number=session_number(folder),
        from_s=max((session.from_s for session in continued_sessions(folder)), default=0.0),
        to_s=to_s,
        to_wall=record.header.wall_text(to_s),
        who=who,
        reason=reason,
        standing=dict(standing),
        files=sealed_parts(folder),
    )
    write_parked(record.disk, folder, session)
    record.release()
