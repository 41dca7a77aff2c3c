"""X-ray spectra in `run.nxs`, in entries of their own that HyperSpy loads as SEM-EDS spectra.

One entry for each beam voltage (`/eds`, `/eds_2`, ...), because the hint that says so holds for the entry.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from operando.protocols.record.contents import Contents
from operando.protocols.record.msa import msa_counts
from operando.protocols.record.nexus_mapping import Piece, map_array
from operando.protocols.record.nexus_tree import axis, group, indices, link, numbers, plot, text
from operando.protocols.record.rows import SpectrumRow

if TYPE_CHECKING:
    import h5py

__all__ = ["write_eds"]


def write_eds(file: "h5py.File", contents: Contents) -> None:
    """Write all spectra: points of a kind as one stack, each map by itself, mapped onto its file."""
    by_voltage: dict[str, list[SpectrumRow]] = {}
    for row in contents.spectra:
        by_voltage.setdefault(f"{row.beam_voltage_V:.6g}", []).append(row)
    for number, rows in enumerate(by_voltage.values(), 1):
        entry = group(file, "eds" if number == 1 else f"eds_{number}", "NXentry")
        _write_entry(entry, rows, contents)


def _write_entry(entry: "h5py.Group", rows: Sequence[SpectrumRow], contents: Contents) -> None:
    header, main = contents.header, entry.file["entry"]
    text(entry, "definition", "NXem").attrs["version"] = main["definition"].attrs["version"]
    text(entry, "title", f"{header.title}: EDS")
    text(entry, "start_time", header.wall_text(0.0))
    text(entry, "end_time", header.wall_text(contents.end_s))
    for name in ("profiling", "userID", "sampleID"):
        link(entry, name, main[name])
    _write_hints(entry, rows)
    measurement = group(entry, "measurement", "NXem_measurement")
    link(measurement, "instrument", main["measurement/instrument"])
    number = 0
    for points in _alike([row for row in rows if row.kind == "point"]):
        number += 1
        _write_points(_event(measurement, number, points, contents), points, contents)
    for row in rows:
        if row.kind == "map":
            number += 1
            _write_map(_event(measurement, number, [row], contents), row)


def _event(measurement: "h5py.Group", number: int, rows: Sequence[SpectrumRow], contents: Contents) -> "h5py.Group":
    """The spectrum group of a new event."""
    event = group(measurement, f"event{number}", "NXem_event_data")
    text(event, "start_time", contents.header.wall_text(rows[0].start_s))
    text(event, "end_time", contents.header.wall_text(rows[-1].end_s))
    text(event, "identifier_sample", f"{measurement.parent.name}/sampleID")
    text(event, "type", f"{rows[0].region} EDS")
    spectrum = group(event, "spectrum1", "NXspectrum")
    process = group(spectrum, "process1", "NXprocess")
    text(process, "detector_identifier", f"{measurement.name}/instrument/detector_eds")
    return spectrum


def _alike(rows: Sequence[SpectrumRow]) -> list[list[SpectrumRow]]:
    """Points of the same region and energy scale."""
    found: dict[tuple[str, int, float, float], list[SpectrumRow]] = {}
    for row in rows:
        found.setdefault((row.region, row.channels, row.channel_width_eV, row.offset_eV), []).append(row)
    return list(found.values())


def _write_hints(entry: "h5py.Group", rows: Sequence[SpectrumRow]) -> None:
    """What HyperSpy reads to know that these are SEM-EDS spectra; live and real time are means."""
    hints = group(group(entry, "auxiliary", "NXcollection"), "hyperspy_metadata", "NXcollection")
    text(group(hints, "Signal", "NXcollection"), "signal_type", "EDS_SEM")
    microscope = group(group(hints, "Acquisition_instrument", "NXcollection"), "SEM", "NXcollection")
    if not math.isnan(rows[0].beam_voltage_V):
        numbers(microscope, "beam_energy", rows[0].beam_voltage_V / 1e3)
    detector = group(group(microscope, "Detector", "NXcollection"), "EDS", "NXcollection")
    numbers(detector, "live_time", float(np.mean([row.live_time_s for row in rows])))
    numbers(detector, "real_time", float(np.mean([row.real_time_s for row in rows])))
    if not math.isnan(rows[0].elevation_rad):
        numbers(detector, "elevation_angle", math.degrees(rows[0].elevation_rad))


def _write_points(spectrum: "h5py.Group", rows: Sequence[SpectrumRow], contents: Contents) -> None:
    data = group(spectrum, "stack_0d", "NXdata")
    counts = data.create_dataset("intensity", (len(rows), rows[0].channels), "<u4")
    counts.attrs["long_name"] = f"{rows[0].region} EDS"
    for index, row in enumerate(rows):
        counts[index] = msa_counts((contents.folder / row.file).read_text(encoding="ascii"))
    indices(data, "indices_spectrum", len(rows), "spectrum")
    _write_energy(data, rows[0])
    text(data, "title", f"{rows[0].region} EDS points")
    plot(data, "intensity", ["indices_spectrum", "axis_energy"], "spectrum")
    table = group(spectrum, "spectra", "NXcollection")
    for name, field, units in (
        ("test_time_second", "start_s", "s"),
        ("live_time", "live_time_s", "s"),
        ("real_time", "real_time_s", "s"),
        ("position_x", "position_x", ""),
        ("position_y", "position_y", ""),
        ("voltage_volt", "voltage_at_start_V", "V"),
        ("current_ampere", "current_at_start_A", "A"),
        ("cycle_count", "cycle", ""),
        ("step_count", "step", ""),
        ("dose", "dose_C_per_m2", "C/m^2"),
    ):
        numbers(table, name, [getattr(row, field) for row in rows], units)


def _write_map(spectrum: "h5py.Group", row: SpectrumRow) -> None:
    data = group(spectrum, "spectrum_2d", "NXdata")
    whole = Piece(row.file, "intensity", row.rows, 0, 0, row.rows)
    made = map_array(data, "intensity", (row.rows, row.columns, row.channels), "uint32", [whole])
    made.attrs["long_name"] = f"{row.region} EDS map"
    for name, count, distance_m, label in (
        ("axis_j", row.rows, row.point_distance_y_m, "y"),
        ("axis_i", row.columns, row.point_distance_x_m, "x"),
    ):
        known = not math.isnan(distance_m)
        units = "um" if known else ""
        axis(data, name, count, distance_m * 1e6 if known else 1.0, units, f"{label} / um" if known else label)
    _write_energy(data, row)
    text(data, "title", f"{row.region} EDS map {row.number}")
    plot(data, "intensity", ["axis_j", "axis_i", "axis_energy"], "spectrum")
    for name, dataset in (("live_time", "live_time_s"), ("real_time", "real_time_s")):
        times = Piece(row.file, dataset, row.rows, 0, 0, row.rows)
        map_array(spectrum, name, (row.rows, row.columns), "float64", [times]).attrs["units"] = "s"
    start = numbers(spectrum, "time", row.start_s, "s")
    start.attrs["voltage_volt"] = row.voltage_at_start_V


def _write_energy(data: "h5py.Group", row: SpectrumRow) -> None:
    energies_eV = row.offset_eV + np.arange(row.channels) * row.channel_width_eV
    numbers(data, "axis_energy", energies_eV / 1e3, "keV", "Energy / keV")
