"""The cell now: voltage, current, and how far its step has come."""

from pydantic import JsonValue

from operando.protocols.live.look import Look, plain
from operando.protocols.live.outlook import expected_s, remaining_of
from operando.protocols.live.sections.control import control_in_words
from operando.protocols.live.sections.standing import held
from operando.protocols.live.step_end import end_in_words, technique_in_words
from operando.protocols.live.steps import StartedStep
from operando.protocols.plan import PlannedStep

__all__ = ["cell", "rest_of_step_s"]

LATE_S, LATE_INTERVALS = 60.0, 5.0


def cell(look: Look) -> JsonValue:
    """The last sample and the running step with its end, its progress and what is predicted."""
    last = look.samples[-1] if look.samples.size else None
    running = look.running_step
    return {
        "now_s": look.now_s,
        "sample_s": plain(float(last["time_s"])) if last is not None else None,
        "voltage_V": plain(float(last["voltage_V"])) if last is not None else None,
        "current_A": plain(float(last["current_A"])) if last is not None else None,
        "late_s": _late_s(look, running),
        "samples": int(look.samples.size),
        "step": _step(look, running) if running is not None and not look.over else None,
        "control": control_in_words(look),
    }


def _late_s(look: Look, running: StartedStep | None) -> float | None:
    """How old the last sample is, if that is more than the running step explains; other things may well be new."""
    if running is None or running.kind == "impedance" or look.over or not look.samples.size:
        return None
    age_s = look.now_s - max(float(look.samples[-1]["time_s"]), running.started_s)
    return age_s if age_s > max(LATE_S, LATE_INTERVALS * running.step.recording.every_s) else None


def _step(look: Look, running: StartedStep) -> JsonValue:
    own = look.samples[-1] if look.samples.size and look.samples[-1]["step"] == running.number else None
    elapsed_s = float(own["elapsed_s"]) if own is not None else 0.0
    on_hold = held(look)  # one rest of an hour follows another: its own end tells nothing
    remaining_s = None if on_hold else rest_of_step_s(look)
    whole_s = elapsed_s + remaining_s if remaining_s is not None else 0.0
    return {
        "number": running.number,
        "name": running.name,
        "kind": running.kind,
        "cycle": running.cycle,
        "technique": technique_in_words(running),
        "end": "until somebody continues the cycling" if on_hold else end_in_words(running),
        "elapsed_s": elapsed_s,
        "remaining_s": plain(remaining_s) if remaining_s is not None else None,
        "progress": None if on_hold else plain(elapsed_s / whole_s) if whole_s > 0 else 0.0,
        "charge_C": plain(float(own["charge_C"])) if own is not None else 0.0,
    }


def rest_of_step_s(look: Look) -> float:
    """Seconds until the running step ends, as far as anything tells; 0 if none runs."""
    running = look.running_step
    if running is None:
        return 0.0
    plan = look.documents.plan
    planned = [one for one in plan.steps if one.number == running.action] if plan is not None else []
    action: PlannedStep | None = planned[0] if planned else None
    usual_s = expected_s(running.name, look.steps, action) or running.step.guard.maximum_duration_s
    return remaining_of(running, look.samples[-2000:], usual_s)
