"""What a server writes for its clients: a bench file with the served addresses, and the addresses as JSON."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import JsonValue
from ruamel.yaml import YAML

from operando.drivers.documents import Document

__all__ = ["SIMULATED", "ports_text", "served_bench_text", "write_whole"]

SIMULATED = "sim://"


def served_bench_text(document: Document, served: Callable[[str], str], follows: str | None = None) -> str:
    """The text of a bench file in which every simulated address is replaced by the served one.

    Comments and order stay; entries that were real stay as they are.

    Args:
        document: the bench file, valid.
        served: gives the served address for a simulated one.
        follows: control address of the server, if the potentiostat of the bench is not among what it serves.
    """
    yaml = YAML(typ="rt")
    data = yaml.load(document.text)
    for entry in data["instruments"].values():
        if entry["address"].startswith(SIMULATED):
            entry["address"] = served(entry["address"])
            entry["simulated"] = True
        options = entry.get("options", {})
        for name, value in options.items():
            if isinstance(value, str) and value.startswith(SIMULATED):
                options[name] = served(value)
    if follows is not None:
        data["measured_current_to"] = follows
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def ports_text(bench: Path, control: str, instruments: Mapping[str, Mapping[str, str]]) -> str:
    """The addresses as JSON."""
    ports: dict[str, JsonValue] = {
        "bench": str(bench),
        "control": control,
        "instruments": {name: dict(addresses) for name, addresses in instruments.items()},
    }
    return json.dumps(ports, indent=2) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Write a file such that a reader finds all of it or nothing."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
