"""Checks that what was sealed at the end of each session is still as it was, whatever was appended since."""

from operando.protocols.record.findings import Findings
from operando.protocols.record.sessions import continued_sessions, parked_sessions, part_of

__all__ = ["check_sessions"]


def check_sessions(found: Findings) -> None:
    """Check every seal, and what the files say by which a session was continued."""
    continued_sessions(found.folder)
    for session in parked_sessions(found.folder):
        for name, sealed in session.files.items():
            path = found.folder / name
            if not path.is_file():
                found.wrong(name, f"is missing; session {session.number} ended with it")
            elif part_of(path, sealed.bytes) != sealed:
                found.wrong(
                    name, f"its first {sealed.bytes} bytes are not those with which session {session.number} ended"
                )
