"""Recomputes everything in a record and names what is wrong."""

from collections.abc import Callable
from pathlib import Path

from operando.protocols.record.checksums import SUMS, file_sha256, files_of, read_sums
from operando.protocols.record.durable import PART, RecordError
from operando.protocols.record.findings import Findings, Verdict
from operando.protocols.record.reader import read_events, read_header, read_journal
from operando.protocols.record.verify_cell import check_samples
from operando.protocols.record.verify_nexus import check_nexus
from operando.protocols.record.verify_pictures import check_frames, check_spectra

__all__ = ["Verdict", "verify_record"]


def verify_record(folder: Path) -> Verdict:
    """Check a record, closed or not: of one that was never closed, everything that was acknowledged.

    Raises:
        RecordError: if the folder is no record.
    """
    header = read_header(folder)
    found = Findings(folder, header, closed=(folder / SUMS).is_file())
    if not found.closed:
        found.note("not closed: the run goes on, or was killed")
    checks: tuple[tuple[str, Callable[[Findings], None]], ...] = (
        (SUMS, _check_sums),
        ("journal.jsonl", _check_journal),
        ("events.jsonl", _check_events),
        ("samples.blocks", check_samples),
        ("frames.csv", check_frames),
        ("spectra.csv", check_spectra),
        ("run.nxs", check_nexus),
    )
    for name, check in checks:
        try:
            check(found)
        except (RecordError, OSError, ValueError, KeyError, UnicodeDecodeError) as error:
            found.wrong(name, f"cannot be read: {error}")
    return found.verdict()


def _check_sums(found: Findings) -> None:
    if not found.closed:
        for name in files_of(found.folder):
            if name.endswith(PART):
                found.note(f"{name}: left behind while it was written")
        return
    sums, present = read_sums(found.folder), files_of(found.folder)
    for name in sorted(sums.keys() - set(present)):
        found.wrong(name, "is missing")
    for name in present:
        if name not in sums:
            found.wrong(name, f"is not in {SUMS}: it came after the run was closed")
        elif file_sha256(found.folder / name) != sums[name]:
            found.wrong(name, "its SHA-256 is not the one at the close: it was changed afterwards")


def _check_journal(found: Findings) -> None:
    open_intents: dict[int, str] = {}
    expected = 1
    for entry in read_journal(found.folder)[1:]:
        number = entry["id"]
        if entry["entry"] == "resumed":
            found.resumed += 1
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
