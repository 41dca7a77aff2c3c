"""Spectra as EMSA/MAS files (ISO 22029), which HyperSpy loads as SEM-EDS spectra."""

import math
from datetime import datetime

from operando.drivers.roles import Spectrum
from operando.protocols.record.state import SpectrumState

__all__ = ["msa_counts", "msa_text"]

_DATA = "#SPECTRUM    : Spectral Data Starts Here"
_END = "#ENDOFDATA   :"


def msa_text(spectrum: Spectrum, state: SpectrumState, title: str, owner: str, started: datetime) -> str:
    """A spectrum as text; `SIGNALTYPE : EDS` is what HyperSpy insists on.

    Args:
        started: wall time of the start.
    """
    lines = [
        "#FORMAT      : EMSA/MAS Spectral Data File",
        "#VERSION     : 1.0",
        f"#TITLE       : {_one_line(title)}",
        f"#DATE        : {_date(started)}",
        f"#TIME        : {started:%H:%M}",
        f"#OWNER       : {_one_line(owner)}",
        f"#NPOINTS     : {len(spectrum.counts)}.",
        "#NCOLUMNS    : 1.",
        "#XUNITS      : keV",
        "#YUNITS      : counts",
        "#DATATYPE    : Y",
        f"#XPERCHAN    : {spectrum.channel_width_eV / 1e3:.9g}",
        f"#OFFSET      : {spectrum.offset_eV / 1e3:.9g}",
        "#SIGNALTYPE  : EDS",
    ]
    if not math.isnan(state.beam_voltage_V):
        lines.append(f"#BEAMKV      -kV: {state.beam_voltage_V / 1e3:.9g}")
    if not math.isnan(state.beam_current_A):
        lines.append(f"#PROBECUR    -nA: {state.beam_current_A * 1e9:.9g}")
    lines.append(f"#LIVETIME  -s: {spectrum.live_time_s:.9g}")
    lines.append(f"#REALTIME  -s: {spectrum.real_time_s:.9g}")
    if not math.isnan(state.elevation_rad):
        lines.append(f"#ELEVANGLE-dg: {math.degrees(state.elevation_rad):.9g}")
    lines.append(_DATA)
    lines += [f"{count}." for count in spectrum.counts.tolist()]
    lines.append(_END)
    return "\n".join(lines) + "\n"


def msa_counts(text: str) -> list[int]:
    """The counts of a file that `msa_text` made.

    Raises:
        ValueError: if the text is no complete spectrum.
    """
    _, mark, data = text.partition(_DATA)
    data, end, _ = data.partition(_END)
    if not mark or not end:
        raise ValueError("the spectrum has no beginning or no end of its data")
    return [int(float(value)) for value in data.split()]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _date(when: datetime) -> str:
    """The format wants English months whatever the locale."""
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    return f"{when.day:02d}-{months[when.month - 1]}-{when.year}"
