"""Rows of frames, spectra and events as the browser gets them: short names, only what lists and marks need."""

import math
from collections.abc import Sequence

from pydantic import JsonValue

from operando.protocols.live.look import plain
from operando.protocols.reading import Event, Frame, RecordedSpectrum
from operando.protocols.record.rows import FrameRow, SpectrumRow
from operando.protocols.report.troubles import severity_of
from operando.protocols.summary.scale_bar import scale_bar_m

__all__ = ["SHOWN_EVENTS", "event_rows", "frame_details", "frame_rows", "spectrum_rows"]

SHOWN_EVENTS = 300
_QUIET = {
    ("dose", "exposure begins"),
    ("dose", "frame"),
    ("dose", "focus"),
    ("dose", "scan"),
    ("dose", "spots begin"),
    ("dose", "spots"),
    ("dose", "spot"),
    ("triggers", "step begun"),
    ("triggers", "step over"),
    ("pre-flight", "passed"),
}
"""Bookkeeping, which the other parts of the page show."""


def frame_rows(rows: Sequence[FrameRow]) -> list[JsonValue]:
    """[number, region, detector, start, voltage, current] of each."""
    return [
        [
            row.number,
            row.region,
            row.detector,
            round(row.start_s, 2),
            plain(round(_voltage_V(row), 5)),
            plain(row.current_at_start_A),
        ]
        for row in rows
    ]


def _voltage_V(row: FrameRow) -> float:
    return row.voltage_at_end_V if math.isnan(row.voltage_at_start_V) else row.voltage_at_start_V


def frame_details(frame: Frame) -> JsonValue:
    """Everything that is written under a picture."""
    row = frame.row
    field_m = row.pixel_size_m * row.width
    return {
        "number": row.number,
        "region": row.region,
        "detector": row.detector,
        "start_s": row.start_s,
        "width": row.width,
        "height": row.height,
        "field_m": field_m,
        "scale_bar_m": scale_bar_m(field_m),
        "beam_voltage_V": row.beam_voltage_V,
        "beam_current_A": row.beam_current_A,
        "dwell_s": row.dwell_s,
        "voltage_V": plain(frame.voltage_V),
        "current_A": plain(row.current_at_start_A),
        "cycle": row.cycle,
        "step": row.step_name,
        "capture": row.capture,
        "trigger": row.trigger,
        "dose_C_per_m2": plain(row.dose_C_per_m2),
    }


def spectrum_rows(rows: Sequence[SpectrumRow]) -> list[JsonValue]:
    """[number, kind, region, start, voltage] of each."""
    return [[row.number, row.kind, row.region, round(row.start_s, 2), plain(row.voltage_at_start_V)] for row in rows]


def event_rows(events: Sequence[Event]) -> list[JsonValue]:
    """[time, source, kind, message, severity, who] of those that tell a reader something, the last few hundred."""
    told = [event for event in events if (event.source, event.kind) not in _QUIET]
    return [
        [
            round(event.time_s, 2),
            event.source,
            event.kind,
            event.message,
            str(severity_of(event) or ""),
            str(event.details.get("who", "")),
        ]
        for event in told[-SHOWN_EVENTS:]
    ]


def spectrum_details(spectrum: RecordedSpectrum) -> JsonValue:
    """What is written beside a spectrum."""
    row = spectrum.row
    return {
        "number": row.number,
        "kind": row.kind,
        "region": row.region,
        "start_s": row.start_s,
        "beam_voltage_V": row.beam_voltage_V,
        "beam_current_A": row.beam_current_A,
        "live_time_s": row.live_time_s,
        "voltage_V": plain(row.voltage_at_start_V),
        "rows": row.rows,
        "columns": row.columns,
    }
