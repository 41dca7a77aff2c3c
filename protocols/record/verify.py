"""Recomputes everything in a record and names what is wrong."""

from collections.abc import Callable
from pathlib import Path

from operando.protocols.record.availability import is_closed
from operando.protocols.record.checksums import SUMS, files_of
from operando.protocols.record.control import CONTROL, control_folder, is_control_of_run
from operando.protocols.record.crate import CRATE
from operando.protocols.record.durable import PART, RecordError
from operando.protocols.record.findings import Findings, Verdict
from operando.protocols.record.metadata import METADATA
from operando.protocols.record.reader import read_events, read_header, read_journal
from operando.protocols.record.schema import require_known_schema
from operando.protocols.record.sessions import SESSIONS, is_parked
from operando.protocols.record.truth import TRUTH
from operando.protocols.record.verify_cell import check_samples
from operando.protocols.record.verify_metadata import check_metadata, check_truth
from operando.protocols.record.verify_nexus import check_nexus
from operando.protocols.record.verify_pictures import check_frames, check_spectra
from operando.protocols.record.verify_sessions import check_sessions
from operando.protocols.record.verify_sums import changed_files

__all__ = ["Verdict", "verify_record"]


def verify_record(folder: Path, progress: Callable[[int, int], None] = lambda done, of: None) -> Verdict:
    """Check a record, closed or not: of one that was never closed, everything that was acknowledged.

    Args:
        folder: of the record.
        progress: told how many checks are done, of how many.

    Raises:
        RecordError: if the folder is no record.
    """
    closed = is_closed(folder)
    try:
        header = read_header(folder)
    except (RecordError, OSError, ValueError) as error:
        if not closed:
            raise error if isinstance(error, RecordError) else _unreadable(folder, error) from error
        # the sums need nothing else to tell which file it is
        problems = [f"{name}: {what}" for name, what in changed_files(folder)]
        return Verdict(folder, True, (*problems, f"{folder.name}: cannot be read: {error}"), (), 0, 0, 0)
    found = Findings(folder, header, closed=closed)
    run = folder.absolute().parent if is_control_of_run(folder) else folder
    found.parked = not found.closed and is_parked(run)
    if not found.closed and not found.parked:
        found.note("not closed: the run goes on, or was killed")
    checks: tuple[tuple[str, Callable[[Findings], None]], ...] = (
        (SUMS, _check_sums),
        ("journal.jsonl", _check_journal),
        ("events.jsonl", _check_events),
        ("samples.blocks", check_samples),
        ("frames.csv", check_frames),
        ("spectra.csv", check_spectra),
        ("run.nxs", check_nexus),
        (METADATA, check_metadata),
        (TRUTH, check_truth),
        (SESSIONS, check_sessions),
    )
    for number, (name, check) in enumerate(checks):
        progress(number, len(checks))
        try:
            check(found)
        except (RecordError, OSError, ValueError, KeyError, UnicodeDecodeError) as error:
            found.wrong(name, f"cannot be read: {error}")
    _check_control(found)
    return found.verdict()


def _check_control(found: Findings) -> None:
    """The record of the control cell is checked as a whole record; it is closed before that of its run."""
    folder = control_folder(found.folder)
    if folder is None:
        return
    verdict = verify_record(folder)
    if found.closed and not verdict.closed:
        found.wrong(CONTROL, "is not closed, and the run is")
    for problem in verdict.problems:
        found.wrong(CONTROL, problem)
    for note in verdict.notes:
        found.note(f"{CONTROL}: {note}")


def _unreadable(folder: Path, error: Exception) -> RecordError:
    return RecordError(f"cannot be read: {error}", where=str(folder), remedy="Name the folder of a run.")


def _check_sums(found: Findings) -> None:
    if not found.closed:
        for name in files_of(found.folder):
            if name.endswith(PART):
                found.note(f"{name}: left behind while it was written")
        if any(event["source"] == "record" and event["kind"] == "closed" for event in read_events(found.folder)):
            found.note(
                f"the run had ended: it was killed while its record was closed, or {SUMS} and {CRATE} were removed"
            )
        return
    for name, what in changed_files(found.folder):
        found.wrong(name, what)


def _check_journal(found: Findings) -> None:
    run, *entries = read_journal(found.folder)
    found.schema = require_known_schema(run, "journal.jsonl")
    open_intents: dict[int, str] = {}
    expected = 1
    for entry in entries:
        number = entry["id"]
        if entry["entry"] == "resumed":
            found.resumed += 1
            continue
        if entry["entry"] == "progress":
            continue
        if not isinstance(number, int):
            found.wrong("journal.jsonl", f"an entry has no number: {entry}")
        elif entry["entry"] == "intent":
            if number != expected:
                found.unfinished("journal.jsonl", f"intent {number} follows intent {expected - 1}")
            expected = number + 1
            open_intents[number] = f"{entry['instrument']} {entry['action']}"
        elif open_intents.pop(number, None) is None:
            found.unfinished("journal.jsonl", f"outcome {number} has no open intent")
    for number, what in open_intents.items():
        found.note(f"journal.jsonl: intent {number} ({what}) has no outcome")


def _check_events(found: Findings) -> None:
    read_events(found.folder)
