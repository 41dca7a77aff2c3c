"""`run.nxs`: the file that people open. NeXus, application definition NXem (v2026.01), with the pictures mapped in.

It is made from the record, under a temporary name, and renamed: it is always whole, and never the only copy of
anything. EDS has entries of its own, because HyperSpy applies its EDS hints to a whole entry.
"""

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from operando.protocols.record.contents import Contents
from operando.protocols.record.durable import PART, Disk
from operando.protocols.record.environment import operando_version
from operando.protocols.record.nexus_cell import write_cell, write_impedance, write_sensors
from operando.protocols.record.nexus_eds import write_eds
from operando.protocols.record.nexus_images import write_images
from operando.protocols.record.nexus_tree import NOT_STATED, group, numbers, text, texts

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
    text(entry, "title", header.title)
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
    text(sample, "name", header.sample.name)
    numbers(sample, "is_simulation", np.bool_(header.simulated))
    text(sample, "physical_form", "bulk")
    text(sample, "preparation_date", header.sample_prepared or NOT_STATED)
    text(sample, "atom_types", header.atom_types or NOT_STATED)
    text(sample, "description", " ".join(part for part in (header.sample.batch, header.sample.notes) if part))
    if header.sample.nominal_capacity_C is not None:
        numbers(sample, "nominal_capacity", header.sample.nominal_capacity_C, "C")
    if header.sample.area_m2 is not None:
        numbers(sample, "area", header.sample.area_m2, "m^2")


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
