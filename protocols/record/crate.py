"""`ro-crate-metadata.json`: who did what with which instruments, and every file (RO-Crate 1.3)."""

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import asdict

from pydantic import JsonValue

from operando.protocols.record.contents import Contents
from operando.protocols.record.describe import SIMULATION_NOTICE, describe
from operando.protocols.record.environment import operando_version
from operando.protocols.record.header import name_for_files
from operando.protocols.record.metadata import RunMetadata

__all__ = ["CRATE", "crate_text"]

CRATE = "ro-crate-metadata.json"
COMPLETED = "completed"
"""The outcome of a run that went as its protocol says."""
_TYPES = {
    ".blocks": "application/octet-stream",
    ".h5": "application/x-hdf5",
    ".nxs": "application/x-hdf5",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
    ".msa": "text/plain",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
}
Entity = dict[str, JsonValue]


def crate_text(contents: Contents, sums: Mapping[str, str]) -> str:
    """The crate of a record whose other files are all written, with their sums."""
    files = [_file(contents, name, digest) for name, digest in sums.items()]
    properties = _properties(describe(contents))
    graph = [_descriptor(), _root(contents, files), *_action(contents, properties), *properties, *files]
    crate = {"@context": "https://w3id.org/ro/crate/1.3/context", "@graph": graph}
    return json.dumps(crate, indent=2, ensure_ascii=False) + "\n"


def _descriptor() -> Entity:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.3"},
    }


def _root(contents: Contents, files: list[Entity]) -> Entity:
    header = contents.header
    simulated = f"{SIMULATION_NOTICE} " if header.simulated else ""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{header.simulation_mark}{header.title}",
        "identifier": header.run_id,
        "description": f"{simulated}Record of cell {header.sample.name}, cycled by protocol {header.protocol_file}",
        "datePublished": header.wall_text(contents.end_s),
        "license": {"@id": "#licence"},
        "hasPart": [{"@id": file["@id"]} for file in files],
        "mentions": [{"@id": "#run"}],
        "keywords": "simulation" if header.simulated else "measurement",
    }


def _properties(known: RunMetadata) -> list[Entity]:
    """What `metadata.json` says about sample and conditions, for those who read the crate only."""
    values: list[tuple[str, JsonValue]] = [
        ("simulation", known.simulation),
        ("earthed", known.earthed),
        ("hours_in_vacuum", known.hours_in_vacuum),
        ("time_zone", known.time_zone),
        ("control_regions", ", ".join(known.control_regions)),
        ("not_given", ", ".join(known.not_given)),
    ]
    values += [(f"sample.{name}", _flat(value)) for name, value in asdict(known.sample).items()]
    values += [
        (f"{name}.median", found.median)
        for name, found in (
            ("temperature_K", known.temperature_K),
            ("chamber_pressure_Pa", known.chamber_pressure_Pa),
            ("box_pressure_Pa", known.box_pressure_Pa),
            ("stack_pressure_Pa", known.stack_pressure_Pa),
        )
        if found is not None
    ]
    values += [(f"dose.{region.name}_C_per_m2", region.dose_C_per_m2) for region in known.regions]
    values += [(f"calibration.{one.of}", f"{one.value} ({one.by}, {one.on})") for one in known.calibrations]
    return [
        {"@id": f"#{name_for_files(name)}", "@type": "PropertyValue", "name": name, "value": value}
        for name, value in values
        if value not in (None, "")
    ]


def _flat(value: object) -> JsonValue:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return value if isinstance(value, str | int | float) else None


def _action(contents: Contents, properties: list[Entity]) -> list[Entity]:
    header = contents.header
    instruments: list[Entity] = [
        {
            "@id": f"#instrument{number}",
            "@type": "IndividualProduct",
            "name": identity.model,
            "manufacturer": identity.vendor,
            "serialNumber": identity.serial,
            "version": identity.firmware,
        }
        for number, identity in enumerate(header.identities, 1)
    ]
    software: Entity = {
        "@id": "#operando",
        # SoftwareApplication would need a page in the web, which this package does not name
        "@type": "CreativeWork",
        "name": "operando",
        "version": operando_version(),
    }
    done = contents.outcome == COMPLETED
    action: Entity = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": header.title,
        "agent": {"@id": "#operator"},
        "instrument": [{"@id": entity["@id"]} for entity in [*instruments, software]],
        "object": [{"@id": "protocol.yaml"}, {"@id": "bench.yaml"}, {"@id": "#sample"}],
        "result": {"@id": "./"},
        "startTime": header.wall_text(0.0),
        "endTime": header.wall_text(contents.end_s),
        "actionStatus": {"@id": f"http://schema.org/{'Completed' if done else 'Failed'}ActionStatus"},
        "description": contents.outcome or "",
    }
    operator: Entity = {
        "@id": "#operator",
        "@type": "Person",
        "name": header.operator,
        "affiliation": {"@id": "#institution"},
    }
    return [
        action,
        operator,
        {"@id": "#institution", "@type": "Organization", "name": header.institution},
        {
            "@id": "#sample",
            "@type": "Product",
            "name": header.sample.name,
            "description": header.sample.notes,
            "additionalProperty": [{"@id": entity["@id"]} for entity in properties],
        },
        {"@id": "#licence", "@type": "CreativeWork", "name": f"To be stated by {header.institution}"},
        *instruments,
        software,
    ]


def _file(contents: Contents, name: str, sha256: str) -> Entity:
    path = contents.folder / name
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "contentSize": str(path.stat().st_size),
        "encodingFormat": media_type,
        "sha256": sha256,
    }
