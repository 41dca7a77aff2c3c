"""What is kept between looks is read once, and again when a look finds it changed."""

from pathlib import Path

import pytest
from support.made_up_run import MadeUpTruth, frame_state, picture, run_header, sample_block

from operando.protocols import open_run
from operando.protocols.reading.kept import Kept
from operando.protocols.record import METADATA, RecordError, RunRecord


def test_a_value_is_read_when_asked_for_and_when_its_files_have_changed(tmp_path: Path) -> None:
    file, reads = tmp_path / "value", []

    def read() -> str:
        reads.append(1)
        return file.read_text() if file.is_file() else ""

    kept = Kept(lambda: [file], read)
    assert not kept.refresh()
    assert reads == []
    assert (kept.ask(), kept.ask(), len(reads)) == ("", "", 1)
    file.write_text("first")
    assert kept.ask() == ""
    assert kept.refresh()
    assert (kept.ask(), kept.refresh(), len(reads)) == ("first", False, 2)


def test_truth_and_metadata_follow_the_run_look_by_look(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(), truth=MadeUpTruth())
    run = open_run(tmp_path / "run")
    assert (list(run.truth), run.metadata) == ([], None)
    record.samples(sample_block(0, 60))
    record.image(picture(1, start_s=10.0), frame_state())
    record.step_ended()
    assert list(run.truth) == []
    assert run.refresh()
    assert (run.truth[0].moment, run.truth[0].time_s) == ("start", 10.0)
    assert run.truth[0].values == MadeUpTruth().at(10.0)
    assert run.metadata is not None
    assert run.metadata is run.metadata
    record.close("completed")
    assert run.metadata.outcome == ""
    run.refresh()
    assert run.metadata.outcome == "completed"


STREAMS = ("frames.csv", "spectra.csv", "sensors.csv", "events.jsonl", "samples.blocks")
DOCUMENTS = ("protocol.yaml", "bench.yaml")


@pytest.mark.parametrize("name", [*STREAMS, *DOCUMENTS])
def test_a_file_that_was_taken_away_is_not_taken_for_nothing_recorded(tmp_path: Path, name: str) -> None:
    RunRecord.create(tmp_path / "run", run_header()).close("completed")
    (tmp_path / "run" / name).unlink()
    with pytest.raises(RecordError, match=f"there is no {name}: somebody has taken it away"):
        run = open_run(tmp_path / "run")
        _ = run.frames, run.spectra, run.sensors, run.events, run.samples


def test_of_a_run_that_was_just_begun_there_is_no_metadata(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    assert not (tmp_path / "run" / METADATA).exists()
    assert open_run(tmp_path / "run").metadata is None
    record.release()
