"""Captures that fail, or that are too much for the specimen: each is explained, none delays cycling."""

from pathlib import Path

from support.laboratory import SimulatedBench
from support.run_protocols import SHORT

from operando.protocols.record import open_samples, read_events, read_frames, read_spectra, verify_record
from operando.simulators.microscopes import TescanMicroscope


def not_taken(folder: Path) -> list[str]:
    return [str(event["message"]) for event in read_events(folder) if event["kind"] == "capture not taken"]


def test_a_capture_that_fails_is_explained_and_cycling_goes_on(tmp_path: Path) -> None:
    """Chunks of every scan are lost from the middle of the charge on: no picture is complete, none is recorded."""
    bench = SimulatedBench.open()
    microscope = bench.laboratory.instruments["sem"]
    assert isinstance(microscope, TescanMicroscope)
    bench.world.call_at(400.0, lambda now: setattr(microscope.faults, "lost_chunks", 10**6))
    outcome = bench.run(SHORT, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    frames = read_frames(tmp_path / "run")
    assert frames and max(frame.end_s for frame in frames) < 400.0
    assert any("DeviceFault" in reason or "FramingError" in reason for reason in not_taken(tmp_path / "run"))
    steps = open_samples(tmp_path / "run")
    assert (steps["current_A"] < -1e-4).sum() == 300, "the discharge after it was not delayed or shortened"
    assert verify_record(tmp_path / "run").ok


def test_a_spent_dose_budget_forbids_pictures_and_spectra(tmp_path: Path) -> None:
    budget = "dose: {anode: 0.0001 C/m^2, spot: 0.001 mAh/cm^2}\n"
    outcome = SimulatedBench.open().run(SHORT + budget, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    reasons = not_taken(tmp_path / "run")
    assert any("dose budget of anode" in reason for reason in reasons)
    assert any("dose budget of the spot" in reason for reason in reasons)
    assert read_spectra(tmp_path / "run") == []
    assert read_frames(tmp_path / "run") == []


def test_no_beam_at_a_bad_vacuum_even_without_an_interlock(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.world.call_at(100.0, bench.world.chamber.stop_pump)
    outcome = bench.run(SHORT, tmp_path / "run")
    assert outcome.pictures < 10
    assert any("chamber pressure is" in reason for reason in not_taken(tmp_path / "run"))
    assert not bench.world.beam.on_specimen


def test_the_dose_of_the_record_is_what_the_specimen_got(tmp_path: Path) -> None:
    """The specimen books the absorbed part, 1 - eta - delta, of what the record counts, autofocus included."""
    bench = SimulatedBench.open()
    bench.run(SHORT, tmp_path / "run")
    last = [frame for frame in read_frames(tmp_path / "run") if frame.region == "anode"][-1]
    booked = bench.world.specimen.dose.at(last.stage_x_m, last.stage_y_m)
    assert 0.3 < booked / last.dose_C_per_m2 < 1.0


def test_a_spent_budget_of_one_region_leaves_out_that_region_only(tmp_path: Path) -> None:
    both = SHORT.replace("regions: [anode], detectors", "regions: [anode, cathode], detectors")
    outcome = SimulatedBench.open().run(both + "dose: {anode: 0.0001 C/m^2}\n", tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    assert {frame.region for frame in read_frames(tmp_path / "run")} == {"cathode"}
    left_out = [event for event in read_events(tmp_path / "run") if event["kind"] == "field left out"]
    assert left_out and all("dose budget of anode" in str(event["message"]) for event in left_out)
    assert not_taken(tmp_path / "run") == []


def test_a_stage_that_misses_costs_one_capture(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    microscope = bench.laboratory.instruments["sem"]
    assert isinstance(microscope, TescanMicroscope)
    bench.world.call_at(400.0, lambda now: setattr(microscope.faults, "stage_misses_mm", 0.05))
    outcome = bench.run(SHORT, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    (why,) = not_taken(tmp_path / "run")
    assert "chemistry" in why and "um from its target" in why
    assert read_spectra(tmp_path / "run") == []
    assert max(frame.start_s for frame in read_frames(tmp_path / "run")) > 900.0, "pictures go on"
