"""`run.nxs`: the file that people open. NeXus, application definition NXem (v2026.01), with the pictures mapped in.

It is made from the record, under a temporary name, and renamed: it is always whole, and never the only copy of
anything. EDS has entries of its own, because HyperSpy applies its EDS hints to a whole entry.
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from operando.protocols.record.contents import Contents
from operando.protocols.record.describe import SIMULATION_NOTICE, describe
from operando.protocols.record.durable import PART, Disk
from operando.protocols.record.environment import operando_version
from operando.protocols.record.metadata import RunMetadata
from operando.protocols.record.nexus_cell import write_cell, write_impedance
from operando.protocols.record.nexus_eds import write_eds
from operando.protocols.record.nexus_images import write_images
from operando.protocols.record.nexus_sensors import write_sensors
from operando.protocols.record.nexus_tree import NOT_STATED, group, numbers, text, texts
from operando.protocols.record.schema import SCHEMA

if TYPE_CHECKING:
    import h5py

__all__ = ["RUN_FILE", "write_nexus"]

RUN_FILE = "run.nxs"
DEFINITIONS = "v2026.01"
HYPERSPY_HINT = "hyperspy_nexus_v3"


def write_nexus(disk: Disk, contents: Contents) -> None:
    """Make `run.nxs` anew.

    Raises:
        RecordError: if it cannot be replaced; the old one is untouched.
    """
    import h5py

    path = contents.folder / RUN_FILE
    temporary = path.with_name(path.name + PART)
    with h5py.File(temporary, "w") as file:
        file.attrs["NX_class"] = "NXroot"
        file.attrs["default"] = "entry"
        file.attrs["creator"] = f"operando {operando_version()}"
        # makes HyperSpy look for its hints in each entry
        file.attrs["file_writer"] = HYPERSPY_HINT
        file.attrs["operando_schema"] = SCHEMA
        file.attrs["simulation"] = SIMULATION_NOTICE if contents.header.simulated else "no"
        _write_entry(file, contents)
        write_eds(file, contents)
    disk.publish(temporary, path)


def _write_entry(file: "h5py.File", contents: Contents) -> None:
    entry = group(file, "entry", "NXentry")
    _write_head(entry, contents)
    _write_sample(entry, contents)
    _write_protocol(entry, contents)
    if write_cell(entry, contents):
        entry.attrs["default"] = "electrochemistry"
    write_impedance(entry, contents)
    measurement = group(entry, "measurement", "NXem_measurement")
    instrument = _write_instrument(measurement, contents)
    write_sensors(entry, instrument, contents)
    write_images(measurement, instrument, contents)
    _write_events(entry, contents)


def _write_head(entry: "h5py.Group", contents: Contents) -> None:
    header = contents.header
    text(entry, "definition", "NXem").attrs["version"] = DEFINITIONS
    text(entry, "title", f"{header.simulation_mark}{header.title}")
    text(entry, "experiment_alias", header.run_id)
    running = "still running" if contents.outcome is None else contents.outcome
    text(entry, "experiment_description", f"Cell {header.sample.name} in a scanning electron microscope ({running})")
    text(entry, "start_time", header.wall_text(0.0))
    text(entry, "end_time", header.wall_text(contents.end_s))
    program = group(group(entry, "profiling", "NXcs_profiling"), "program1", "NXprogram")
    text(program, "program", "operando").attrs["version"] = operando_version()
    user = group(entry, "userID", "NXuser")
    text(user, "name", header.operator)
    text(user, "affiliation", header.institution)


def _write_sample(entry: "h5py.Group", contents: Contents) -> None:
    header = contents.header
    # NeXus validation takes this literal name only
    sample = group(entry, "sampleID", "NXsample")
    text(sample, "name", f"{header.simulation_mark}{header.sample.name}")
    numbers(sample, "is_simulation", np.bool_(header.simulated))
    text(sample, "physical_form", "bulk")
    # NXem wants a date here; a file about a sample whose date nobody has told is not valid, rather than untrue
    prepared = header.sample.prepared
    text(sample, "preparation_date", f"{prepared}T00:00:00+00:00" if prepared else NOT_STATED)
    text(sample, "atom_types", ", ".join(header.sample.elements) or NOT_STATED)
    text(sample, "description", " ".join(part for part in (header.sample.batch, header.sample.notes) if part))
    known = describe(contents)
    for name, value, units in _sample_numbers(known):
        if value is not None:
            numbers(sample, name, value, units)
    for name, words in (
        ("batch", header.sample.batch),
        ("electrode_preparation", header.sample.electrode_preparation),
        ("assembly", header.sample.assembly),
        ("earthed", known.earthed),
        ("working_electrode", known.working_electrode),
        ("counter_electrode", known.counter_electrode),
    ):
        if words:
            text(sample, name, words)
    texts(sample, "not_given", known.not_given)


def _sample_numbers(known: RunMetadata) -> Iterator[tuple[str, float | None, str]]:
    sample = known.sample
    yield "nominal_capacity", sample.nominal_capacity_C, "C"
    yield "area", sample.area_m2, "m^2"
    yield "area_after_cutting", sample.area_after_cutting_m2, "m^2"
    yield "active_mass", sample.active_mass_kg, "kg"
    yield "stack_pressure_as_mounted", sample.stack_pressure_Pa, "Pa"
    yield "temperature_as_set", sample.temperature_K, "K"
    yield "in_vacuum_before_start", sample.in_vacuum_before_start_s, "s"
    yield "hours_in_vacuum", known.hours_in_vacuum, "h"


def _write_protocol(entry: "h5py.Group", contents: Contents) -> None:
    note = group(entry, "note1", "NXnote")
    text(note, "type", "application/yaml")
    text(note, "file_name", "protocol.yaml")
    text(note, "description", f"Protocol as run, written as {contents.header.protocol_file}")
    text(note, "checksum", hashlib.sha256(contents.header.protocol_text.encode()).hexdigest())
    text(note, "algorithm", "sha256")


def _write_instrument(measurement: "h5py.Group", contents: Contents) -> "h5py.Group":
    header = contents.header
    instrument = group(measurement, "instrument", "NXem_instrument")
    text(instrument, "name", f"{header.microscope_vendor} {header.microscope_model}".strip() or NOT_STATED)
    text(instrument, "type", "sem")
    text(instrument, "location", header.institution)
    fabrication = group(instrument, "fabrication", "NXfabrication")
    text(fabrication, "vendor", header.microscope_vendor or NOT_STATED)
    text(fabrication, "model", header.microscope_model or NOT_STATED)
    serials = [one.serial for one in header.identities if one.vendor == header.microscope_vendor and one.serial]
    if serials:
        text(fabrication, "serial_number", serials[0])
    program = group(instrument, "program1", "NXprogram")
    text(program, "program", "operando").attrs["version"] = operando_version()
    identities = group(instrument, "identities", "NXcollection")
    for field in ("vendor", "model", "serial", "firmware", "address"):
        texts(identities, field, [str(getattr(identity, field)) for identity in header.identities])
    return instrument


def _write_events(entry: "h5py.Group", contents: Contents) -> None:
    if not contents.events:
        return
    log = group(entry, "event_log", "NXtextlog")
    times = numbers(log, "time", [time_s for time_s, _ in contents.events], "s")
    times.attrs["start"] = contents.header.wall_text(0.0)
    texts(log, "value", [message for _, message in contents.events])
