"""The folder of a new record, with everything that is known before anything has happened."""

from pathlib import Path

from operando.protocols.record.describe import SIMULATION_NOTICE
from operando.protocols.record.durable import Disk, RecordError
from operando.protocols.record.environment import environment_text
from operando.protocols.record.header import RunHeader, name_for_files

__all__ = ["SIMULATED", "begin_folder"]

SIMULATED = "SIMULATED.txt"
_CELLPY = "cellpy_bdf.yml"


def begin_folder(disk: Disk, folder: Path, header: RunHeader) -> None:
    """Make the folder, and the files that never change.

    Raises:
        RecordError: if something is in the folder, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RecordError(
            "the folder of the record is not empty", where=str(folder), remedy="Name a new folder for each run."
        )
    for place in (folder, folder / "images", folder / "spectra", folder / "eis"):
        disk.make_folder(place)
    if header.simulated:
        disk.write_whole(folder / SIMULATED, f"{SIMULATION_NOTICE}\n".encode())
    disk.write_whole(folder / "protocol.yaml", header.protocol_text.encode())
    disk.write_whole(folder / "bench.yaml", header.bench_text.encode())
    disk.write_whole(folder / "environment.txt", environment_text().encode())
    disk.write_whole(folder / _CELLPY, Path(__file__).with_name(_CELLPY).read_bytes())
    if header.attachments:
        disk.make_folder(folder / "attachments")
    for name, text in header.attachments.items():
        disk.write_whole(folder / "attachments" / name_for_files(name), text.encode())
