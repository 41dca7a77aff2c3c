"""The story by phase: where the box was, how long, what people said, what was measured, what was taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from operando.protocols.reading import Event
from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.sessions import elsewhere
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, in_hours, power_of_ten

__all__ = ["journey_section"]

HOUR_S = 3600.0
MBAR_LITRE_Pa_m3 = 0.1
AWAY = "(parked)"
"""In the place of a phase while no run looks on."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """One stay in a phase, as far as one session saw it, or the time between two sessions."""

    phase: str
    start_s: float
    end_s: float

    def holds(self, time_s: float) -> bool:
        return self.start_s <= time_s < self.end_s


def journey_section(material: Material, studio: Studio) -> Section | None:
    """None if the box stayed where it was."""
    del studio
    stays = list(_stays(material))
    if not stays:
        return None
    blocks: list[Block] = [_way(material, stays)]
    blocks += [_leak_test(event) for event in _of(material, "leak test", "passed", "not passed")]
    blocks.append(_people(material))
    blocks.append(_warnings(material))
    return Section("journey", "The story by phase", blocks)


def _stays(material: Material) -> Iterator[_Stay]:
    """One for each phase that was entered, parted where a session ended and where the next one began."""
    phase, since_s = "", 0.0
    for event in material.run.events:
        is_phase = event.source == "phase" and event.kind in ("entered", "taken up")
        parked = phase != "" and event.source == "run" and event.kind == "parked"
        if not is_phase and not parked:
            continue
        if event.kind == "taken up" and phase not in ("", AWAY):
            continue  # after a kill: the box stayed where it was
        if phase:
            yield _Stay(phase, since_s, event.time_s)
        phase, since_s = AWAY if parked else str(event.details.get("phase_entered", "")), event.time_s
    if phase:
        yield _Stay(phase, since_s, max(since_s, material.end_s))


def _way(material: Material, stays: list[_Stay]) -> Table:
    columns = (
        Column("Phase"),
        Column("From", "h", numbers=True),
        Column("Lasted", "h", numbers=True),
        Column("Steps", numbers=True),
        Column("Pictures", numbers=True),
        Column("Spectra", numbers=True),
        Column("What happened"),
    )
    rows = [_row(material, stay) for stay in stays]
    caption = "Where the box was, as gauges and people confirmed it. Times are those of the run."
    note = "While a run is parked nobody records where the box is." if any(stay.phase == AWAY for stay in stays) else ""
    return Table(caption, columns, rows, note=note)


def _row(material: Material, stay: _Stay) -> tuple[str, ...]:
    run = material.run
    taken = (
        sum(stay.holds(step.start_s) for step in run.steps),
        sum(stay.holds(row.start_s) for row in run.frames.rows),
        sum(stay.holds(row.start_s) for row in run.spectra.rows),
    )
    lasted = fixed((stay.end_s - stay.start_s) / HOUR_S, "", 2)
    happened = "; ".join(_happened(material, stay))
    return (
        stay.phase.replace(" ", "\u00a0"),
        fixed(stay.start_s / HOUR_S, "", 2),
        lasted,
        *(str(number) for number in taken),
        happened,
    )


def _happened(material: Material, stay: _Stay) -> Iterator[str]:
    if stay.phase == AWAY:
        hours = sum(end_s - start_s for start_s, end_s in elsewhere(material.run) if stay.holds(start_s)) / HOUR_S
        yield f"the cell was cycled elsewhere for {fixed(hours, 'h', 2)}" if hours else "nothing is known of the cell"
        return
    for event in material.run.events:
        if not stay.holds(event.time_s):
            continue
        who = event.details.get("who", "")
        match event.source, event.kind:
            case "phase", "waits":
                yield f"waited before {event.message}"
            case "imaging", "handed over":
                yield f"microscope lent to {who}"
            case "imaging", "taken back":
                yield "microscope taken back"
            case "run", "park":
                yield f"parked by {who}: {event.message}"
            case "session", "sample recognised":
                yield f"sample found again, {event.message}"
            case "interlock", "tripped" if event.details.get("cleared_by") != "itself":
                yield f"interlock: {event.message}"
            case _:
                pass


def _leak_test(event: Event) -> Paragraph:
    figures = [event.details.get(f"{name}_Pa_m3_per_s") for name in ("leak", "uncertainty", "limit")]
    leak, uncertainty, limit = (
        power_of_ten(figure / MBAR_LITRE_Pa_m3, "mbar l/s") if isinstance(figure, float) else "" for figure in figures
    )
    said = f"{leak} ± {uncertainty} (95 %); allowed is {limit}" if leak and uncertainty else event.message
    return Paragraph(
        f"Leak test at {in_hours(event.time_s)}, {event.kind}: {said}.", "good" if event.kind == "passed" else "warning"
    )


def _people(material: Material) -> Block:
    rows: list[tuple[str, ...]] = []
    tones: dict[int, str] = {}
    asked: Event | None = None
    for event in material.run.events:
        if event.source != "operator" or event.kind not in ("question", "answer", "answer refused"):
            continue
        if event.kind == "question":
            asked = event
            continue
        after = fixed((event.time_s - asked.time_s) / 60.0, "", 1) if asked is not None else ""
        if event.kind != "answer":
            tones[len(rows)] = "warning"
        where = str(event.details.get("phase", ""))
        question, who = (str(event.details.get(key, "")) for key in ("question", "who"))
        rows.append((fixed(event.time_s / HOUR_S, "", 2), where, question, event.message, who, after))
    if not rows:
        return Paragraph("Nobody was asked anything.")
    columns = (
        Column("Time", "h", numbers=True),
        Column("Phase"),
        Column("Question"),
        Column("Answer"),
        Column("By"),
        Column("After", "min", numbers=True),
    )
    return Table("What people were asked, and who answered.", columns, rows, tones)


def _warnings(material: Material) -> Paragraph:
    told: dict[str, list[str]] = {}
    for event in _of(material, "phase", "entered"):
        given = event.details.get("warnings")
        for warning in given if isinstance(given, list) else []:
            told.setdefault(str(warning), []).append(str(event.details.get("phase_entered", "")))
    words = [f"{warning} (told in: {', '.join(phases)})" for warning, phases in told.items()]
    return Paragraph("Warnings that people were given: " + ("; ".join(words) or "none") + ".")


def _of(material: Material, source: str, *kinds: str) -> list[Event]:
    return [event for event in material.run.events if event.source == source and event.kind in kinds]
