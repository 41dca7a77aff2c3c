"""The tables of a dry run."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from operando.protocols.cli.rehearsal.folding import Told
from operando.protocols.cli.rehearsal.region_counts import RegionCount
from operando.protocols.plan import Plan, PlannedCapture, PlannedQuestion, PlannedStep, RegionDose
from operando.protocols.plan.words import time_in_words
from operando.protocols.report.wording import setting

__all__ = ["capture_table", "dose_table", "focus_table", "timeline_table"]

C_PER_AH = 3600.0
NEARLY, MANY_TIMES = 0.9, 10.0


def timeline_table(told: Sequence[Told], *, wide: bool) -> Table:
    """Cycling in the order of time; where its times are known from only if there is room."""
    table = _table("timeline", right=("from", "cycle"))
    table.add_column("what cycling does")
    table.add_column("takes", no_wrap=True)
    table.add_column("charge", justify="right", no_wrap=True)
    if wide:
        table.add_column("known from", style="dim")
    for one in told:
        cells = _alike(one) if one.action is None else (str(one.action.cycle), *_action(one.action))
        table.add_row(_clock(one.start_s), *(cells if wide else cells[:-1]))
    return table


def _alike(told: Told) -> tuple[str | Text, ...]:
    first, last = told.alike
    took = time_in_words(told.cycle_s)
    if first == last:
        return str(first), Text(f"as cycle {first - 1}", "italic"), took, "", ""
    return f"{first} … {last}", Text(f"each as cycle {first - 1}", "italic"), f"{took} each", "", ""


def _action(action: PlannedStep | PlannedQuestion | PlannedCapture) -> tuple[str | Text, str, str, str]:
    took = time_in_words(action.duration_s)
    match action:
        case PlannedStep():
            charge = f"{action.charge_C / C_PER_AH * 1e3:+.3g} mAh" if action.charge_C else ""
            return action.name, took, charge.replace("-", "−"), action.basis
        case PlannedQuestion():
            return Text(f"question: {action.question}", "yellow"), took, "", "at most"
        case PlannedCapture():
            text = Text(f"{action.capture} at {', '.join(action.regions)}: {_outcome(action)}", "cyan")
            return text, took, "", "cycling waits for it"


def capture_table(plan: Plan) -> Table:
    """What triggers take, and how often."""
    table = _table("captures beside it", right=("times",))
    table.add_column("capture", no_wrap=True, style="cyan")
    table.add_column("when")
    table.add_column("each gives")
    table.add_column("takes", no_wrap=True)
    foreseen: dict[tuple[int, str, str], list[PlannedCapture]] = {}
    for capture in plan.captures:
        if capture.number is None:
            foreseen.setdefault((capture.line, capture.reason, capture.capture), []).append(capture)
    for (line, reason, name), captures in foreseen.items():
        missed = sum((miss.line, miss.reason, miss.capture) == (line, reason, name) for miss in plan.missed)
        when = Text(reason)
        if missed:
            when.append(f"; {missed} more are left out, because others are taken", "yellow")
        one = captures[0]
        table.add_row(str(len(captures)), name, when, _outcome(one), time_in_words(one.duration_s))
    for event in plan.events:
        doses = ", ".join(f"{name} {setting(dose, 'C/m²')}" for name, dose in event.dose_C_per_m2.items())
        took = time_in_words(event.duration_s)
        table.add_row("?", event.capture, f"each time that {event.reason} ({event.why})", doses, took)
    return table


def dose_table(plan: Plan, counts: dict[str, RegionCount], *, wide: bool) -> Table:
    """Regions with their pictures, spectra and electron dose against what is allowed."""
    table = _table("regions")
    table.add_column("region", no_wrap=True)
    for name in ("pictures", "spectra", "dose", "allowed", "used"):
        table.add_column(name, justify="right", no_wrap=True)
    if wide:
        table.add_column("as plated lithium", justify="right", style="dim", no_wrap=True)
        table.add_column("focus, waiting", justify="right", style="dim", no_wrap=True)
    for dose in plan.regions:
        count = counts.get(dose.region, RegionCount(0, 0))
        lithium = _lithium(dose.total_mAh_per_cm2)
        waiting = setting(_three(dose.waiting_C_per_m2), "C/m²") if dose.waiting_C_per_m2 else ""
        taken = (str(count.pictures or ""), str(count.spectra or ""))
        more = (lithium, waiting) if wide else ()
        table.add_row(dose.region, *taken, _dose(dose), *_allowed(dose.counted_C_per_m2, dose), *more)
    for spot in plan.spots:
        lithium = _lithium(spot.total_mAh_per_cm2)
        given = setting(_three(spot.total_C_per_m2), "C/m²")
        allowed = ("", Text(""))
        if spot.budget_C_per_m2 is not None:
            allowed = (setting(spot.budget_C_per_m2, "C/m²"), _share(spot.total_C_per_m2, spot.budget_C_per_m2))
        table.add_row(f"{spot.region}, one spot", "", "", given, *allowed, *((lithium, "") if wide else ()))
    return table


def focus_table(plan: Plan) -> Table:
    """Spots that are sacrificed to focus: where they are, how often, and what dose they get."""
    table = _table("focus, on spots that are sacrificed")
    table.add_column("spot")
    for name in ("x, y in mm", "times", "each takes", "dose", "allowed"):
        table.add_column(name, justify="right", no_wrap=True)
    for spot in plan.focusing:
        place = f"{spot.x_m * 1e3:.3f}, {spot.y_m * 1e3:.3f}".replace("-", "−")
        given, budget = setting(_three(spot.total_C_per_m2), "C/m²"), spot.budget_C_per_m2
        allowed = "no limit" if budget is None else setting(budget, "C/m²")
        table.add_row(spot.spot, place, str(spot.times), time_in_words(spot.each_s), given, allowed)
    return table


def _dose(dose: RegionDose) -> str:
    given = setting(_three(dose.counted_C_per_m2), "C/m²")
    return f"cycle {dose.worst_cycle}: {given}" if dose.per_cycle else given


def _allowed(given: float, dose: RegionDose) -> tuple[str, Text]:
    budget = dose.budget_C_per_m2
    if budget is None:
        return "no limit", Text("")
    return f"{setting(budget, 'C/m²')}{' a cycle' if dose.per_cycle else ''}", _share(given, budget)


def _share(given: float, budget: float) -> Text:
    share = given / budget
    told = f"{share:.0%}" if share < MANY_TIMES else f"{share:.3g} times"
    return Text(told, "bold red" if share > 1.0 else "yellow" if share > NEARLY else "green")


def _lithium(mAh_per_cm2: float) -> str:
    return setting(_three(mAh_per_cm2 * 1e-3), "Ah/cm²")


def _outcome(capture: PlannedCapture) -> str:
    parts = [(capture.pictures, "picture"), (capture.spectra, "spectrum")]
    plural = {"picture": "pictures", "spectrum": "spectra"}
    said = [f"{count} {what if count == 1 else plural[what]}" for count, what in parts if count]
    return ", ".join(said) or "nothing"


def _three(value: float) -> float:
    return float(f"{value:.3g}")


def _clock(seconds: float) -> str:
    minutes, second = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"


def _table(title: str, right: Sequence[str] = ()) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table
