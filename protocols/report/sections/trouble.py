"""Everything that went wrong."""

from collections import Counter

from operando.protocols.report.blocks import Column, Paragraph, Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.troubles import troubles
from operando.protocols.report.wording import in_hours

__all__ = ["trouble_section"]

MOST_ROWS = 150


def trouble_section(material: Material, studio: Studio) -> Section:
    """A table by time; if nothing is recorded, that is said."""
    found = troubles(material)
    if not found:
        words = (
            "Nothing is recorded that went wrong: every capture that was due was taken, no picture was lost, no limit, "
            "interlock or latency contract was broken, and the samples have no gap."
        )
        return Section("trouble", "What went wrong", [Paragraph(words, "good")])
    rows = [(in_hours(one.time_s), str(one.severity), one.where, one.what) for one in found[:MOST_ROWS]]
    tones = {index: str(one.severity) for index, one in enumerate(found[:MOST_ROWS])}
    columns = (Column("Time", numbers=True), Column("Severity"), Column("Where"), Column("What"))
    left = found[MOST_ROWS:]
    counts = Counter(str(one.severity) for one in left)
    told = ", ".join(f"{count} {severity}s" for severity, count in sorted(counts.items()))
    note = f"{len(left)} more ({told}) stand in events.jsonl." if left else ""
    return Section("trouble", "What went wrong", [Table("All that is recorded, by time.", columns, rows, tones, note)])
