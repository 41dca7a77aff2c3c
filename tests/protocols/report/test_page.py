"""The page: self-contained, true about the state of the run, and never at the cost of the record."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Protocol

import pytest

from operando.drivers.errors import ConfigMismatch
from operando.protocols.record import RecordError, verify_record
from operando.protocols.record.checksums import files_of
from operando.protocols.report import Report, write_report
from operando.protocols.report.sections import SECTIONS

Write = Callable[..., Path]


class Reported(Protocol):
    """What the fixture of this name gives."""

    @property
    def folder(self) -> Path: ...
    @property
    def report(self) -> Report: ...
    @property
    def before(self) -> dict[str, bytes]: ...


class Addresses(HTMLParser):
    """Collects everything that a browser would fetch or follow, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.followed: list[str] = []
        self.ids: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster") or (tag == "link" and name == "href"):
                self.fetched.append(value or "")
            elif name == "href":
                self.followed.append(value or "")
            elif name == "id":
                self.ids.add(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(page: Path) -> Addresses:
    found = Addresses()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        name: (folder / name).read_bytes() for name in [*files_of(folder), "SHA256SUMS"] if (folder / name).is_file()
    }


def test_the_page_needs_nothing_from_elsewhere(reported: Reported) -> None:
    page, file = parsed(reported.report.page), reported.report.page
    assert all(address.startswith("data:") for address in page.fetched)
    assert not re.search(r"@import|url\((?!['\"]?data:)|<script", file.read_text(encoding="utf-8"))
    for address in page.followed:
        if address.startswith("#"):
            assert address[1:] in page.ids
        else:
            assert (file.parent / address).is_file()


def test_every_figure_lies_beside_the_page_as_pixels_and_as_vectors(reported: Reported) -> None:
    report = reported.report
    assert {"cell", "capacity", "impedance", "spectra", "surroundings", "dose", "latencies"} <= set(report.figures)
    for name in report.figures:
        beside = report.page.parent / "figures"
        assert (beside / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert b"<svg" in (beside / f"{name}.svg").read_bytes()
        assert (beside / f"{name}.pdf").read_bytes().startswith(b"%PDF")


def test_a_report_never_changes_the_record(reported: Reported) -> None:
    assert bytes_of(reported.folder) == reported.before
    assert verify_record(reported.folder).ok


def test_the_page_stays_small(reported: Reported) -> None:
    assert reported.report.bytes == reported.report.page.stat().st_size < 3_000_000


def test_what_went_wrong_is_told(reported: Reported) -> None:
    text = parsed(reported.report.page).text
    assert "the dose budget of anode is spent" in text
    assert "Completed: every action of the protocol was carried out" in text
    assert "no real cell" in text


def test_equal_records_have_equal_reports(reported: Reported, tmp_path: Path) -> None:
    one, other = reported.report, write_report(reported.folder, tmp_path)
    assert one.page.read_bytes() == other.page.read_bytes()
    for name in one.figures:
        for kind in ("png", "svg", "pdf"):
            file = f"figures/{name}.{kind}"
            assert (one.page.parent / file).read_bytes() == (other.page.parent / file).read_bytes(), file


def test_a_real_run_is_not_called_a_simulation(write: Write) -> None:
    assert "Simulation" not in parsed(write_report(write("real", simulated=False)).page).text


def test_a_killed_run_is_reported_and_said_to_be_killed(write: Write) -> None:
    folder = write(close=False)
    before = bytes_of(folder)
    text = parsed(write_report(folder).page).text
    assert "Not finished" in text
    assert "killed" in text
    assert bytes_of(folder) == before


def test_half_a_line_at_the_end_is_not_there_yet(write: Write) -> None:
    folder = write(close=False)
    for name in ("frames.csv", "events.jsonl", "sensors.csv"):
        with (folder / name).open("ab") as file:
            file.write(b'15,"half')
    assert write_report(folder).bytes > 0


def test_pictures_that_were_cut_off_do_not_spoil_the_rest(write: Write) -> None:
    folder = write(close=False)
    for path in folder.glob("images/*_SE_*.h5"):
        path.write_bytes(path.read_bytes()[:4096])
    assert "none of them can be read" in parsed(write_report(folder).page).text


def test_texts_of_the_record_are_shown_as_texts(write: Write) -> None:
    folder = write(sample="<script>alert(1)</script>")
    assert "<script" not in write_report(folder).page.read_text(encoding="utf-8")


def test_an_unreadable_protocol_is_told_and_the_rest_is_shown(write: Write) -> None:
    folder = write(close=False)
    (folder / "protocol.yaml").write_text("operando: 99\n", encoding="utf-8")
    text = parsed(write_report(folder).page).text
    assert "this version cannot read the protocol" in text


def test_the_report_does_not_go_among_the_files_of_the_record(run: Path) -> None:
    with pytest.raises(ConfigMismatch, match="never change"):
        write_report(run, run / "images")
    assert verify_record(run).ok


def test_a_folder_that_is_no_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        write_report(tmp_path)


def test_progress_is_told_to_the_end(run: Path) -> None:
    told: list[tuple[int, int]] = []
    write_report(run, progress=lambda done, of: told.append((done, of)))
    assert told == [(number, len(SECTIONS)) for number in range(1, len(SECTIONS) + 1)]
