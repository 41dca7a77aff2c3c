"""Exports leave the record alone and leave nothing half behind."""

import sys
from pathlib import Path

import pytest

from operando.drivers.errors import ConfigMismatch
from operando.protocols import open_run
from operando.protocols.export import FORMATS, Selection, export_run
from operando.protocols.reading import MissingPackage, NotInRun, Run
from operando.protocols.record import verify_record


class Interrupting:
    """Somebody who presses Ctrl-C when so many pieces are done."""

    def __init__(self, pieces: int) -> None:
        self._left = pieces
        self.files = 0

    def begin(self, what: str, total: int) -> None:
        self.files += 1

    def advance(self, pieces: int = 1) -> None:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt


def test_the_closed_part_stays_as_it_is(tmp_path: Path) -> None:
    from support.recorded_run import record_run

    folder = tmp_path / "run"
    record_run(folder)
    for kind in FORMATS:
        written = export_run(open_run(folder), kind)
        assert written
        assert {path.parent for path in written} == {folder / "derived" / kind}
    verdict = verify_record(folder)
    assert (verdict.closed, verdict.problems) == (True, ())


@pytest.mark.parametrize("place", ["", "images", "derived/../spectra"], ids=["folder", "images", "around"])
def test_nothing_is_written_into_the_record(run: Run, place: str) -> None:
    with pytest.raises(ConfigMismatch, match="do not go into the record"):
        export_run(run, "csv", out=run.folder / place)


@pytest.mark.parametrize("kind", list(FORMATS))
def test_an_interrupted_export_leaves_no_half_file(run: Run, tmp_path: Path, kind: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        export_run(run, kind, Selection(region="cathode"), tmp_path, Interrupting(0))
    whole = sorted(path.name for path in tmp_path.iterdir())
    assert not any(name.endswith(".part") for name in whole)
    # what is there was whole before the interruption
    assert len(whole) <= 1
    if kind in ("ome-tiff", "mp4", "mpt", "csv"):
        assert whole == []


def test_a_file_of_before_stays_when_its_successor_fails(run: Run, tmp_path: Path) -> None:
    (written, *_) = export_run(run, "csv", out=tmp_path)
    before = written.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        export_run(run, "csv", out=tmp_path, progress=Interrupting(0))
    assert written.read_bytes() == before


def test_an_unknown_format(run: Run, tmp_path: Path) -> None:
    with pytest.raises(NotInRun, match=r"there is no format 'omt-tif'\. Did you mean 'ome-tiff'\?"):
        export_run(run, "omt-tif", out=tmp_path)


@pytest.mark.parametrize(
    ("kind", "package", "extra"),
    [("parquet", "pyarrow", "parquet"), ("ome-tiff", "tifffile", "tiff"), ("mp4", "av", "movie")],
)
def test_a_missing_package(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackage, match=rf"needs the package {package}.*operando\[{extra}\]"):
        export_run(run, kind, out=tmp_path)
