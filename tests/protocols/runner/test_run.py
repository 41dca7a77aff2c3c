"""Whole runs on the simulated bench: what is asked for happens, is recorded with its state, and verifies."""

import filecmp
from pathlib import Path

import numpy as np
import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import CYCLING_ONLY, HEAD, IMAGING_ONLY, SHORT

from operando.protocols.record import open_samples, read_events, read_frames, read_spectra, verify_record
from operando.protocols.runner import Ending, RunOptions, ScriptedOperator


@pytest.fixture(scope="module")
def short_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("short") / "run"
    outcome = SimulatedBench.open().run(SHORT, folder)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    return folder


def test_the_record_verifies(short_run: Path) -> None:
    verdict = verify_record(short_run)
    assert verdict.ok and verdict.closed, str(verdict)


def test_every_sample_is_there_once(short_run: Path) -> None:
    samples = open_samples(short_run)
    assert np.array_equal(samples["sequence"], np.arange(samples.size))
    assert np.all(np.diff(samples["time_s"]) > 0)
    charge = samples[(samples["current_A"] > 1e-4)]
    assert charge.size == 600
    assert charge["charge_C"][-1] == pytest.approx(1.2e-4 * 600, rel=1e-3)


def test_each_frame_holds_the_state_of_its_samples(short_run: Path) -> None:
    samples = open_samples(short_run)
    frames = read_frames(short_run)
    assert frames
    for frame in frames:
        after = int(np.searchsorted(samples["time_s"], frame.start_s))
        before, after = samples[after - 1], samples[min(after, samples.size - 1)]
        if before["step"] == after["step"]:
            voltage = np.interp(frame.start_s, samples["time_s"], samples["voltage_V"])
            assert frame.voltage_at_start_V == pytest.approx(voltage, abs=1e-9)
        else:
            assert frame.voltage_at_start_V in (before["voltage_V"], after["voltage_V"])
        assert frame.end_s > frame.start_s
        assert frame.step_name in {"settle", "charge", "discharge", ""} or frame.step_name.startswith("rest")


def test_pictures_come_when_they_should(short_run: Path) -> None:
    events = read_events(short_run)
    step = {
        (event["message"], event["kind"]): float(str(event["test_time_second"]))
        for event in events
        if event["kind"] == "step started"
    }
    frames = read_frames(short_run)
    by_reason: dict[str, list[float]] = {}
    for frame in frames:
        by_reason.setdefault(frame.trigger, []).append(frame.start_s)
    assert {"every 2 min", "just before the end of charge", "after the end of discharge"} <= set(by_reason)
    end_of_charge = step["charge", "step started"] + 600
    (before, _) = by_reason["just before the end of charge"]
    assert end_of_charge - 60 < before < end_of_charge
    last = max(frame.end_s for frame in frames if frame.trigger == "just before the end of charge")
    assert last < end_of_charge, "before the end means under current"
    assert all(frame.current_at_end_A > 1e-4 for frame in frames if "before the end" in frame.trigger)


def test_the_cell_rests_while_x_rays_are_counted(short_run: Path) -> None:
    spectra = read_spectra(short_run)
    assert [row.kind for row in spectra] == ["point", "map"]
    samples = open_samples(short_run)
    for row in spectra:
        during = samples[(samples["time_s"] >= row.start_s) & (samples["time_s"] <= row.end_s)]
        assert during.size and np.all(during["current_A"] == 0)
        assert row.live_time_s >= (2.0 if row.kind == "point" else 0.5)


def test_equal_seeds_give_equal_bytes(short_run: Path, tmp_path: Path) -> None:
    again = tmp_path / "run"
    SimulatedBench.open().run(SHORT, again)
    names = sorted(str(path.relative_to(short_run)) for path in short_run.rglob("*") if path.is_file())
    assert names == sorted(str(path.relative_to(again)) for path in again.rglob("*") if path.is_file())
    _, different, errors = filecmp.cmpfiles(short_run, again, names, shallow=False)
    assert set(different) <= {"environment.txt"} and not errors


def test_cycling_only(tmp_path: Path) -> None:
    outcome = SimulatedBench.open().run(CYCLING_ONLY, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    ends = {e["message"] for e in read_events(tmp_path / "run") if e["kind"] == "step ended"}
    assert {"charge: voltage", "hold: current", "relax: ended by host", "impedance: completed"} <= ends
    samples = open_samples(tmp_path / "run")
    assert samples["voltage_V"].max() == pytest.approx(3.65, abs=2e-3)
    assert list((tmp_path / "run" / "eis").iterdir())
    assert verify_record(tmp_path / "run").ok


def test_imaging_only(tmp_path: Path) -> None:
    outcome = SimulatedBench.open().run(IMAGING_ONLY, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    assert outcome.pictures == 2 * 4  # SE and BSE at 5, 10, 15 and 20 min
    assert verify_record(tmp_path / "run").ok


def test_an_operator_is_asked_and_the_answer_recorded(tmp_path: Path) -> None:
    protocol = (
        HEAD + "cycling:\n  - {ask: Is the box open?, answers: [yes, no], at_most: 10 min}\n  - Rest for 1 minute\n"
    )
    options = RunOptions(operator=ScriptedOperator("yes", who="A. Scientist"))
    assert SimulatedBench.open().run(protocol, tmp_path / "run", options).exit_code == 0
    (answer,) = [e for e in read_events(tmp_path / "run") if e["kind"] == "answer"]
    assert (answer["message"], answer["who"]) == ("yes", "A. Scientist")


def test_a_question_that_nobody_answers_takes_the_other_answer_or_ends_the_run(tmp_path: Path) -> None:
    ask = HEAD + "cycling:\n  - {ask: Is the box open?, answers: [yes, no], at_most: 1 min%s}\n"
    assert SimulatedBench.open().run(ask % ", otherwise: no", tmp_path / "otherwise").exit_code == 0
    outcome = SimulatedBench.open().run(ask % "", tmp_path / "nobody")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "answer" in outcome.reason
