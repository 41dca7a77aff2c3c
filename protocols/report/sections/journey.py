"""The story by phase: where the box was, how long, what people said, what was measured, what was taken."""

from dataclasses import dataclass

from operando.protocols.reading import Event
from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import fixed, in_hours

__all__ = ["journey_section"]

BEGINS = ("entered",)


@dataclass(frozen=True, slots=True)
class _Stay:
    """One stay in a phase."""

    phase: str
    start_s: float
    end_s: float


def journey_section(material: Material, studio: Studio) -> Section | None:
    """None if the box stayed where it was."""
    stays = _stays(material)
    if not stays:
        return None
    blocks: list[Block] = [_way(material, stays)]
    blocks += [_leak_tests(event) for event in _of(material, "leak test", "passed", "not passed")]
    blocks.append(_people(material))
    blocks += [_warnings(material)]
    return Section("journey", "The story by phase", blocks)


def _stays(material: Material) -> list[_Stay]:
    entered = _of(material, "phase", *BEGINS)
    ends = [*(event.time_s for event in entered[1:]), material.end_s]
    return [
        _Stay(str(event.details.get("phase_entered", "")), event.time_s, end_s)
        for event, end_s in zip(entered, ends, strict=False)
    ]


def _way(material: Material, stays: list[_Stay]) -> Table:
    columns = (
        Column("Phase"),
        Column("From", numbers=True),
        Column("Lasted", numbers=True),
        Column("Steps", numbers=True),
        Column("Pictures", numbers=True),
        Column("Spectra", numbers=True),
        Column("Waited for"),
    )
    rows = [_row(material, stay) for stay in stays]
    return Table("Where the box was, as gauges and people confirmed it.", columns, rows)


def _row(material: Material, stay: _Stay) -> tuple[str, ...]:
    run = material.run

    def inside(time_s: float) -> bool:
        return stay.start_s <= time_s < stay.end_s

    steps = sum(inside(step.start_s) for step in run.steps)
    pictures = sum(inside(row.start_s) for row in run.frames.rows)
    spectra = sum(inside(row.start_s) for row in run.spectra.rows)
    waits = [event.message for event in _of(material, "phase", "waits") if inside(event.time_s)]
    lasted = in_hours(stay.end_s - stay.start_s)
    return (stay.phase, in_hours(stay.start_s), lasted, str(steps), str(pictures), str(spectra), "; ".join(waits))


def _leak_tests(event: Event) -> Paragraph:
    passed = event.kind == "passed"
    said = f"Leak test at {in_hours(event.time_s)}, {event.kind}: {event.message}."
    return Paragraph(said, "good" if passed else "warning")


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
        after = fixed((event.time_s - asked.time_s) / 60.0, "min", 1) if asked is not None else ""
        if event.kind != "answer":
            tones[len(rows)] = "warning"
        where = str(event.details.get("phase", ""))
        question, who = (str(event.details.get(key, "")) for key in ("question", "who"))
        rows.append((in_hours(event.time_s), where, question, event.message, who, after))
    if not rows:
        return Paragraph("Nobody was asked anything.")
    columns = (
        Column("Time", numbers=True),
        Column("Phase"),
        Column("Question"),
        Column("Answer"),
        Column("By"),
        Column("After", numbers=True),
    )
    return Table("What people were asked, and who answered.", columns, rows, tones)


def _warnings(material: Material) -> Paragraph:
    told: dict[str, list[str]] = {}
    for event in _of(material, "phase", *BEGINS):
        given = event.details.get("warnings")
        for warning in given if isinstance(given, list) else []:
            told.setdefault(str(warning), []).append(str(event.details.get("phase_entered", "")))
    words = [f"{warning} (told in: {', '.join(phases)})" for warning, phases in told.items()]
    return Paragraph("Warnings that people were given: " + ("; ".join(words) or "none") + ".")


def _of(material: Material, source: str, *kinds: str) -> list[Event]:
    return [event for event in material.run.events if event.source == source and event.kind in kinds]
