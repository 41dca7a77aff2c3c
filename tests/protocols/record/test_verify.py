"""What is wrong with a record is found and named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.made_up_run import run_header, sample_block

from operando.protocols.record import RecordError, RunRecord, Verdict, read_frames, read_spectra, verify_record
from operando.protocols.record.checksums import SUMS, sums_of, write_sums
from operando.protocols.record.crate import CRATE
from operando.protocols.record.durable import Disk

STEM = "Test-Institute__LPSCl-coarse-03__20261122"
CSV = f"{STEM}_001.bdf.csv"


def change_byte(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0xFF
    path.write_bytes(data)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def change_pixel(run: Path) -> None:
    row = read_frames(run)[3]
    change_byte(run / row.file, row.offset + 5)


def claim_voltage(run: Path) -> None:
    row = read_frames(run)[0]
    replace(run / "frames.csv", repr(row.voltage_at_start_V), repr(row.voltage_at_start_V + 0.1))


def drop_block(run: Path) -> None:
    data = (run / "samples.blocks").read_bytes()
    size = 32 + 10 * 64
    (run / "samples.blocks").write_bytes(data[: 3 * size] + data[4 * size :])


def drop_row(run: Path) -> None:
    lines = (run / CSV).read_text().splitlines(keepends=True)
    (run / CSV).write_text("".join(lines[:100] + lines[101:]))


def cut_map(run: Path) -> None:
    row = read_spectra(run)[-1]
    (run / row.file).write_bytes((run / row.file).read_bytes()[:-1])


def drop_intent(run: Path) -> None:
    lines = (run / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (run / "journal.jsonl").write_bytes(lines[0] + lines[2])


SABOTAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "pixel changed": (change_pixel, "images/anode_BSE_0000.h5: frame 4 (index 1): the pixels have another checksum"),
    "voltage of a frame": (claim_voltage, "frame 1 (index 0): the voltage at its start, 3.75 V, is not among"),
    "segment missing": (lambda run: (run / "images/anode_SE_0000.h5").unlink(), "frame 1 (index 0): the file is"),
    "row of a frame missing": (
        lambda run: replace(run / "frames.csv", "\n3,images", "\n4,images"),
        "stands where frame 3 should",
    ),
    "frame at the place of another": (
        lambda run: replace(run / "frames.csv", "\n3,images/anode_SE_0000.h5,1,", "\n3,images/anode_SE_0000.h5,0,"),
        "another frame is at the same place",
    ),
    "sample changed": (lambda run: change_byte(run / "samples.blocks", 2000), "672 bytes at 1344 are no block"),
    "block missing": (drop_block, "samples.blocks: samples 30 to 39 are missing"),
    "row of the CSV changed": (lambda run: replace(run / CSV, "\n100.000000,3.56", "\n100.000000,3.57"), "line 102"),
    "row of the CSV missing": (drop_row, f"{CSV}: has 599 rows where the log makes 600"),
    "ambient value made up": (lambda run: replace(run / CSV, "101330", "101930"), "no sensor gave: 101930"),
    "spectrum changed": (
        lambda run: replace(run / "spectra/eds_000002.msa", "\n5.\n", "\n6.\n"),
        "eds_000002.msa: spectrum 2: the file has another checksum",
    ),
    "map cut": (cut_map, "map_0005.h5: spectrum 5: the file has another checksum"),
    "journal changed": (
        lambda run: replace(run / "journal.jsonl", "start step", "start stop"),
        "journal.jsonl:2: the checksum of the line is wrong",
    ),
    "intent missing": (drop_intent, "outcome 1 has no open intent"),
    "event broken": (lambda run: replace(run / "events.jsonl", '{"test', '"test'), "events.jsonl:1: the line is no"),
    "metadata of another run": (
        lambda run: replace(run / "metadata.json", '"frames": 14,\n  "spectra"', '"frames": 15,\n  "spectra"'),
        "metadata.json: has 600 samples, 15 frames, 5 spectra",
    ),
    "simulation passed off as a measurement": (
        lambda run: replace(run / "metadata.json", '"simulation": true', '"simulation": false'),
        "metadata.json: says otherwise than the journal whether this is a simulation",
    ),
    "truth of another frame": (
        lambda run: replace(run / "truth.csv", "frame,3,start", "frame,33,start"),
        "truth.csv: speaks of frame 33, which was not acknowledged",
    ),
    "truth of another time": (
        lambda run: replace(run / "truth.csv", "frame,3,start,130.0", "frame,3,start,131.0"),
        "truth.csv: the start of frame 3 is not at 131.0 s",
    ),
    "run file missing": (lambda run: (run / "run.nxs").unlink(), "run.nxs: was not made yet"),
}


@pytest.mark.parametrize("resealed", [False, True], ids=["sums kept", "sums made anew"])
@pytest.mark.parametrize(("sabotage", "message"), SABOTAGE.values(), ids=SABOTAGE.keys())
def test_each_fault_is_named(run: Path, sabotage: Callable[[Path], None], message: str, resealed: bool) -> None:
    """Also by somebody who makes new sums: each thing is checked against the others."""
    assert verify_record(run).ok
    sabotage(run)
    if resealed:
        write_sums(Disk(), run, sums_of(run))
    verdict = verify_record(run)
    assert not verdict.ok
    assert message in str(verdict)
    assert any("SHA-256" in problem or "missing" in problem for problem in verdict.problems) or resealed


def test_files_that_came_later_are_named_but_for_derived(run: Path) -> None:
    (run / "derived").mkdir()
    (run / "derived" / "report.html").write_text("a report")
    assert verify_record(run).ok
    (run / "images" / "mine.h5").write_text("")
    assert verify_record(run).problems == (f"images/mine.h5: is not in {SUMS}: it came after the run was closed",)


def test_a_good_record_says_so(run: Path) -> None:
    verdict = verify_record(run)
    assert verdict == Verdict(run, True, (), (), 600, 14, 5)
    assert str(verdict) == "run: closed, 600 samples, 14 frames, 5 spectra: nothing is wrong"


def test_a_record_that_was_not_closed_is_checked_all_the_same(run: Path) -> None:
    (run / SUMS).unlink()
    (run / CRATE).unlink()
    verdict = verify_record(run)
    assert (verdict.closed, verdict.ok, verdict.frames) == (False, True, 14)
    assert verdict.notes == (
        "not closed: the run goes on, or was killed",
        f"the run had ended: it was killed while its record was closed, or {SUMS} and {CRATE} were removed",
    )
    change_pixel(run)
    assert not verify_record(run).ok


def test_an_intent_without_outcome_is_noted(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(sample_block(0, 3))
    record.intent(2.0, "sem", "switch high voltage on", True)
    record.close("failed")
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok
    assert verdict.notes == ("journal.jsonl: intent 1 (sem switch high voltage on) has no outcome",)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"there is no journal\.jsonl"):
        verify_record(tmp_path)
