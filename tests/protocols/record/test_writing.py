"""What a record holds, read back with plain tools."""

import hashlib
import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pyarrow.parquet
import pytest
from support.made_up_run import (
    frame_state,
    picture,
    run_header,
    sample_block,
    spectrum,
    spectrum_map,
)

from operando.drivers.roles import SAMPLE
from operando.protocols.record import (
    RecordError,
    RunRecord,
    load_pixels,
    open_samples,
    read_frames,
    read_header,
    read_journal,
    read_sensors,
    read_spectra,
)

STEM = "Test-Institute__LPSCl-coarse-03__20261122"


def test_the_layout_is_the_documented_one(run: Path) -> None:
    assert sorted(path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()) == [
        "SHA256SUMS",
        "SIMULATED.txt",
        f"{STEM}_001.bdf.csv",
        f"{STEM}_001.bdf.parquet",
        "bench.yaml",
        "cellpy_bdf.yml",
        f"eis/{STEM}_eis001.bdf.csv",
        "environment.txt",
        "events.jsonl",
        "frames.csv",
        "images/anode_BSE_0000.h5",
        "images/anode_BSE_0001.h5",
        "images/anode_SE_0000.h5",
        "images/anode_SE_0001.h5",
        "journal.jsonl",
        "metadata.json",
        "protocol.yaml",
        "ro-crate-metadata.json",
        "run.nxs",
        "samples.blocks",
        "sensors.csv",
        "spectra.csv",
        "spectra/eds_000001.msa",
        "spectra/eds_000002.msa",
        "spectra/eds_000003.msa",
        "spectra/eds_000004.msa",
        "spectra/map_0005.h5",
        "truth.csv",
    ]


def test_two_equal_runs_are_equal_byte_by_byte(run: Path, other_run: Path) -> None:
    names = sorted(path.relative_to(run) for path in run.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(other_run) for path in other_run.rglob("*") if path.is_file())
    assert [name for name in names if (run / name).read_bytes() != (other_run / name).read_bytes()] == []


def test_no_file_knows_the_time_of_the_machine(run: Path) -> None:
    """HDF5 stamps objects with the second in which they are made, unless told not to."""
    for path in [run / "run.nxs", *run.glob("images/*.h5"), *run.glob("spectra/*.h5")]:
        with h5py.File(path, "r") as file:
            names: list[str] = []
            file.visit(names.append)
            assert {h5py.h5g.get_objinfo(file.id, name.encode()).mtime for name in names} == {0}


def test_everything_comes_back(run: Path) -> None:
    assert read_header(run) == run_header()
    assert open_samples(run).tolist() == sample_block(0, 600).tolist()
    frames = read_frames(run)
    assert [row.number for row in frames] == list(range(1, 15))
    for index, number in enumerate(range(5, 60, 8)):
        assert np.array_equal(load_pixels(run, frames[2 * index]), picture(number).pixels)
        assert np.array_equal(load_pixels(run, frames[2 * index + 1]), picture(number + 100, bits=8).pixels)
    row = frames[0]
    assert (row.region, row.detector, row.tile_column, row.tile_row, row.line) == ("anode", "SE", 1, 2, 31)
    assert row.trigger == 'every 15 min, "during" charge'
    assert (row.start_s, row.end_s) == (50.0, 50.0 + 6 * 0.01)
    assert (row.shift_x_m, row.stigmator_y, row.stage_tilt_rad, row.gain_percent) == (1e-6, -0.2, 0.2, 48.0)
    assert row.voltage_at_start_V == sample_block(50, 1)["voltage_V"][0]
    assert [entry["entry"] for entry in read_journal(run)] == ["run", "intent", "outcome"]
    assert [row.kind for row in read_spectra(run)] == ["point"] * 4 + ["map"]
    assert [row.value for row in read_sensors(run)] == [101325.0 + number for number in range(60)]


def test_pixels_lie_at_their_offset_in_a_contiguous_dataset(run: Path) -> None:
    for row in read_frames(run):
        with h5py.File(run / row.file, "r") as file:
            frames = file["frames"]
            assert frames.chunks is None
            assert frames.id.get_offset() + row.index * row.bytes == row.offset
            assert frames.shape == (row.capacity, row.height, row.width)
            assert np.array_equal(frames[row.index], load_pixels(run, row))
            assert frames.attrs["pixel_size_m"] == row.pixel_size_m


def test_a_segment_does_not_change_but_for_its_pixels(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.image(picture(0, shape=(64, 64)), frame_state())
    segment = tmp_path / "run" / "images" / "anode_SE_0000.h5"
    first = segment.read_bytes()
    row = record.image(picture(1, shape=(64, 64)), frame_state())
    second = segment.read_bytes()
    assert first[: row.offset] == second[: row.offset]
    assert first[row.offset + row.bytes :] == second[row.offset + row.bytes :]
    record.release()


def test_each_kind_of_picture_has_its_own_segments(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    pictures = [
        picture(1),
        picture(2, shape=(4, 4)),
        picture(3, pixel_size_m=2e-7),
        picture(4, pixel_size_m=1e-7 * (1 + 1e-9)),
        picture(5, bits=8),
    ]
    rows = record.images([(image, frame_state()) for image in pictures])
    assert [(row.file[-7:-3], row.index) for row in rows] == [
        ("0000", 0),
        ("0001", 0),
        ("0002", 0),
        ("0000", 1),
        ("0003", 0),
    ]
    record.close("completed")
    with h5py.File(tmp_path / "run" / "run.nxs", "r") as file:
        events = [name for name in file["entry/measurement"] if name.startswith("event")]
        assert len(events) == 4


def test_the_run_file_maps_pictures_from_any_folder(run: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "run"
    shutil.copytree(run, moved)
    shutil.rmtree(run)
    with h5py.File(moved / "run.nxs", "r") as file:
        stack = file["entry/measurement/event1/image1/stack_2d"]
        assert stack["real"].is_virtual
        assert np.array_equal(stack["real"][4], picture(5 + 4 * 8).pixels)
        assert stack["axis_i"][:3].tolist() == [0.0, 0.1, 0.2]
        assert file["eds/measurement/event2/spectrum1/spectrum_2d/intensity"][()].tolist() == spectrum_map().tolist()


def test_the_run_file_holds_cell_spectra_and_log(run: Path) -> None:
    with h5py.File(run / "run.nxs", "r") as file:
        entry = file["entry"]
        assert (file.attrs["default"], entry.attrs["default"]) == ("entry", "electrochemistry")
        assert entry["definition"][()] == b"NXem"
        assert entry["sampleID/is_simulation"][()]
        cell = entry["electrochemistry"]
        assert cell["voltage_volt"][()].tolist() == sample_block(0, 600)["voltage_V"].tolist()
        assert cell["voltage_volt"].attrs["long_name"] == "Voltage / V"
        assert entry["measurement/instrument/sensor_cell_voltage/value_log/value"] == cell["voltage_volt"]
        assert entry["measurement/instrument/sensor_box_pressure/value_log/value"][0] == 101325.0
        frames = entry["measurement/event1/frames"]
        assert frames["test_time_second"][:2].tolist() == [50.0, 130.0]
        assert entry["event_log/value"][0] == b"runner: step started: charge"
        points = file["eds/measurement/event1/spectrum1/stack_0d/intensity"][()]
        assert points.tolist() == [spectrum(number).counts.tolist() for number in range(3)]
        # spectra at another beam voltage are in another entry, because HyperSpy's hint holds for an entry
        assert file["eds/auxiliary/hyperspy_metadata/Acquisition_instrument/SEM/beam_energy"][()] == 10.0
        assert file["eds_2/auxiliary/hyperspy_metadata/Acquisition_instrument/SEM/beam_energy"][()] == 5.0


def test_parquet_has_every_sample(run: Path) -> None:
    table = pyarrow.parquet.read_table(run / f"{STEM}_001.bdf.parquet")
    block = sample_block(0, 600)
    assert table["Voltage / V"].to_pylist() == block["voltage_V"].tolist()
    assert table["Step Discharging Capacity / Ah"].to_pylist()[61] == pytest.approx(120e-6 / 3600)


def test_the_crate_and_the_sums_name_every_file(run: Path) -> None:
    graph = json.loads((run / "ro-crate-metadata.json").read_text())["@graph"]
    listed = {entity["@id"]: entity["sha256"] for entity in graph if entity["@type"] == "File"}
    sums = dict(line.split("  ", 1)[::-1] for line in (run / "SHA256SUMS").read_text().splitlines())
    present = {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()}
    assert set(sums) == present - {"SHA256SUMS"}
    assert set(listed) == set(sums) - {"ro-crate-metadata.json"}
    for name, digest in sums.items():
        assert hashlib.sha256((run / name).read_bytes()).hexdigest() == digest
        assert listed.get(name, digest) == digest
    action = next(entity for entity in graph if entity["@type"] == "CreateAction")
    assert action["startTime"] == "2026-11-22T09:00:00.000000+00:00"
    assert action["actionStatus"]["@id"].endswith("CompletedActionStatus")


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RecordError, match="not empty"):
        RunRecord.create(tmp_path, run_header())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_closed_record_takes_nothing_more(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.close("completed")
    before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
    record.close("again")
    for action in (
        lambda: record.samples(sample_block(0, 1)),
        lambda: record.event(0.0, "a", "b", "c"),
        lambda: record.image(picture(1), frame_state()),
        lambda: record.step_ended(),
    ):
        with pytest.raises(RecordError, match=r"record is closed|file is closed"):
            action()
    assert {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()} == before


def test_samples_of_another_kind_are_refused(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(np.empty(0, SAMPLE))
    with pytest.raises(ValueError, match="dtype"):
        record.samples(np.zeros(1, [("time_s", "<f8")]))
    record.release()
