"""What was asked before the cell was charged."""

from operando.protocols.report.blocks import Block, Column, Paragraph, Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio

__all__ = ["preflight_section"]


def preflight_section(material: Material, studio: Studio) -> Section:
    """Each question with its answer."""
    events = [event for event in material.run.events if event.source == "pre-flight"]
    if not events:
        return Section("preflight", "Pre-flight", [Paragraph("No pre-flight is recorded.", "warning")])
    rows, tones = [], {}
    for index, event in enumerate(events):
        check, _, detail = event.message.partition(": ")
        by = f" (by {event.details['who']})" if "who" in event.details else ""
        rows.append((check, event.kind, detail + by))
        if event.kind != "passed":
            tones[index] = "error" if event.kind == "failed" else "warning"
    columns = (Column("Question"), Column("Answer"), Column("In detail"))
    blocks: list[Block] = [Table("Questions before the first step.", columns, rows, tones)]
    return Section("preflight", "Pre-flight", blocks)
