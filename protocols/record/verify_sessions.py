"""Checks that what was sealed at the end of each session is still as it was, whatever was appended since."""

from operando.protocols.record.control import CONTROL, control_folder, is_control_of_run
from operando.protocols.record.findings import Findings
from operando.protocols.record.sessions import continued_sessions, parked_sessions, part_of

__all__ = ["check_sessions"]

OF_CONTROL = f"{CONTROL}/"


def check_sessions(found: Findings) -> None:
    """Check every seal, and what the files say by which a session was continued.

    The seal of a run has the files of its control cell, too; they are checked with the record that they belong to.
    """
    is_control = is_control_of_run(found.folder)
    run = found.folder.absolute().parent if is_control else found.folder
    checked_apart = not is_control and control_folder(run) is not None
    continued_sessions(run)
    for session in parked_sessions(run):
        for sealed_name, sealed in session.files.items():
            of_control = sealed_name.startswith(OF_CONTROL)
            if (is_control and not of_control) or (checked_apart and of_control):
                continue
            path, name = run / sealed_name, sealed_name.removeprefix(OF_CONTROL) if is_control else sealed_name
            if not path.is_file():
                found.wrong(name, f"is missing; session {session.number} ended with it")
            elif part_of(path, sealed.bytes) != sealed:
                found.wrong(
                    name, f"its first {sealed.bytes} bytes are not those with which session {session.number} ended"
                )
