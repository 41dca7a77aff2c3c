"""What a reviewer asks about a run is answered in the record, and what nobody has told is listed."""

import json
from dataclasses import replace
from pathlib import Path

import h5py
import pytest
from support.made_up_run import MadeUpTruth, frame_state, picture, run_header, spectrum, spectrum_state

from operando.drivers.bench.file import load_bench_file
from operando.drivers.roles import Quality, Reading
from operando.protocols.document.sample import SampleEntry
from operando.protocols.program import SampleInfo
from operando.protocols.record import (
    Calibration,
    Circumstances,
    RunMetadata,
    RunRecord,
    SensorRow,
    circumstances_of,
    read_header,
    read_truth,
    verify_record,
)
from operando.protocols.record.metadata import Answer, Note, RegionSeen, SpotSeen
from operando.protocols.record.surroundings import Range, hours_in_vacuum, measured

BENCH = """
operando_bench: 1
name: laboratory
instruments:
  potentiostat: {driver: emstat4-hr, address: "serial:///dev/ttyUSB0"}
  box gauge: {driver: keller-33x, address: "sim://box"}
wiring: {earthed: counter electrode}
record:
  institution: Test Institute
  operator: A. Nobody
  emitter_type: schottky
  time_zone: Europe/Berlin
  calibrations:
    magnification: {value: "1.013 um/um", on: 2026-03-01, by: B. Nobody}
  notes: the left box
"""
SAMPLE = {
    "name": "LPSCl-7",
    "active_mass": "1.2 mg",
    "area": "0.785 cm^2",
    "area_after_cutting": "12 mm^2",
    "electrode_preparation": "NMC:LPSCl 70:30, hand ground",
    "assembly": "pressed at 375 MPa for 3 min",
    "stack_pressure": "5 MPa",
    "temperature": "25 degC",
    "prepared": "2026-11-20",
    "elements": ["Li", "P", "S"],
    "in_vacuum_before_start": "3 hours",
}


def pressure(name: str, time_s: float, value: float, quality: Quality = Quality.OK) -> SensorRow:
    return SensorRow(time_s, time_s, name, "pressure", value, "Pa", str(quality))


def test_a_sample_as_written_becomes_si() -> None:
    assert SampleEntry.model_validate(SAMPLE).info(4.32) == SampleInfo(
        name="LPSCl-7",
        nominal_capacity_C=4.32,
        area_m2=0.785e-4,
        active_mass_kg=1.2e-6,
        area_after_cutting_m2=12e-6,
        electrode_preparation="NMC:LPSCl 70:30, hand ground",
        assembly="pressed at 375 MPa for 3 min",
        stack_pressure_Pa=5e6,
        temperature_K=298.15,
        prepared="2026-11-20",
        elements=("Li", "P", "S"),
        in_vacuum_before_start_s=10800.0,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("active_mass", "1 cm"),
        ("elements", ["lithium"]),
        ("prepared", "yesterday"),
        ("temperature", "25"),
        ("mass", "1 g"),
    ],
)
def test_a_sample_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        SampleEntry.model_validate({"name": "a", field: value})


def test_circumstances_come_from_the_bench_file() -> None:
    found = circumstances_of(load_bench_file(BENCH)[1])
    assert (found.earthed, found.time_zone, found.emitter_type) == ("counter electrode", "Europe/Berlin", "schottky")
    assert found.calibrations == (Calibration("magnification", "1.013 um/um", "2026-03-01", "B. Nobody"),)
    assert [(used.instrument, used.driver, used.simulated) for used in found.drivers] == [
        ("potentiostat", "emstat4-hr", False),
        ("box gauge", "keller-33x", True),
    ]


def test_nothing_is_made_up_for_what_nobody_told(run: Path) -> None:
    known = RunMetadata.read(run)
    assert known.not_given == (
        "time_zone",
        "working_electrode",
        "counter_electrode",
        "earthed",
        "temperature_K",
        "chamber_pressure_Pa",
        "stack_pressure_Pa",
        "hours_in_vacuum",
        "emitter_type",
        "drivers",
        "calibrations",
        "preflight",
        "sample.active_mass_kg",
        "sample.area_after_cutting_m2",
        "sample.electrode_preparation",
        "sample.assembly",
        "sample.stack_pressure_Pa",
        "sample.temperature_K",
        "sample.in_vacuum_before_start_s",
    )
    with h5py.File(run / "run.nxs", "r") as file:
        assert [name.decode() for name in file["entry/sampleID/not_given"]] == list(known.not_given)
        assert "active_mass" not in file["entry/sampleID"]


def test_what_is_told_and_measured_is_in_every_place(tmp_path: Path) -> None:
    header = replace(
        run_header(simulated=False),
        sample=SampleEntry.model_validate(SAMPLE).info(4.32),
        circumstances=circumstances_of(load_bench_file(BENCH)[1]),
        control_regions=("control",),
    )
    record = RunRecord.create(tmp_path / "run", header)
    for number in range(3):
        record.sensor(
            "chamber", "pressure", Reading(0.01 + number * 1e-3, "Pa", Quality.OK, 60.0 * number, 60.0 * number)
        )
        record.sensor("stack", "pressure", Reading(4.9e6, "Pa", Quality.OK, 60.0 * number, 60.0 * number))
        record.sensor("cell", "temperature", Reading(298.0, "K", Quality.OK, 60.0 * number, 60.0 * number))
    record.event(1.0, "pre-flight", "passed", "contact: 12 ohm: good")
    record.event(2.0, "operator", "note", "the light was on", who="B. Nobody")
    record.image(picture(1, start_s=10.0), frame_state("anode"))
    record.spectrum(spectrum(1, 20.0), replace(spectrum_state(), dose_C_per_m2=900.0))
    record.close("completed")
    known = RunMetadata.read(tmp_path / "run")
    assert known.sample == header.sample
    assert (known.earthed, known.time_zone) == ("counter electrode", "Europe/Berlin")
    assert known.chamber_pressure_Pa == Range(0.01, 0.011, 0.012, 3)
    assert known.stack_pressure_Pa == Range(4.9e6, 4.9e6, 4.9e6, 3)
    assert known.temperature_K == Range(298.0, 298.0, 298.0, 3)
    assert known.hours_in_vacuum == pytest.approx(120 / 3600)
    assert known.preflight == (Answer("contact", True, "12 ohm: good"),)
    assert known.operator_notes == (Note(2.0, "B. Nobody", "the light was on"),)
    assert known.regions == (
        RegionSeen("anode", False, 1, 0, 1.5),
        RegionSeen("cathode", False, 0, 1, None),
        RegionSeen("control", True, 0, 0, None),
    )
    assert known.spots == (SpotSeen("cathode", 0.5, 0.25, 1, 900.0),)
    assert known.not_given == ("box_pressure_Pa", "sample.batch")
    assert (known.simulation, known.simulated_instruments) == (False, ("box gauge",))
    assert known.simulation_notice.startswith("PARTLY SIMULATED")
    assert read_header(tmp_path / "run").circumstances == header.circumstances
    graph = json.loads((tmp_path / "run" / "ro-crate-metadata.json").read_bytes())["@graph"]
    values = {entity["name"]: entity["value"] for entity in graph if entity["@type"] == "PropertyValue"}
    assert (values["sample.active_mass_kg"], values["earthed"]) == (1.2e-6, "counter electrode")
    assert values["calibration.magnification"] == "1.013 um/um (B. Nobody, 2026-03-01)"
    with h5py.File(tmp_path / "run" / "run.nxs", "r") as file:
        sample = file["entry/sampleID"]
        assert sample["active_mass"][()] == 1.2e-6
        assert sample["active_mass"].attrs["units"] == "kg"
        assert sample["atom_types"][()] == b"Li, P, S"
        assert sample["preparation_date"][()] == b"2026-11-20T00:00:00+00:00"
        assert file.attrs["simulation"] == "no"


def test_a_simulation_cannot_be_overlooked(run: Path) -> None:
    assert (run / "SIMULATED.txt").read_text().startswith("SIMULATION: there was no cell")
    assert RunMetadata.read(run).simulation
    root = json.loads((run / "ro-crate-metadata.json").read_bytes())["@graph"][1]
    assert root["name"].startswith("SIMULATION ")
    assert root["description"].startswith("SIMULATION: there was no cell")
    with h5py.File(run / "run.nxs", "r") as file:
        assert file.attrs["simulation"].startswith("SIMULATION")
        assert file["entry/title"][()].startswith(b"SIMULATION ")
        assert file["entry/electrochemistry/title"][()].startswith(b"SIMULATION ")
    assert "#TITLE       : SIMULATION " in (run / "spectra" / "eds_000001.msa").read_text()


@pytest.mark.parametrize(
    ("rows", "hours"),
    [
        ([], None),
        ([pressure("chamber", 0.0, 0.01)], 0.0),
        ([pressure("chamber", 60.0 * number, 0.01) for number in range(61)], 1.0),
        ([pressure("chamber", 60.0 * number, 0.01 if number < 31 else 1.0) for number in range(61)], 0.5),
        ([pressure("chamber", 0.0, 0.01), pressure("chamber", 3600.0, 0.01)], 0.0),
        ([pressure("chamber", 0.0, 0.01), pressure("chamber", 360.0, float("nan"), Quality.FAULT)], 0.0),
    ],
    ids=["no gauge", "one reading", "all along", "vented", "nobody looked for an hour", "gauge failed"],
)
def test_hours_in_vacuum(rows: list[SensorRow], hours: float | None) -> None:
    assert hours_in_vacuum(rows, 0.1) == (None if hours is None else pytest.approx(hours))
    assert hours_in_vacuum(rows, None) is None


def test_ranges_leave_out_what_cannot_be_believed() -> None:
    rows = [pressure("box", 0.0, 3.0), pressure("box", 1.0, 1e9, Quality.FAULT), pressure("box", 2.0, 1.0)]
    assert measured(rows, "pressure", "box") == Range(1.0, 3.0, 3.0, 2)
    assert measured(rows, "pressure", "chamber") is None


def test_truth_stands_beside_each_frame_and_spectrum(run: Path) -> None:
    states = read_truth(run)
    assert [(state.of, state.number, state.moment) for state in states[:3]] == [
        ("frame", 1, "start"),
        ("frame", 1, "end"),
        ("frame", 2, "start"),
    ]
    assert states[1].values == MadeUpTruth().at(50.0 + 6 * 0.01)
    assert len(states) == 2 * (14 + 5)
    with h5py.File(run / "run.nxs", "r") as file:
        truth = file["entry/measurement/event1/simulation_truth"]
        assert truth["lithium_growth_m"][:2].tolist() == [50.0 * 1e-9, 130.0 * 1e-9]
        assert "not a measurement" in truth.attrs["description"]


def test_a_real_run_has_no_truth(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False))
    record.image(picture(1), frame_state())
    record.close("completed")
    assert read_truth(tmp_path / "run") == []
    assert not (tmp_path / "run" / "truth.csv").exists()
    assert not (tmp_path / "run" / "SIMULATED.txt").exists()
    assert verify_record(tmp_path / "run").ok


def test_truth_goes_on_where_it_was_torn(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(), truth=MadeUpTruth())
    record.image(picture(1, start_s=1.0), frame_state())
    record.release()
    with (tmp_path / "run" / "truth.csv").open("ab") as file:
        file.write(b"frame,2,start,7.")
    again = RunRecord.reopen(tmp_path / "run", truth=MadeUpTruth())
    again.image(picture(2, start_s=7.0), frame_state())
    again.close("completed")
    assert [(state.number, state.moment) for state in read_truth(tmp_path / "run")] == [
        (1, "start"),
        (1, "end"),
        (2, "start"),
        (2, "end"),
    ]
    assert verify_record(tmp_path / "run").ok


def test_circumstances_default_to_nothing() -> None:
    assert Circumstances().calibrations == ()
