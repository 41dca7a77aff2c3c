"""A plan as plain text, for people."""

from collections import Counter
from collections.abc import Iterator

from operando.protocols.plan.planned import (
    Plan,
    PlannedAction,
    PlannedCapture,
    PlannedFocus,
    PlannedQuestion,
    PlannedStep,
    RegionDose,
    SpotDose,
)
from operando.protocols.plan.words import size_in_words, time_in_words

__all__ = ["render_plan"]

C_PER_MAH = 3.6


def render_plan(plan: Plan, *, every_action: bool = False) -> str:
    """The sums, the doses and the cycling; with `every_action` also each capture that a trigger takes."""
    return "\n".join(_lines(plan, every_action)) + "\n"


def _lines(plan: Plan, every_action: bool) -> Iterator[str]:
    yield plan.title
    yield (
        f"about {time_in_words(plan.duration_s)}, {plan.pictures} pictures, {plan.spectra} spectra, "
        f"{size_in_words(plan.bytes)} on disk"
    )
    yield ""
    for action in plan:
        if every_action or not isinstance(action, PlannedCapture) or action.number is not None:
            yield f"{_clock(action.start_s):>9}  cycle {action.cycle}  {_action(action)}"
    if not every_action:
        yield from _triggered(plan)
    yield from _doses(plan)
    for event in plan.events:
        doses = ", ".join(f"{name} {dose:.4g} C/m^2" for name, dose in event.dose_C_per_m2.items())
        took = time_in_words(event.duration_s)
        yield f"each time that {event.reason} ({event.why}): {event.capture}, {took}, {doses}"


def _clock(seconds: float) -> str:
    minutes, second = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"


def _action(action: PlannedAction) -> str:
    took = time_in_words(action.duration_s)
    match action:
        case PlannedStep():
            charge = f", {action.charge_C / C_PER_MAH:+.3g} mAh" if action.charge_C else ""
            return f"{action.name}: {took}{charge} ({action.basis})"
        case PlannedQuestion():
            return f"ask: {action.question} (at most {took})"
        case PlannedCapture():
            return f"{action.capture} at {', '.join(action.regions)}: {took}, {_outcome(action)} ({action.reason})"


def _outcome(capture: PlannedCapture) -> str:
    parts = [(capture.pictures, "pictures"), (capture.spectra, "spectra")]
    return ", ".join(f"{count} {what}" for count, what in parts if count) or "nothing"


def _triggered(plan: Plan) -> Iterator[str]:
    """How often each trigger takes its capture."""
    counts: dict[tuple[int, str, str], list[PlannedCapture]] = {}
    for capture in plan.captures:
        if capture.number is None:
            counts.setdefault((capture.line, capture.reason, capture.capture), []).append(capture)
    if counts:
        yield ""
    for (_, reason, name), captures in counts.items():
        took = time_in_words(captures[0].duration_s)
        yield f"{len(captures):>5} x {name} ({reason}): {took}, {_outcome(captures[0])} each"
    for (reason, name), count in Counter((miss.reason, miss.capture) for miss in plan.missed).items():
        yield f"{count:>5} x {name} ({reason}) not taken, because others are"


def _doses(plan: Plan) -> Iterator[str]:
    if plan.regions:
        yield ""
    for region in plan.regions:
        yield _region(region)
    for spot in plan.spots:
        yield _spot(spot)
    for focused in plan.focusing:
        yield _focused(focused)


def _region(dose: RegionDose) -> str:
    text = f"dose of {dose.region}: {dose.total_C_per_m2:.4g} C/m^2 ({dose.total_mAh_per_cm2:.2g} mAh/cm^2) in all"
    text += f", {dose.worst_cycle_C_per_m2:.4g} C/m^2 in cycle {dose.worst_cycle}"
    if dose.waiting_C_per_m2:
        text += f", {dose.waiting_C_per_m2:.3g} C/m^2 more while the beam focuses and waits"
    if dose.budget_C_per_m2 is not None:
        text += f"; {dose.budget_C_per_m2:g} C/m^2 allowed{' per cycle' if dose.per_cycle else ''}"
    return text


def _spot(dose: SpotDose) -> str:
    text = f"dose of one spot in {dose.region}: {dose.total_C_per_m2:.4g} C/m^2 ({dose.total_mAh_per_cm2:.2g} mAh/cm^2)"
    return text if dose.budget_C_per_m2 is None else f"{text}; {dose.budget_C_per_m2:g} C/m^2 allowed"


def _focused(focus: PlannedFocus) -> str:
    text = (
        f"{focus.spot} at x {focus.x_m * 1e3:.3f} mm, y {focus.y_m * 1e3:.3f} mm: {focus.times} times, "
        f"about {time_in_words(focus.each_s)} and at most {focus.each_C_per_m2:.3g} C/m^2 each, "
        f"{focus.total_C_per_m2:.4g} C/m^2 ({focus.total_mAh_per_cm2:.2g} mAh/cm^2) in all"
    )
    return text if focus.budget_C_per_m2 is None else f"{text}; {focus.budget_C_per_m2:g} C/m^2 allowed"
