"""The bench file of a recording: the same bench, its instruments replayed."""

import io
from pathlib import Path

from ruamel.yaml import YAML

from operando.drivers.documents import Document
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links.address import Address
from operando.drivers.links.recording_file import read_takes

__all__ = ["replayed_bench_text", "write_replayed_bench"]

REPLAY = "replay"


def write_replayed_bench(document: Document, recording: Path) -> Path:
    """Write the bench file of a recording beside it (`wires.jsonl`: `wires.bench.yaml`)."""
    path = recording.with_suffix(".bench.yaml")
    path.write_text(replayed_bench_text(document, recording.resolve()), encoding="utf-8")
    return path


def replayed_bench_text(document: Document, recording: Path) -> str:
    """The text of a bench file in which every address that was recorded leads into the recording.

    Comments and order stay.

    Args:
        document: the bench file that was recorded, valid.
        recording: made by `WireRecorder`.

    Raises:
        ConfigMismatch: if the file is no recording.
    """
    places = {(take.address.place, take.address.port) for take in read_takes(recording)}
    yaml = YAML(typ="rt")
    data = yaml.load(document.text)
    for entry in data["instruments"].values():
        entry["address"] = _replayed(entry["address"], places, recording)
        options = entry.get("options", {})
        for name, value in options.items():
            options[name] = _replayed(value, places, recording)
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def _replayed(value: object, places: set[tuple[str, int | None]], recording: Path) -> object:
    """An address that was recorded, as one of the recording; everything else as it is."""
    try:
        address = Address.parse(value) if isinstance(value, str) else None
    except ConfigMismatch:
        return value
    if address is None or (address.place, address.port) not in places:
        return value
    options = (*address.options, ("wires", str(recording)))
    return str(Address(REPLAY, address.place, address.port, options))
