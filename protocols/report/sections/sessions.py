"""The sessions of a run, the cycling between them, who held the microscope meanwhile, and doses that nobody knows."""

import math
from collections.abc import Iterator

from operando.protocols.record.sessions import ContinuedSession, ParkedSession, continued_sessions, parked_sessions
from operando.protocols.report.blocks import Block, Column, Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, in_hours

__all__ = ["sessions_section"]


def sessions_section(material: Material, studio: Studio) -> Section | None:
    """None for a run of one session in which nobody else held the microscope."""
    del studio
    folder = material.run.folder
    parked, continued = parked_sessions(folder), continued_sessions(folder)
    blocks: list[Block] = []
    if parked:
        blocks.append(_sessions(parked, continued))
    if any(session.imported for session in continued):
        blocks.append(_elsewhere(continued))
    if lent := list(_lent(material)):
        blocks.append(_lendings(lent))
    return Section("sessions", "Sessions", blocks) if blocks else None


def _sessions(parked: list[ParkedSession], continued: list[ContinuedSession]) -> Table:
    columns = (
        Column("Session", numbers=True),
        Column("From", "h", numbers=True),
        Column("Until", "h", numbers=True),
        Column("Away before", "h", numbers=True),
        Column("Sample"),
        Column("Turned", "°", numbers=True),
        Column("Regions seen"),
        Column("Ended by"),
    )
    began = {session.number: session for session in continued}
    ended = {session.number: session for session in parked}
    rows = [_row(number, began.get(number), ended.get(number)) for number in sorted({1, *began, *ended})]
    return Table("Sessions. In each but the first the sample was found again.", columns, rows)


def _row(number: int, began: ContinuedSession | None, ended: ParkedSession | None) -> tuple[str, ...]:
    turned_rad = began.turned_rad if began is not None else None
    seen = [name for name, region in began.regions.items() if region.seen] if began is not None else []
    return (
        str(number),
        fixed(began.from_s / 3600.0 if began is not None else 0.0, "", 2),
        "–" if ended is None else fixed(ended.to_s / 3600.0, "", 2),
        "–" if began is None else fixed(began.away_s / 3600.0, "", 2),
        "as mounted" if began is None else _recognised(began),
        "–" if turned_rad is None else fixed(math.degrees(turned_rad), "", 2),
        ", ".join(seen) or "–",
        "–" if ended is None else f"{ended.who}: {ended.reason}",
    )


def _recognised(session: ContinuedSession) -> str:
    if session.recognised == "confirmed":
        return f"confirmed by {session.who}: {session.reason}"
    return {"fiducials": "recognised by its fiducials"}.get(session.recognised, session.recognised)


def _elsewhere(continued: list[ContinuedSession]) -> Table:
    columns = (
        Column("File"),
        Column("Program"),
        Column("From", "h", numbers=True),
        Column("Until", "h", numbers=True),
        Column("Samples", numbers=True),
        Column("Cycles"),
        Column("Net charge", "mAh", numbers=True),
    )
    rows = [
        (
            file.file.rpartition("/")[2],
            file.program,
            fixed(file.from_s / 3600.0, "", 2),
            fixed(file.to_s / 3600.0, "", 2),
            str(file.samples),
            f"{file.first_cycle} to {file.last_cycle}" if file.last_cycle >= file.first_cycle else "none",
            fixed(file.charge_C / 3.6, "", 4),
        )
        for session in continued
        for file in session.imported
    ]
    note = "The files are kept in the record; their samples stand in it under steps of their own, marked as imported."
    return Table("Cycling elsewhere.", columns, rows, note=note)


def _lent(material: Material) -> Iterator[tuple[str, ...]]:
    for event in material.run.events:
        if event.source == "imaging" and event.kind in ("handed over", "taken back", "dose meanwhile", "not restored"):
            yield in_hours(event.time_s), str(event.details.get("who", "")), f"{event.kind}: {event.message}"


def _lendings(rows: list[tuple[str, ...]]) -> Table:
    columns = (Column("When"), Column("Who"), Column("What"))
    return Table("Somebody else at the microscope.", columns, rows)
