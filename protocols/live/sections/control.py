"""The control cell in a line, beside the numbers of the cell in the beam."""

from operando.protocols.live.look import Look

__all__ = ["control_in_words"]


def control_in_words(look: Look) -> str | None:
    """What it does and its voltage, or that it has failed; None if there is no control cell."""
    control = look.run.control
    if control is None:
        return None
    failed = look.last("control cell", "failed")
    if failed is not None:
        return f"failed: {failed.message}"
    steps = [event for event in control.events if event.source == "cycling" and event.kind.startswith("step ")]
    runs = bool(steps) and steps[-1].kind != "step ended" and not look.over
    doing = f"cycle {steps[-1].details.get('cycle')} · {steps[-1].message}" if runs else "no step runs"
    voltage = f"{float(control.samples[-1]['voltage_V']):.4f} V" if control.samples.size else "no sample yet"
    return f"{voltage}, {doing}"
