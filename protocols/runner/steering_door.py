"""Where the runner listens to those who steer it, and the secret that they need: outside the record, for one user only.

The record of a run is copied and published; what opens its runner must not be in it.
"""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

__all__ = ["SteeringDoor", "door_of", "forget_door", "write_door"]


@dataclass(frozen=True, slots=True)
class SteeringDoor:
    """A port on loopback, the secret, and the process behind it."""

    port: int
    secret: str
    process: int


def door_of(folder: Path) -> SteeringDoor | None:
    """The door to the runner of a run; None if there is none, or it belongs to another user."""
    try:
        with _place(folder).open("rb") as file:
            if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            return TypeAdapter(SteeringDoor).validate_json(file.read())
    except (OSError, ValidationError):
        return None


def write_door(folder: Path, door: SteeringDoor) -> None:
    """Tell this user's other processes where the runner listens."""
    path = _place(folder)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(f".{door.process}")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(TypeAdapter(SteeringDoor).dump_json(door))
    new.replace(path)


def forget_door(folder: Path, door: SteeringDoor) -> None:
    """The runner behind a door has gone; the door of another one stays."""
    if door_of(folder) == door:
        _place(folder).unlink(missing_ok=True)


def _place(folder: Path) -> Path:
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:32]
    return _state_folder() / "operando" / "steering" / f"{name}.json"


def _state_folder() -> Path:
    """Where programs of this user keep what nobody else should read."""
    home = Path.home()
    name, default = (
        ("LOCALAPPDATA", home / "AppData" / "Local")
        if sys.platform == "win32"
        else ("XDG_STATE_HOME", home / ".local" / "state")
    )
    return Path(os.environ.get(name) or default)
