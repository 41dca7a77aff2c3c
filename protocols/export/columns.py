"""The streams of a run as columns, for tables of any kind.

Samples carry the labels of the Battery Data Format, at the full rate; positive current charges.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from operando.protocols.export.selection import Selection
from operando.protocols.reading import NotInRun, RecordedImpedance, Run
from operando.protocols.record import FrameRow, SensorRow, SpectrumRow

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Columns", "tables_of"]

Row = TypeVar("Row", bound="DataclassInstance")
Columns = Mapping[str, NDArray[np.generic] | Sequence[object]]
_COULOMB_PER_AMPERE_HOUR = 3600.0


def tables_of(run: Run, selection: Selection) -> dict[str, Columns]:
    """All tables of a selection by name: samples, frames, spectra, sensors, impedance; those without rows left out.

    Of a simulated run also its truth, named so that nobody takes it for a measurement.

    A selection of region or detector leaves samples and sensors whole.
    """
    tables = {
        "samples": _samples(run, selection),
        "frames": _rows(FrameRow, _if_any(lambda: selection.frames(run).rows)),
        "spectra": _rows(SpectrumRow, _if_any(lambda: selection.spectra(run).rows)),
        "sensors": _rows(SensorRow, _sensors(run, selection)),
        "impedance": _impedance(selection.impedance(run)),
        "truth_of_simulation": _truth(run, selection),
    }
    return {name: columns for name, columns in tables.items() if len(next(iter(columns.values())))}


def _samples(run: Run, selection: Selection) -> Columns:
    samples = selection.samples(run)
    capacity_Ah = samples["charge_C"] / _COULOMB_PER_AMPERE_HOUR
    return {
        "Test Time / s": samples["time_s"],
        "Voltage / V": samples["voltage_V"],
        "Current / A": samples["current_A"],
        "Unix Time / s": run.header.start_unix_s + samples["time_s"],
        "Cycle Count / 1": samples["cycle"],
        "Step Count / 1": samples["step"],
        "Record Index / 1": samples["sequence"],
        "Step Time / s": samples["elapsed_s"],
        "Step Charging Capacity / Ah": np.maximum(capacity_Ah, 0.0),
        "Step Discharging Capacity / Ah": np.maximum(-capacity_Ah, 0.0),
    }


def _if_any(chosen: Callable[[], Sequence[Row]]) -> Sequence[Row]:
    """A region may have pictures or spectra alone."""
    try:
        return chosen()
    except NotInRun:
        return ()


def _sensors(run: Run, selection: Selection) -> Sequence[SensorRow]:
    since_s = -np.inf if selection.since_s is None else selection.since_s
    until_s = np.inf if selection.until_s is None else selection.until_s
    return [row for row in run.sensor_rows if since_s <= row.end_s < until_s]


def _impedance(spectra: Sequence[RecordedImpedance]) -> Columns:
    def column(name: str) -> NDArray[np.generic]:
        pieces = [spectrum.points[name] for spectrum in spectra]
        return np.concatenate(pieces) if pieces else np.empty(0)

    counts = [len(spectrum.points) for spectrum in spectra]
    return {
        "Test Time / s": column("time_s"),
        "Frequency / Hz": column("frequency_Hz"),
        "Real Impedance / ohm": column("real_ohm"),
        "Imaginary Impedance / ohm": column("imaginary_ohm"),
        "Cycle Count / 1": np.repeat([spectrum.cycle for spectrum in spectra], counts).astype(np.uint32),
        "Step Count / 1": np.repeat([spectrum.step for spectrum in spectra], counts).astype(np.uint32),
    }


def _truth(run: Run, selection: Selection) -> Columns:
    since_s = -np.inf if selection.since_s is None else selection.since_s
    until_s = np.inf if selection.until_s is None else selection.until_s
    states = [state for state in run.truth if since_s <= state.time_s < until_s]
    names = states[0].values if states else {}
    columns: dict[str, Sequence[object]] = {
        key: [getattr(state, key) for state in states] for key in ("of", "number", "moment", "time_s")
    }
    return {**columns, **{name: [state.values[name] for state in states] for name in names}}


def _rows(kind: type["DataclassInstance"], rows: Sequence["DataclassInstance"]) -> Columns:
    return {field.name: [getattr(row, field.name) for row in rows] for field in dataclasses.fields(kind)}
