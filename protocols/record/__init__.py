"""The record of a run: one folder that nothing recorded is ever lost from.

`RunRecord` writes it, `verify_record` recomputes it, and `open_samples`, `read_frames` and `load_pixels` read it.
"""

from operando.protocols.record.availability import is_closed, recorder_at_work, require_left, require_unfinished
from operando.protocols.record.circumstances import Calibration, Circumstances, circumstances_of
from operando.protocols.record.control import CONTROL, control_folder, is_control_of_run, open_control_record
from operando.protocols.record.durable import Disk, RecordError
from operando.protocols.record.exposures import Exposure
from operando.protocols.record.header import RunHeader, name_for_files
from operando.protocols.record.metadata import METADATA, RunMetadata
from operando.protocols.record.reader import (
    load_pixels,
    open_samples,
    read_events,
    read_frames,
    read_header,
    read_journal,
    read_sensors,
    read_spectra,
)
from operando.protocols.record.rows import FrameRow, SensorRow, SpectrumRow
from operando.protocols.record.state import FrameState, SpectrumState
from operando.protocols.record.state_columns import CellDuring
from operando.protocols.record.truth import TRUTH, TrueState, read_truth
from operando.protocols.record.verify import Verdict, verify_record
from operando.protocols.record.writer import POWER_CUT_WINDOW_S, SIMULATED_POWER_CUT_WINDOW_S, RunRecord

__all__ = [
    "CONTROL",
    "METADATA",
    "POWER_CUT_WINDOW_S",
    "SIMULATED_POWER_CUT_WINDOW_S",
    "TRUTH",
    "Calibration",
    "CellDuring",
    "Circumstances",
    "Disk",
    "Exposure",
    "FrameRow",
    "FrameState",
    "RecordError",
    "RunHeader",
    "RunMetadata",
    "RunRecord",
    "SensorRow",
    "SpectrumRow",
    "SpectrumState",
    "TrueState",
    "Verdict",
    "circumstances_of",
    "control_folder",
    "is_closed",
    "is_control_of_run",
    "load_pixels",
    "name_for_files",
    "open_control_record",
    "open_samples",
    "read_events",
    "read_frames",
    "read_header",
    "read_journal",
    "read_sensors",
    "read_spectra",
    "read_truth",
    "recorder_at_work",
    "require_left",
    "require_unfinished",
    "verify_record",
]
