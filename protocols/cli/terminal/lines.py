"""What scrolls by above the display: steps, what people asked for, and what went wrong; not each picture."""

from rich.text import Text

from operando.protocols.reading import Event
from operando.protocols.report.wording import in_hours

__all__ = ["line_of"]

PLAIN = {
    ("cycling", "step started"),
    ("cycling", "hold"),
    ("cycling", "continue"),
    ("imaging", "pause"),
    ("imaging", "resume"),
    ("imaging", "capture now"),
    ("imaging", "instrument back"),
    ("interlock", "cleared"),
    ("operator", "note"),
    ("operator", "question"),
    ("operator", "answer"),
    ("run", "abort"),
}
TROUBLES = {
    ("cycling", "not continued"),
    ("cycling", "not readable"),
    ("imaging", "capture not taken"),
    ("imaging", "instrument lost"),
    ("imaging", "no sign of life"),
    ("imaging", "latency contract broken"),
    ("interlock", "cannot be judged"),
}
GRAVE = {("interlock", "tripped"), ("safety", "unknown"), ("safety", "unsafe")}

SPEAK_FOR_THEMSELVES = {("cycling", "step started"), ("safety", "unknown"), ("safety", "unsafe")}


def line_of(event: Event) -> Text | None:
    """One line, or None for what is not worth one."""
    kind = (event.source, event.kind)
    if kind not in PLAIN and kind not in TROUBLES and kind not in GRAVE:
        return None
    style = "bold red" if kind in GRAVE else "yellow" if kind in TROUBLES else ""
    word = "" if kind in SPEAK_FOR_THEMSELVES else f"{event.kind}: "
    return Text.assemble((f"{in_hours(event.time_s):>9}  ", "dim"), (f"{word}{event.message}", style))
