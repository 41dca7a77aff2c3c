"""The columns that rows of frames and of spectra have in common: why it was taken, and the cell meanwhile."""

from typing import TypedDict

from operando.protocols.record.state import TakenState

__all__ = ["StateColumns", "state_columns"]


class StateColumns(TypedDict):
    """Arguments of a row that come from its state."""

    region: str
    capture: str
    trigger: str
    line: int
    cycle: int
    step: int
    step_name: str
    voltage_at_start_V: float
    voltage_at_end_V: float
    current_at_start_A: float
    current_at_end_A: float
    charge_at_start_C: float
    charge_at_end_C: float
    dose_C_per_m2: float


def state_columns(state: TakenState) -> StateColumns:
    """The columns of a state; numbers of numpy become those of Python, whose texts read back as they were."""
    return {
        "region": state.region,
        "capture": state.capture,
        "trigger": state.trigger,
        "line": state.line,
        "cycle": state.cycle,
        "step": state.step,
        "step_name": state.step_name,
        "voltage_at_start_V": float(state.voltage_at_start_V),
        "voltage_at_end_V": float(state.voltage_at_end_V),
        "current_at_start_A": float(state.current_at_start_A),
        "current_at_end_A": float(state.current_at_end_A),
        "charge_at_start_C": float(state.charge_at_start_C),
        "charge_at_end_C": float(state.charge_at_end_C),
        "dose_C_per_m2": float(state.dose_C_per_m2),
    }
