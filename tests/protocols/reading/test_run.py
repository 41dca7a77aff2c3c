"""What a closed run tells is what was recorded."""

from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import impedance_points, picture, run_header, sample_block, spectrum, spectrum_map

from operando.protocols import open_run
from operando.protocols.reading import Run, RunStatus
from operando.protocols.record import RecordError


def test_header(run: Run) -> None:
    header = run.header
    assert (header.run_id, header.sample, header.simulated) == (run_header().run_id, run_header().sample, True)
    assert header.protocol_text == "operando: 1\n"


def test_a_path_may_be_text(closed: Path) -> None:
    assert open_run(str(closed)).header.run_id == run_header().run_id


def test_outcome(run: Run) -> None:
    assert (run.status, run.outcome) == (RunStatus.CLOSED, "completed")


def test_samples_are_those_of_the_log(run: Run) -> None:
    assert np.array_equal(run.samples, sample_block(0, 360))


def test_samples_cannot_be_changed(run: Run) -> None:
    with pytest.raises(ValueError, match="read-only"):
        run.samples["voltage_V"][0] = 0.0


def test_samples_as_a_table(run: Run) -> None:
    table = run.to_pandas()
    assert list(table.columns) == list(run.samples.dtype.names or ())
    assert table["voltage_V"].iloc[59] == pytest.approx(3.659)


def test_steps(run: Run) -> None:
    steps = run.steps
    assert [(step.number, step.name, step.cycle, step.line) for step in steps[:3]] == [
        (1, "charge", 1, 12),
        (2, "discharge", 1, 12),
        (3, "charge", 2, 12),
    ]
    assert (steps[1].start_s, steps[1].end_s) == (60.0, 119.0)
    assert steps[1].charge_C == pytest.approx(-120e-6 * 59.0)
    assert (steps[1].start_voltage_V, steps[1].end_voltage_V) == pytest.approx((3.6, 3.541))
    assert set(run.samples[steps[1].samples]["step"].tolist()) == {2}


def test_point_spectra(run: Run) -> None:
    (point,) = run.spectra.points
    recorded = spectrum(1)
    assert np.array_equal(point.counts, recorded.counts)
    assert point.energy_eV[115] == pytest.approx(2300.0)
    assert (float(point.live_time_s), float(point.real_time_s)) == (12.5, 15.0)
    assert point.shape == (256,)


def test_maps_are_y_x_energy_with_the_times_of_each_point(run: Run) -> None:
    (found,) = run.spectra.maps
    assert np.array_equal(found.counts, spectrum_map())
    assert found.counts.shape == found.shape == (4, 3, 256)
    assert np.array_equal(found.live_time_s, np.full((4, 3), 0.2))
    assert np.array_equal(found.real_time_s, np.full((4, 3), 0.3))
    assert found.energy_eV.shape == (256,)


def test_a_changed_spectrum_is_found_out(closed: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(closed, tmp_path / "run")
    point = open_run(tmp_path / "run").spectra.points[0]
    point.verify()
    text = point.path.read_text(encoding="ascii")
    point.path.write_text(text.replace("300.", "301.", 1) if "300." in text else text + " ", encoding="ascii")
    with pytest.raises(RecordError, match="another checksum"):
        point.verify()


def test_impedance(run: Run) -> None:
    (found,) = run.impedance
    assert (found.step, found.cycle) == (3, 2)
    points = impedance_points()
    assert found.impedance_ohm == pytest.approx(points["real_ohm"] + 1j * points["imaginary_ohm"])


def test_sensors(run: Run) -> None:
    box = run.sensors["box pressure"]
    assert (box.name, box.quantity, box.unit) == ("box", "pressure", "Pa")
    assert box.value.tolist() == [101325.0 + minute for minute in range(6)]
    assert np.array_equal(box.at([0.0, 0.1, 59.0, 61.0]), [np.nan, 101325.0, 101325.0, 101326.0], equal_nan=True)
    assert np.isnan(box.at(10_000.0))


def test_events(run: Run) -> None:
    first = run.events[0]
    assert (first.time_s, first.source, first.kind, first.message) == (0.0, "cycling", "step started", "charge")
    assert first.details == {"step": 1, "cycle": 1, "line": 12}


def test_journal_joins_commands_and_their_outcomes(run: Run) -> None:
    (command,) = run.journal
    assert (command.instrument, command.action) == ("potentiostat", "start step")
    assert (command.ok, command.detail) == (True, "started")
    assert (command.time_s, command.ended_s) == (0.0, 0.1)


def test_everything_at_some_moments(run: Run) -> None:
    table = run.join([30.0, 90.5])
    assert table["voltage_V"].tolist() == pytest.approx([3.630, 3.5695])
    assert table["step_name"].tolist() == ["charge", "discharge"]
    assert table["box pressure / Pa"].tolist() == [101325.0, 101326.0]


def test_metadata(run: Run) -> None:
    metadata = run.metadata
    assert metadata is not None
    assert (metadata.simulation, metadata.samples, metadata.frames) == (True, 360, 12)


def test_no_truth_of_what_was_not_simulated_by_a_world(run: Run) -> None:
    assert run.truth == ()


def test_pixels(run: Run) -> None:
    for frame in run.frames:
        number = 2 * round((frame.start_s - 30.25) / 60.0) + (frame.detector == "BSE")
        recorded = picture(number, bits=8 if frame.detector == "BSE" else 16).pixels
        assert np.array_equal(frame.verified_pixels(), recorded)
        assert frame.pixels.dtype == recorded.dtype


def test_what_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"there is no journal\.jsonl"):
        open_run(tmp_path)
