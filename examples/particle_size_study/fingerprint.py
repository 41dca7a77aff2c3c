"""What the study was made with: a number that changes with the text of its source."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import operando.protocols.analysis
import operando.simulators.world

__all__ = ["STUDY", "WORLD", "fingerprint_of", "fingerprint_of_study", "fingerprint_of_world"]

STUDY = Path(__file__).parent
WORLD = Path(operando.simulators.world.__path__[0])
_ANALYSIS = Path(operando.protocols.analysis.__path__[0])
_SOURCES = (".py", ".yaml", ".csv")


def fingerprint_of(folders: Iterable[Path]) -> str:
    """Of the names and texts of all source and data files in some folders, whatever their line ends."""
    told = sha256()
    for folder in folders:
        for file in sorted(one for one in folder.iterdir() if one.suffix in _SOURCES):
            text = "\n".join(file.read_text(encoding="utf-8").splitlines())
            told.update(f"{folder.name}/{file.name}\0{text}\0".encode())
    return told.hexdigest()[:16]


def fingerprint_of_world() -> str:
    """Of what a record comes from."""
    return fingerprint_of([WORLD])


def fingerprint_of_study() -> str:
    """Of what a conclusion comes from: the simulated world, what measures, and the study itself."""
    return fingerprint_of([WORLD, _ANALYSIS, STUDY])
