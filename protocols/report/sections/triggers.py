"""What the triggers did, and how fast, against their contracts."""

import numpy as np

from operando.protocols.plan.words import condition_in_words
from operando.protocols.report.blocks import Block, Column, Section, Table
from operando.protocols.report.figures import draw_latencies
from operando.protocols.report.latencies import TriggerLatency, latencies
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import UNKNOWN, setting, with_prefix

__all__ = ["triggers_section"]


def triggers_section(material: Material, studio: Studio) -> Section | None:
    """None if the protocol has no trigger."""
    found = latencies(material)
    if not found:
        return None
    columns = (
        Column("Line", numbers=True),
        Column("Trigger"),
        Column("Capture"),
        Column("Scans", numbers=True),
        Column("Contract", numbers=True),
        Column("Median latency", numbers=True),
        Column("Worst latency", numbers=True),
        Column("Broken", numbers=True),
    )
    tones = {index: "warning" for index, one in enumerate(found) if one.broken}
    unmeasured = any(not one.measured_s and one.scans for one in found)
    note = "Latency: from the sample that fired the trigger to the first line of the scan."
    if unmeasured:
        note += f" {UNKNOWN.capitalize()}: not recorded for that trigger; a broken contract would be."
    blocks: list[Block] = [Table("Triggers of the protocol.", columns, [_row(one) for one in found], tones, note)]
    measured = [(_name(one), one.measured_s, one.promised_s) for one in found if one.measured_s]
    if measured:
        drawn = draw_latencies(measured, simulated=material.simulated)
        blocks.insert(0, studio.place("latencies", drawn, "Latency of each triggered scan, and the contracts."))
    return Section("triggers", "Triggers", blocks)


def _name(one: TriggerLatency) -> str:
    return f"{condition_in_words(one.trigger.condition)}\n(line {one.trigger.line})"


def _row(one: TriggerLatency) -> tuple[str, ...]:
    trigger = one.trigger
    words = condition_in_words(trigger.condition)
    if trigger.during:
        words += f", during {', '.join(trigger.during)}"
    none = UNKNOWN if one.scans else "–"
    median = with_prefix(float(np.median(one.measured_s)), "s") if one.measured_s else none
    worst = with_prefix(max(one.measured_s), "s") if one.measured_s else none
    promised = "none" if one.promised_s is None else f"<\u202f{setting(one.promised_s, 's')}"
    broken = "–" if one.promised_s is None else str(one.broken)
    return (str(trigger.line), words, trigger.capture, str(one.scans), promised, median, worst, broken)
