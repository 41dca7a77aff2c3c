"""The log on board: each step writes its packages to a file of the instrument, too, for when nobody listened.

A script goes on when its client is gone, and what it then says is lost (sheet 1.7, 9). The file is fetched once the
step has ended, because an instrument that runs a script answers no `fs_` command.
"""

import re

from operando.drivers.potentiostats.sampling import DENSER
from operando.drivers.potentiostats.step_on_wire import number_on_wire
from operando.drivers.roles import Step

__all__ = ["has_room", "log_in", "logged"]

STEM = "operando"
LOG_FILES = re.compile(
    rb"(?:^|[^A-Za-z0-9_])((?:[A-Za-z0-9_.-]*/)*" + STEM.encode() + rb"_(\d+)_\d+\.txt)(?:$|[^A-Za-z0-9_])"
)
"""A file of ours in a line of a listing, whatever else it says: its path, and the number of its step on the wire."""

NEW_NUMBERED_FILE = 2
CLIENT_AND_FILE = 3
LARGEST_FILE_BYTES = 200e6
"""Of some 520 MB on board; one file is kept at a time."""
BYTES_PER_SAMPLE = 100


def has_room(step: Step) -> bool:
    """Whether what a step writes fits on board in any case."""
    samples_per_s = (1 if step.recording.or_voltage_change_V is None else DENSER) / step.recording.every_s
    return step.guard.maximum_duration_s * samples_per_s * BYTES_PER_SAMPLE <= LARGEST_FILE_BYTES


def logged(script: str, step: Step) -> str:
    """The upload of a step that writes a file, too.

    Args:
        script: the upload, from `e` to the empty line.
        step: what it carries out.
    """
    first, rest = script.split("\n", 1)
    opened = f'file_open "{STEM}_{number_on_wire(step)}_&i.txt" {NEW_NUMBERED_FILE}'
    return "\n".join([first, opened, f"set_script_output {CLIENT_AND_FILE}", rest[:-1] + "file_close\n\n"])


def log_in(line: bytes) -> tuple[str, int] | None:
    """The file of ours in a line of a listing, and the number of its step on the wire; None if the line names none."""
    found = LOG_FILES.search(line)
    return None if found is None else (found[1].decode("ascii"), int(found[2]))
