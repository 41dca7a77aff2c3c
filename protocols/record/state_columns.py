"""The columns that rows of frames and of spectra have in common: why it was taken, and the cell meanwhile."""

from typing import TypedDict

from operando.protocols.record.rows import FrameRow, SpectrumRow
from operando.protocols.record.state import TakenState

__all__ = ["CellDuring", "StateColumns", "state_columns"]


class CellDuring(TypedDict):
    """What the cell did while something was taken; see `TakenState`."""

    cycle: int
    step: int
    step_name: str
    voltage_at_start_V: float
    voltage_at_end_V: float
    current_at_start_A: float
    current_at_end_A: float
    charge_at_start_C: float
    charge_at_end_C: float


class StateColumns(CellDuring):
    """All that a row and its state have in common, to make one of the other."""

    region: str
    capture: str
    trigger: str
    line: int
    dose_C_per_m2: float


def state_columns(of: TakenState | FrameRow | SpectrumRow) -> StateColumns:
    """The columns of a state or a row; numbers of numpy become those of Python, whose texts read back as they were."""
    return {
        "region": of.region,
        "capture": of.capture,
        "trigger": of.trigger,
        "line": of.line,
        "cycle": of.cycle,
        "step": of.step,
        "step_name": of.step_name,
        "voltage_at_start_V": float(of.voltage_at_start_V),
        "voltage_at_end_V": float(of.voltage_at_end_V),
        "current_at_start_A": float(of.current_at_start_A),
        "current_at_end_A": float(of.current_at_end_A),
        "charge_at_start_C": float(of.charge_at_start_C),
        "charge_at_end_C": float(of.charge_at_end_C),
        "dose_C_per_m2": float(of.dose_C_per_m2),
    }
