"""Checks every byte of a closed record against its sums, and the sums against the crate, which has them too."""

import json
from collections.abc import Iterator
from pathlib import Path

from operando.protocols.record.checksums import SUMS, file_sha256, files_of, read_sums
from operando.protocols.record.crate import CRATE

__all__ = ["changed_files"]


def changed_files(folder: Path) -> Iterator[tuple[str, str]]:
    """The files of a closed record that are not as they were at the close, each with what is wrong.

    A sum that differs may have been changed itself: the crate, which has the sums too, bears witness, and stands in
    for them if they are gone.
    """
    witness = _sums_in_crate(folder)
    try:
        sums, source = read_sums(folder), SUMS
    except FileNotFoundError:
        yield SUMS, f"is missing; the record was closed, as {CRATE} shows"
        # nothing has the sum of the crate itself then
        sums, source = {**witness, CRATE: file_sha256(folder / CRATE)}, CRATE
    except (OSError, ValueError) as error:
        yield SUMS, f"cannot be read: {error}"
        return
    present = files_of(folder)
    for name in sorted(sums.keys() - set(present)):
        yield name, f"is missing; it is in {source}"
    for name in present:
        if name not in sums:
            yield name, f"is not in {source}: it came after the run was closed"
        elif (found := file_sha256(folder / name)) != sums[name]:
            if source == SUMS and witness.get(name) == found:
                yield SUMS, f"its sum of {name} was changed afterwards: {CRATE} confirms the file"
            else:
                yield name, f"its SHA-256 is not the one in {source}: it was changed after the close"


def _sums_in_crate(folder: Path) -> dict[str, str]:
    try:
        graph = json.loads((folder / CRATE).read_bytes())["@graph"]
        return {entity["@id"]: entity["sha256"] for entity in graph if entity.get("@type") == "File"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
