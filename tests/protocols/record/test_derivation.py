"""What is made from the log: as often as it is worth it, in pieces, and with the readings of the sensors beside it."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from pytest_mock import MockerFixture
from support.made_up_run import frame_state, picture, run_header, sample_block

from operando.drivers.roles import Quality, Reading
from operando.protocols.record import RecordError, RunMetadata, RunRecord, block_log, verify_record
from operando.protocols.record.block_log import encode_block, read_log, stream_log
from operando.protocols.record.derivation import Derivation
from operando.protocols.record.lines import read_json_lines


def test_many_steps_are_not_derived_each(tmp_path: Path, mocker: MockerFixture) -> None:
    """All of them together cost 4 times the last, however many there are; 1,000 steps would cost 500 times it."""
    made_of: list[int] = []

    def make(derivation: Derivation) -> None:
        made_of.append(derivation._contents.amount)
        derivation._remember()

    mocker.patch.object(Derivation, "make", make)
    record = RunRecord.create(tmp_path / "run", run_header())
    for number in range(1000):
        record.samples(sample_block(number * 10, 10))
        record.step_ended()
    record.release()
    assert made_of[:8] == [10, 20, 30, 40, 50, 70, 90, 120]
    assert len(made_of) < 30
    assert sum(made_of) < 5 * made_of[-1]
    assert made_of[-1] > 10_000 * 4 / 5


def test_nothing_new_is_not_derived_again(tmp_path: Path, mocker: MockerFixture) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(sample_block(0, 5))
    record.step_ended()
    again = mocker.spy(Derivation, "make")
    record.step_ended()
    again.assert_not_called()
    record.image(picture(1), frame_state())
    record.step_ended()
    again.assert_called_once()
    record.close("completed")
    assert verify_record(tmp_path / "run").ok


def test_a_defect_in_what_is_derived_is_told_and_ends_nothing(tmp_path: Path, mocker: MockerFixture) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(sample_block(0, 5))
    mocker.patch("operando.protocols.record.derivation.write_nexus", side_effect=ValueError("no such thing"))
    record.step_ended()
    with pytest.raises(RecordError, match="ValueError: no such thing"):
        record.close("completed")
    mocker.stopall()
    record.close("completed")
    assert verify_record(tmp_path / "run").ok
    told = [line for line in read_json_lines(tmp_path / "run" / "events.jsonl") if line["kind"] == "not replaced"]
    assert "ValueError: no such thing" in str(told[0]["message"])


@pytest.mark.parametrize("piece", [64, 1000, 1 << 24])
def test_a_log_in_pieces_is_the_log(tmp_path: Path, mocker: MockerFixture, piece: int) -> None:
    mocker.patch.object(block_log, "_PIECE_BYTES", piece)
    path = tmp_path / "samples.blocks"
    data = bytearray()
    for first, count in ((0, 3), (3, 1), (4, 40), (44, 7)):
        data += encode_block(sample_block(first, count).tobytes(), count)
    data[300] ^= 1  # damages the second block
    path.write_bytes(bytes(data) + b"OPBLOCK1 torn")
    streamed = np.concatenate(list(stream_log(path)))
    assert streamed.tolist() == read_log(path).samples.tolist()
    assert len(streamed) == 50


def test_long_runs_are_written_in_pieces(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch.object(block_log, "_PIECE_BYTES", 2000)
    record = RunRecord.create(tmp_path / "run", run_header())
    for number in range(20):
        record.samples(sample_block(number * 10, 10))
    record.close("completed")
    expected = sample_block(0, 200)
    with h5py.File(tmp_path / "run" / "run.nxs", "r") as file:
        assert file["entry/electrochemistry/voltage_volt"][()].tolist() == expected["voltage_V"].tolist()
    table = pd.read_parquet(next((tmp_path / "run").glob("*.parquet")))
    assert table["Voltage / V"].tolist() == expected["voltage_V"].tolist()
    assert verify_record(tmp_path / "run").ok


def test_control_characters_in_what_people_and_instruments_say_are_kept_in_print(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(sample_block(0, 10))
    record.event(1.0, "operator", "note", "a\0b \x1b[2J \x9b2J\nover\ttwo lines")
    record.step_ended()
    record.close("completed")
    said = "a\\x00b \\x1b[2J \\x9b2J\nover\ttwo lines"
    assert said in [event["message"] for event in read_json_lines(tmp_path / "run" / "events.jsonl")]
    with h5py.File(tmp_path / "run" / "run.nxs", "r") as file:
        assert f"operator: note: {said}".encode() in file["entry/event_log/value"][()].tolist()
    assert verify_record(tmp_path / "run").ok


def test_pressures_and_temperature_stand_beside_the_samples(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    for time_s, value, quality in ((3.0, 1e5, Quality.OK), (6.0, 2e5, Quality.OK), (8.0, 3e5, Quality.FAULT)):
        record.sensor("box", "pressure", Reading(value, "Pa", quality, time_s, time_s))
    record.sensor("cell", "temperature", Reading(298.15, "K", Quality.OK, 5.0, 5.0))
    record.samples(sample_block(0, 10))
    record.close("completed")
    with h5py.File(tmp_path / "run" / "run.nxs", "r") as file:
        cell = file["entry/electrochemistry"]
        box = cell["ambient_pressure_pa"]
        nan = float("nan")
        np.testing.assert_equal(box[()], [nan, nan, nan, 1e5, 1e5, 1e5, 2e5, 2e5, nan, nan])
        assert (box.attrs["units"], box.attrs["long_name"]) == ("Pa", "Ambient Pressure / Pa")
        np.testing.assert_equal(cell["ambient_temperature_celsius"][()], [nan] * 5 + [25.0] * 5)
        assert "applied_pressure_pa" not in cell


def test_a_run_that_goes_on_has_metadata_of_its_last_step(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(sample_block(0, 5))
    record.step_ended()
    record.samples(sample_block(5, 1))
    known = RunMetadata.read(tmp_path / "run")
    assert (known.samples, known.outcome) == (5, "")
    record.release()
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok
    assert "metadata.json: has 5 samples, 0 frames, 0 spectra" in verdict.notes
