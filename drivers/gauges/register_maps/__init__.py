"""Register maps of Modbus devices, one file each; `load_register_map` finds them by name, or a file of your own."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from operando.drivers.documents import parse_document, read_document
from operando.drivers.errors import ConfigMismatch
from operando.drivers.gauges.register_map import RegisterMap
from operando.drivers.nearest import unknown_word

__all__ = ["load_register_map", "shipped_maps"]

SUFFIX = ".yaml"


def shipped_maps() -> tuple[str, ...]:
    """The names of the maps that come with operando."""
    found = (entry.name for entry in files(__name__).iterdir() if entry.name.endswith(SUFFIX))
    return tuple(sorted(name.removesuffix(SUFFIX) for name in found))


def load_register_map(name: str, where: str = "") -> RegisterMap:
    """A map by its name, or by the path of a file (with a slash, or ending in `.yaml`).

    Args:
        name: as the bench file says it. A relative path is one from where operando runs.
        where: the instrument, for errors.

    Raises:
        ConfigMismatch: if there is no map of that name.
        DocumentError: if it cannot be used, with file, line and the nearest valid key.
    """
    if "/" in name or "\\" in name or name.endswith((SUFFIX, ".yml")):
        return read_document(Path(name)).validate(RegisterMap)
    if name not in shipped_maps():
        raise ConfigMismatch(
            unknown_word("register map", name, list(shipped_maps())),
            where=where,
            remedy="Name one of these, or write the path of a map of your own.",
        )
    return _shipped_map(name)


@cache
def _shipped_map(name: str) -> RegisterMap:
    """Parsed once: a shipped map does not change, and nobody can change what was read of it."""
    text = files(__name__).joinpath(name + SUFFIX).read_text(encoding="utf-8")
    return parse_document(text, name + SUFFIX).validate(RegisterMap)
