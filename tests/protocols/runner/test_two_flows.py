"""Cycling and imaging pause, resume and fail independently of each other."""

from pathlib import Path

import numpy as np
import pytest
from support.flows import current_trace, events_of, reasons, steered
from support.laboratory import SimulatedBench
from support.run_protocols import SHORT

from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import Safety
from operando.protocols.record import open_samples, read_frames, read_spectra, verify_record
from operando.protocols.runner import Ending, RunOptions, Steering
from operando.simulators.microscopes import TescanMicroscope

IN_CHARGE_S = 400.0
GAVE_UP = RunOptions(wait_for_links_s=0.0)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    assert SimulatedBench.open().run(SHORT, folder).exit_code == 0
    return folder


def assert_same_current(run: Path, undisturbed: Path) -> None:
    """The same steps with the same number of samples and the same current in each."""
    felt, wanted = current_trace(run), current_trace(undisturbed)
    named = [name for name in wanted if name.split()[0] in {"settle", "charge", "discharge"}]
    assert [name.split()[0] for name in felt if name.split()[0] in {"settle", "charge", "discharge"}] == [
        name.split()[0] for name in named
    ]
    for name in named:
        (same,) = [trace for other, trace in felt.items() if other.split()[0] == name.split()[0]]
        assert np.allclose(same, wanted[name], atol=1e-9), name


def test_a_microscope_that_is_gone_for_a_while_does_not_touch_the_current(tmp_path: Path, undisturbed: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("sem", IN_CHARGE_S, IN_CHARGE_S + 200.0)
    outcome = bench.run(SHORT, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    assert_same_current(tmp_path / "run", undisturbed)
    (lost,), (back,) = (events_of(tmp_path / "run", kind) for kind in ("instrument lost", "instrument back"))
    assert float(str(back["test_time_second"])) == pytest.approx(IN_CHARGE_S + 200.0, abs=5.0), "made safe at once"
    assert float(str(lost["test_time_second"])) > IN_CHARGE_S
    frames = read_frames(tmp_path / "run")
    assert any(frame.start_s > IN_CHARGE_S + 200.0 for frame in frames), "imaging resumes"
    assert not any(IN_CHARGE_S < frame.start_s < IN_CHARGE_S + 200.0 for frame in frames)
    assert verify_record(tmp_path / "run").ok


def test_settings_are_made_anew_when_the_microscope_is_back(tmp_path: Path) -> None:
    """Somebody used it meanwhile: no high voltage, another energy, another place."""
    bench = SimulatedBench.open()
    microscope = bench.laboratory.instruments["sem"]
    assert isinstance(microscope, TescanMicroscope)
    bench.world.call_at(IN_CHARGE_S + 50.0, lambda now: microscope.operator_sets_voltage(15e3, now))
    bench.world.call_at(IN_CHARGE_S + 51.0, lambda now: microscope.operator_moves_stage((0.5, 0.5, 10.0, 0, 0), now))
    bench.world.call_at(IN_CHARGE_S + 70.0, microscope.trip_beam)
    bench.unplug("sem", IN_CHARGE_S, IN_CHARGE_S + 100.0)
    outcome = bench.run(SHORT, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    after = [frame for frame in read_frames(tmp_path / "run") if frame.start_s > IN_CHARGE_S + 100.0]
    assert after
    for frame in after:
        assert frame.beam_voltage_V == pytest.approx(5e3)
        assert (frame.stage_x_m, frame.stage_y_m) == pytest.approx((1.2e-3, -0.35e-3), abs=2e-6)


def test_a_microscope_that_never_comes_back_is_unknown_and_cycling_is_done(tmp_path: Path, undisturbed: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("sem", IN_CHARGE_S)
    outcome = bench.run(SHORT, tmp_path / "run", GAVE_UP)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 4)
    assert {state.safety for state in outcome.safe_states if state.instrument == "sem"} >= {Safety.UNKNOWN}
    assert_same_current(tmp_path / "run", undisturbed)
    assert outcome.captures_not_taken == len(reasons(tmp_path / "run")) > 0
    assert all("chemistry" in why or "overview" in why for why in reasons(tmp_path / "run"))
    assert [str(event["message"]).split(":")[0] for event in events_of(tmp_path / "run", "rendezvous timed out")]
    assert not bench.world.beam.on_specimen


def test_a_silent_microscope_is_a_lost_one(tmp_path: Path, undisturbed: Path) -> None:
    bench = SimulatedBench.open()
    bench.laboratory.wire_faults("sem").silent_between.append((IN_CHARGE_S, IN_CHARGE_S + 120.0))
    outcome = bench.run(SHORT, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    assert_same_current(tmp_path / "run", undisturbed)
    assert max(frame.start_s for frame in read_frames(tmp_path / "run")) > IN_CHARGE_S + 120.0


def test_the_document_may_say_that_the_microscope_ends_the_run(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("sem", IN_CHARGE_S)
    outcome = bench.run(SHORT + "failures: {microscope: end}\n", tmp_path / "run", GAVE_UP)
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 4)
    assert "TransportClosed" in outcome.reason
    assert not bench.world.beam.on_specimen


def test_a_lost_spectrometer_costs_its_spectra_and_nothing_else(tmp_path: Path, undisturbed: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("eds", IN_CHARGE_S)
    outcome = bench.run(SHORT, tmp_path / "run", GAVE_UP)
    assert outcome.ending is Ending.COMPLETED
    assert_same_current(tmp_path / "run", undisturbed)
    assert any("spectrometer" in why for why in reasons(tmp_path / "run"))
    assert read_spectra(tmp_path / "run") == []
    assert len(read_frames(tmp_path / "run")) >= len(read_frames(undisturbed)) - 2


def test_paused_imaging_finishes_its_picture_and_the_cell_never_notices(tmp_path: Path, undisturbed: Path) -> None:
    wishes = {
        IN_CHARGE_S: lambda steering: steering.pause_imaging("A. Scientist", "the door is open"),
        IN_CHARGE_S + 250.0: lambda steering: steering.resume_imaging("A. Scientist"),
    }
    outcome = SimulatedBench.open().run(SHORT, tmp_path / "run", steered(wishes))
    assert outcome.exit_code == 0, outcome.reason
    assert_same_current(tmp_path / "run", undisturbed)
    frames = read_frames(tmp_path / "run")
    assert not any(IN_CHARGE_S < frame.start_s < IN_CHARGE_S + 250.0 for frame in frames)
    assert any(IN_CHARGE_S + 250.0 <= frame.start_s < IN_CHARGE_S + 260.0 for frame in frames), "one waited"
    assert any("wait already" in why for why in reasons(tmp_path / "run")), "the next one was too much"
    (pause,) = events_of(tmp_path / "run", "pause")
    assert (pause["who"], pause["message"]) == ("A. Scientist", "the door is open")


def test_a_rendezvous_waits_for_paused_imaging_no_longer_than_it_says(tmp_path: Path, undisturbed: Path) -> None:
    protocol = SHORT.replace("at_most: 10 min", "at_most: 5 min")
    pause = {IN_CHARGE_S: lambda steering: steering.pause_imaging("A. Scientist")}
    outcome = SimulatedBench.open().run(protocol, tmp_path / "run", steered(pause))
    assert outcome.exit_code == 0, outcome.reason
    assert_same_current(tmp_path / "run", undisturbed)
    samples = open_samples(tmp_path / "run")
    (rest,) = [e for e in events_of(tmp_path / "run", "step started") if e["message"] == "rest during chemistry"]
    assert (samples["step"] == rest["step"]).sum() == pytest.approx(300, abs=2)
    assert events_of(tmp_path / "run", "rendezvous timed out")
    assert any("chemistry" in why and "nobody waits" in why for why in reasons(tmp_path / "run"))
    assert any("come to its end: imaging is paused" in why for why in reasons(tmp_path / "run"))


def test_somebody_asks_for_a_capture_and_leaves_a_note(tmp_path: Path) -> None:
    def ask(steering: Steering) -> None:
        steering.note("a dark spot beside the anode", "A. Scientist")
        steering.capture_now("overview", "A. Scientist")
        with pytest.raises(ConfigMismatch, match="did you mean 'overview'"):
            steering.capture_now("overviev", "A. Scientist")

    outcome = SimulatedBench.open().run(SHORT, tmp_path / "run", steered({IN_CHARGE_S: ask}))
    assert outcome.exit_code == 0, outcome.reason
    asked = [frame for frame in read_frames(tmp_path / "run") if frame.trigger == "asked for by A. Scientist"]
    assert [frame.detector for frame in asked] == ["SE", "BSE"]
    assert asked[0].start_s == pytest.approx(IN_CHARGE_S, abs=5.0)
    (note,) = events_of(tmp_path / "run", "note")
    assert note["message"] == "a dark spot beside the anode"


IMAGE_THE_FAILURE = "failures: {potentiostat: {image: overview, every: 30 s, for: 5 min}}\n"


def test_a_failed_potentiostat_is_looked_at_as_the_document_says(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("potentiostat", IN_CHARGE_S, IN_CHARGE_S + 60.0)
    outcome = bench.run(SHORT + IMAGE_THE_FAILURE, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1), "confirmed safe, but failed"
    after = [f for f in read_frames(tmp_path / "run") if f.trigger == "after the failure of potentiostat"]
    assert len(after) == 2 * 10
    assert np.isnan(after[-1].voltage_at_start_V), "nothing is known of the cell, and nothing is made up"
    assert IN_CHARGE_S + 270 < after[-1].start_s < IN_CHARGE_S + 330
    assert bench.bench.clock.now() < IN_CHARGE_S + 340
    (back,) = events_of(tmp_path / "run", "instrument back")
    assert float(str(back["test_time_second"])) == pytest.approx(IN_CHARGE_S + 60.0, abs=5.0)


def test_a_failed_potentiostat_ends_the_run_if_nothing_is_said(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("potentiostat", IN_CHARGE_S)
    outcome = bench.run(SHORT, tmp_path / "run", GAVE_UP)
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 4)
    assert bench.bench.clock.now() < IN_CHARGE_S + 30.0
