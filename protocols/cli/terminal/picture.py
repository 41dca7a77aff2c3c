"""Draws the display: one block of lines, as wide as the terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from operando.protocols.cli.terminal.parts import Parts, RegionDose, Sensor
from operando.protocols.cli.terminal.prompts import Prompt
from operando.protocols.cli.terminal.upcoming import Upcoming
from operando.protocols.plan.words import size_in_words, time_in_words
from operando.protocols.report.wording import fixed, in_hours, power_of_ten, setting, with_prefix

__all__ = ["Shown", "picture"]

MOODS = {"good": "bold black on green", "attention": "bold black on yellow", "alarm": "bold white on red"}
OVER = "bold black on white"
OLD_S = 10.0
UPCOMING = 3
BAR = 20


@dataclass(slots=True)
class Shown:
    """What the display knows beside the record.

    Args:
        parts: of the record; None before there is one.
        age_s: since something new was found in the record.
        upcoming: captures.
        last_pictures: the last of each region, in words.
        question_waits: whether the protocol waits for an answer.
        prompt: what is being typed.
        said: what came of the last key, and its style.
        ending: what is being done since Ctrl-C; empty before.
        preparing: what happens before there is a record.
    """

    parts: Parts | None = None
    age_s: float = 0.0
    upcoming: Sequence[Upcoming] = ()
    last_pictures: str = ""
    question_waits: bool = False
    prompt: Prompt | None = None
    said: tuple[str, str] = ("", "")
    ending: str = ""
    preparing: str = "the bench is being looked at"


def picture(shown: Shown) -> RenderableType:
    """All lines."""
    parts = shown.parts
    if parts is None:
        return Group(Rule(style="dim"), Text(f" {shown.preparing}", "dim"), *_foot(shown))
    return Group(Rule(style="dim"), _head(parts), _state(shown, parts), _body(shown, parts), *_foot(shown))


def _head(parts: Parts) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    line.add_column(justify="right", no_wrap=True)
    identity = parts.identity
    name = Text.assemble((identity.sample, "bold"), f"  {identity.title}")
    if identity.simulated:
        name = Text.assemble(("SIMULATED", "bold magenta"), "  ", name)
    line.add_row(name, Text(in_hours(parts.cell.now_s), "bold"))
    return line


def _state(shown: Shown, parts: Parts) -> RenderableType:
    standing = parts.standing
    text = Text.assemble((f" {standing.word} ", MOODS.get(standing.mood, OVER)), f" {standing.why}")
    if standing.imaging_paused:
        text.append("  imaging paused ", "black on yellow")
    if shown.age_s > OLD_S and not standing.over:
        text.append(f"  nothing new for {time_in_words(round(shown.age_s))}", "bold yellow")
    return text


def _body(shown: Shown, parts: Parts) -> RenderableType:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for name, cell in _rows(shown, parts):
        table.add_row(name, cell)
    return table


def _rows(shown: Shown, parts: Parts) -> Iterator[tuple[str, RenderableType]]:
    yield "cell", _cell(parts)
    step = parts.cell.step
    if step is not None:
        yield "step", Text(f"cycle {step.cycle}  {step.name}: {step.technique} {step.end}")
        if step.remaining_s is not None:
            yield "", _bar(step.progress, f"{time_in_words(step.remaining_s)} left")
    if parts.timeline.end_s and parts.timeline.remaining_s is not None:
        left = f"about {time_in_words(parts.timeline.remaining_s)} left"
        yield "run", _bar(parts.cell.now_s / parts.timeline.end_s, left)
    yield "pictures", _pictures(shown, parts)
    if shown.upcoming:
        yield "next", Text("\n").join(_upcoming(one, parts.cell.now_s) for one in shown.upcoming[:UPCOMING])
    if parts.surroundings:
        yield "around", Text("   ").join(_sensor(sensor) for sensor in parts.surroundings)
    if parts.dose:
        yield "dose", Text("   ").join(_dose(one) for one in parts.dose)
    if not parts.storage.enough:
        yield "disk", Text(f"only {size_in_words(parts.storage.free_bytes)} free: not enough", "bold red")
    yield "alarms", _alarms(parts)


def _cell(parts: Parts) -> Text:
    cell = parts.cell
    text = Text.assemble((fixed(cell.voltage_V, "V", 4), "bold"), "   ")
    text.append(_signed(with_prefix(cell.current_A, "A", 4)), "bold")
    if cell.late_s is not None:
        text.append(f"   read {time_in_words(cell.late_s)} ago", "bold red")
    if cell.step is not None and cell.step.charge_C:
        text.append(f"   {_signed(with_prefix(cell.step.charge_C / 3600.0, 'Ah', 3))} in this step")
    return text


def _signed(text: str) -> str:
    return text if text[0] in "−0u" else f"+{text}"


def _bar(progress: float | None, beside: str) -> RenderableType:
    line = Table.grid(padding=(0, 1))
    share = min(max(progress or 0.0, 0.0), 1.0)
    bar = ProgressBar(1.0, share, width=BAR, complete_style="cyan", finished_style="cyan")  # red is for alarms
    line.add_row(bar, f"{share:4.0%}", beside)
    return line


def _pictures(shown: Shown, parts: Parts) -> Text:
    scope = parts.microscope
    counts = f"{scope.pictures} pictures, {scope.spectra} spectra"
    text = Text(f"{counts}; {scope.held_by}")
    if scope.not_taken:
        text.append(f"; {scope.not_taken} captures not taken", "yellow")
    if shown.last_pictures:
        text.append(f"\nlast: {shown.last_pictures}")
    return text


def _upcoming(one: Upcoming, now_s: float) -> Text:
    return Text.assemble(f"{one.capture} {_when(one.time_s - now_s)}", (f"  {one.reason}", "dim"))


def _when(seconds: float) -> str:
    return f"in {time_in_words(round(seconds))}" if seconds >= 1.0 else "now"


def _sensor(sensor: Sensor) -> Text:
    value = power_of_ten(sensor.last, sensor.unit)
    out = sensor.last is not None and (
        (sensor.low is not None and sensor.last < sensor.low) or (sensor.high is not None and sensor.last > sensor.high)
    )
    text = Text(f"{sensor.name} ")
    text.append(value, "bold red" if out else "bold")
    if sensor.quality != "ok":
        text.append(f" {sensor.quality}", "yellow")
    limits = [
        f"{sign}\u2009{power_of_ten(limit, '').strip()}"
        for sign, limit in (("≥", sensor.low), ("≤", sensor.high))
        if limit is not None
    ]
    if limits:
        text.append(f" ({', '.join(limits)})", "dim")
    return text


def _dose(one: RegionDose) -> Text:
    text = Text(f"{one.region} ")
    if one.budget_C_per_m2 is None:
        return text.append(setting(one.counted_C_per_m2, "C/m²"))
    share = one.counted_C_per_m2 / one.budget_C_per_m2
    style = "bold red" if share >= 1.0 else "yellow" if share > 0.9 else ""
    return text.append(f"{share:.0%}", style).append(
        f" of {one.budget_C_per_m2:g} C/m²{' a cycle' if one.per_cycle else ''}", "dim"
    )


def _alarms(parts: Parts) -> Text:
    lines = [Text(f"none; phase {parts.alarms.phase}", "green")] if not parts.alarms.open else []
    if parts.unreadable:
        lines = [Text.assemble(("the record cannot be read", "bold white on red"), f" {parts.unreadable}")]
    for alarm in parts.alarms.open:
        line = Text.assemble(
            (f"{alarm.name}: {alarm.kind}", MOODS["alarm" if alarm.grave else "attention"]), f" {alarm.text}"
        )
        if alarm.acknowledge:
            over = "its condition is over; " if alarm.condition_over else "its condition still holds; "
            line.append(f"  {over}a acknowledges", "yellow")
        lines.append(line)
    if parts.preparation.question is not None:
        lines.append(Text.assemble(("question", "black on yellow"), f" {parts.preparation.question.text}"))
    return Text("\n").join(lines)


def _foot(shown: Shown) -> Iterator[RenderableType]:
    if shown.ending:
        yield Text(shown.ending, "bold black on yellow")
    told, style = shown.said
    if told:
        yield Text(told, style)
    yield Rule(style="dim")
    prompt = shown.prompt
    if prompt is None:
        yield _keys(shown)
        return
    allowed = f" [{'/'.join(prompt.allowed)}]" if prompt.allowed else ""
    yield Text.assemble((f"{prompt.asks}{allowed}: ", "bold"), prompt.text, ("▏", "blink"))
    yield Text(prompt.refused or "Enter: do it   Esc: leave", "red" if prompt.refused else "dim")


def _keys(shown: Shown) -> RenderableType:
    if shown.parts is not None and shown.parts.standing.over:
        return Text("the run is over", "dim")
    held = shown.parts is not None and shown.parts.standing.held
    paused = shown.parts is not None and shown.parts.standing.imaging_paused
    keys = [("p", "resume imaging" if paused else "pause imaging")]
    lent = shown.parts is not None and shown.parts.standing.lent_to
    keys += [("h", "continue cycling" if held else "hold cycling"), ("c", "capture now")]
    keys += [("m", "take microscope back" if lent else "hand microscope over"), ("k", "park")]
    keys += [("n", "note"), ("a", "acknowledge")]
    keys += [("r", "reply")] if shown.question_waits else []
    keys += [("Ctrl-C", "finish safely")]
    # columns: a narrow terminal breaks the line between two keys, not within one
    return Columns([Text.assemble((key, "bold"), f" {what}") for key, what in keys], padding=(0, 3, 0, 0))
