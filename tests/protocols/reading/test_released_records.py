"""Records of every schema that was ever released open for ever; one of a newer operando is refused in words."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import picture, run_header, sample_block, spectrum, spectrum_map

from operando.protocols import open_run
from operando.protocols.record import RecordError, verify_record
from operando.protocols.record.lines import checked_line
from operando.protocols.record.schema import SCHEMA

RECORDS = Path(__file__).parents[2] / "records"
RELEASED = sorted(path for path in RECORDS.iterdir() if path.name.startswith("schema_"))


def test_there_is_one_of_each() -> None:
    assert [path.name for path in RELEASED] == [f"schema_{number}" for number in range(1, SCHEMA + 1)]
    for folder in RELEASED:
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 300_000


@pytest.mark.parametrize("folder", RELEASED, ids=lambda path: path.name)
def test_everything_is_read(folder: Path) -> None:
    run = open_run(folder)
    assert (run.header.run_id, run.header.sample.name) == (run_header().run_id, "LPSCl-coarse-03")
    assert run.outcome == "completed"
    assert np.array_equal(run.samples, sample_block(0, 180))
    assert [frame.detector for frame in run.frames] == ["SE", "BSE"] * 3
    for number, frame in enumerate(run.frames):
        assert np.array_equal(frame.verified_pixels(), picture(number, bits=8 if number % 2 else 16).pixels)
        assert not np.isnan(frame.lines()["voltage_V"]).any()
    assert run.frames.at(voltage=3.57).number == 3
    point, area = run.spectra
    point.verify()
    area.verify()
    assert np.array_equal(point.counts, spectrum(1).counts)
    assert np.array_equal(area.counts, spectrum_map())
    assert [step.name for step in run.steps] == ["charge", "discharge", "charge"]
    assert run.sensors["box pressure"].value.tolist() == [101325.0, 101326.0, 101327.0]
    assert [command.ok for command in run.journal] == [True]
    assert len(run.impedance[0].points) == 5


@pytest.mark.parametrize("folder", RELEASED, ids=lambda path: path.name)
def test_it_is_still_whole(folder: Path) -> None:
    assert verify_record(folder).problems == ()


@pytest.mark.parametrize("schema", [SCHEMA + 1, 0, "2"], ids=str)
def test_an_unknown_schema_is_refused(tmp_path: Path, schema: int | str) -> None:
    folder = tmp_path / "run"
    shutil.copytree(RELEASED[-1], folder)
    journal = folder / "journal.jsonl"
    first, *others = journal.read_bytes().splitlines(keepends=True)
    values = {key: value for key, value in json.loads(first).items() if key != "crc32"}
    journal.write_bytes(checked_line({**values, "schema": schema}) + b"".join(others))
    with pytest.raises(
        RecordError, match=f"schema {schema}; this operando reads schemas 1 to {SCHEMA}.*newer operando"
    ):
        open_run(folder)
