"""`ro-crate-metadata.json`: who did what with which instruments, and every file (RO-Crate 1.3)."""

import json
import mimetypes
from collections.abc import Mapping

from pydantic import JsonValue

from operando.protocols.record.contents import Contents
from operando.protocols.record.environment import operando_version

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
    graph = [_descriptor(), _root(contents, files), *_action(contents), *files]
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
    simulated = " in a simulated microscope" if header.simulated else ""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": header.title,
        "identifier": header.run_id,
        "description": f"Record of cell {header.sample.name}, cycled{simulated} by protocol {header.protocol_file}",
        "datePublished": header.wall_text(contents.end_s),
        "license": {"@id": "#licence"},
        "hasPart": [{"@id": file["@id"]} for file in files],
        "mentions": [{"@id": "#run"}],
    }


def _action(contents: Contents) -> list[Entity]:
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
        "@type": "SoftwareApplication",
        "name": "operando",
        "softwareVersion": operando_version(),
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
        {"@id": "#sample", "@type": "Product", "name": header.sample.name, "description": header.sample.notes},
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
