"""Reads secrets where the bench file says that they are, at the moment they are needed."""

from collections.abc import Mapping
from pathlib import Path

from operando.drivers.bench.alerts import SecretEntry
from operando.drivers.errors import ConfigMismatch

__all__ = ["secret"]


def secret(entry: SecretEntry, environment: Mapping[str, str]) -> str:
    """The secret itself.

    Raises:
        ConfigMismatch: if the variable is not set, or the file cannot be read; says which, never what was in it.
    """
    if entry.environment is not None:
        value = environment.get(entry.environment, "")
        where = f"environment variable {entry.environment}"
    else:
        value = _text(entry.file or Path())
        where = f"file {entry.file}"
    if not value.strip():
        raise ConfigMismatch(f"the {where} holds no secret", where="alerts", remedy="Set it where the run is started.")
    return value.strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Check its name and who may read it."
        raise ConfigMismatch(
            f"cannot read the secret: {type(error).__name__}", where=str(path), remedy=remedy
        ) from error
