"""Where exports go: beside the record, never into its closed part, and under their name only when they are whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operando.drivers.errors import ConfigMismatch
from operando.protocols.record.checksums import DERIVED
from operando.protocols.record.durable import PART

__all__ = ["place_for", "written_whole"]


def place_for(run: Path, kind: str, asked: Path | None = None) -> Path:
    """The folder for exports of a kind: what was asked for, or one in the part of the run that is not closed.

    Raises:
        ConfigMismatch: if the folder that was asked for is in the record itself.
    """
    place = asked if asked is not None else run / DERIVED / kind
    inside, derived = run.resolve(), (run / DERIVED).resolve()
    if place.resolve().is_relative_to(inside) and not place.resolve().is_relative_to(derived):
        raise ConfigMismatch(
            "exports do not go into the record, which stays as it is",
            where=str(place),
            remedy=f"Name a folder elsewhere, or one in {run / DERIVED}.",
        )
    place.mkdir(parents=True, exist_ok=True)
    return place


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Somewhere to write a file; it gets its name when the block ends well. Otherwise, also at Ctrl-C, it is gone."""
    part = path.with_name(path.name + PART)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
