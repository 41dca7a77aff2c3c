"""Who holds the microscope, and what was and will be taken with it."""

from pydantic import JsonValue

from operando.protocols.live.look import Look

__all__ = ["microscope"]

TAKEN = "capture taken"
REACHED = ("instrument lost", "instrument back")


def microscope(look: Look) -> JsonValue:
    """Whether the run uses it now and for which region, what was taken last, and how much was not taken."""
    finished = [event for event in look.events if event.source == "imaging" and event.kind == TAKEN]
    missed = [event for event in look.events if event.source == "imaging" and event.kind == "capture not taken"]
    last = finished[-1] if finished else None
    return {
        "held_by": _held_by(look),
        "last_capture": {"text": last.message, "time_s": last.time_s} if last else None,
        "taken": len(finished),
        "not_taken": len(missed),
        "last_missed": {"text": missed[-1].message, "time_s": missed[-1].time_s} if missed else None,
        "pictures": len(look.run.frames),
        "spectra": len(look.run.spectra),
    }


def _held_by(look: Look) -> str:
    if look.over:
        return "nobody: the run is over"
    lent = look.last("imaging", "hand over", "take back")
    if lent is not None and lent.kind == "hand over":
        return f"{lent.details.get('who')}: it was handed over"
    reached = [event.kind for event in look.of_this_process if event.source == "imaging" and event.kind in REACHED]
    if reached and reached[-1] == "instrument lost":
        return "nobody reaches it"
    announced = look.last("dose", "exposure begins", "frame", "focus", "scan")
    if announced is not None and announced.kind == "exposure begins":
        return f"this run: beam on {announced.details.get('region')}"
    return "this run, beam blanked and parked" if look.run.frames.rows else "this run has not used it yet"
