"""Focus by rule: from far off back into focus with the stated dose, on both batches; nothing runs away."""

from pathlib import Path

import pytest
from support.focus_runs import CONVERGENCE_RAD, FocusRun, bench_in_world, focus_protocol

from operando.protocols.record import read_events, verify_record

pytestmark = pytest.mark.timeout(600)

PLACE_M = (1.2e-3, -0.98e-3)
RULE = "every: 2 h, range: 60 um, largest_dose: 3 C/m^2"
OFF_M = 50e-6


@pytest.mark.parametrize("voltage_kV", [5.0, 10.0])
@pytest.mark.parametrize("off_m", [OFF_M, -OFF_M], ids=["too far", "too near"])
@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_from_50_um_off_back_within_the_depth_of_field(
    tmp_path: Path, preset: str, off_m: float, voltage_kV: float
) -> None:
    run = FocusRun(bench_in_world(tmp_path, preset=preset, seed=5), tmp_path / "run")
    run.defocus(*PLACE_M, voltage_kV * 1e3, off_m)
    outcome = run.run(focus_protocol(RULE, voltage_kV=voltage_kV, minutes=3))
    assert outcome.exit_code == 0, outcome.reason
    (focused,) = run.events("focused")
    frames = run.frames()
    depth_of_field_m = frames[0].pixel_size_m / (2 * CONVERGENCE_RAD)
    assert frames and max(abs(run.out_of_focus_m(frame)) for frame in frames) < depth_of_field_m
    assert float(str(focused["dose_C_per_m2"])) <= 3.0
    before = focused["before"]
    assert isinstance(before, dict)
    assert before["working_distance_m"] - run.best_display_m(*PLACE_M, voltage_kV * 1e3) == pytest.approx(
        off_m, abs=2e-6
    )


def test_the_region_itself_sees_nothing_of_it(tmp_path: Path) -> None:
    """The specimen books what the beam truly did: beside the region the focusing, on it only its pictures."""
    run = FocusRun(bench_in_world(tmp_path, preset="fine", seed=5), tmp_path / "run")
    run.run(focus_protocol(RULE, minutes=3))
    (focused,) = run.events("focused")
    ledger = run.bench.world.specimen.dose
    last = run.frames()[-1]
    assert 0.3 < ledger.at(*PLACE_M) / last.dose_C_per_m2 < 0.8
    spot = float(str(focused["x_m"])), float(str(focused["y_m"]))
    assert 0.3 < ledger.at(*spot) / float(str(focused["dose_C_per_m2"])) < 0.8
    booked = [event for event in read_events(run.folder) if event["source"] == "dose" and event["kind"] == "focus"]
    assert {event["region"] for event in booked} == {"focus beside place"}
    assert verify_record(run.folder).ok


@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_a_featureless_place_is_given_up_and_the_lens_is_as_before(tmp_path: Path, preset: str) -> None:
    """Lithium with few backscattered electrons shows nothing but noise."""
    run = FocusRun(bench_in_world(tmp_path, preset=preset, seed=5), tmp_path / "run")
    run.defocus(1.2e-3, -0.25e-3, 5e3, 20e-6)
    shown_m = run.best_display_m(1.2e-3, -0.25e-3, 5e3) + 20e-6
    outcome = run.run(focus_protocol("every: 2 h, largest_dose: 1 C/m^2", y_mm=-0.25, detector="BSE", minutes=3))
    assert outcome.exit_code == 0, outcome.reason
    (given_up,) = run.events("focusing given up")
    assert "nothing to focus on" in str(given_up["message"])
    assert run.frames() and all(frame.working_distance_m == pytest.approx(shown_m, abs=1e-7) for frame in run.frames())
    curve = given_up["curve"]
    assert isinstance(curve, list)
    assert max(abs(point[0] - shown_m) for point in curve) <= 60e-6 + 1e-9


def test_a_maximum_beyond_the_range_is_not_run_after(tmp_path: Path) -> None:
    run = FocusRun(bench_in_world(tmp_path, preset="coarse", seed=5), tmp_path / "run")
    run.defocus(*PLACE_M, 5e3, 80e-6)
    shown_m = run.best_display_m(*PLACE_M, 5e3) + 80e-6
    run.run(focus_protocol("every: 2 h, range: 40 um, largest_dose: 3 C/m^2", minutes=2))
    (given_up,) = run.events("focusing given up")
    assert "end of the range" in str(given_up["message"])
    assert run.frames()[-1].working_distance_m == pytest.approx(shown_m, abs=1e-7)


def test_without_room_in_the_budget_it_is_not_started(tmp_path: Path) -> None:
    run = FocusRun(bench_in_world(tmp_path), tmp_path / "run")
    outcome = run.run(focus_protocol("every: 1 min, largest_dose: 3 C/m^2, budget: 4 C/m^2", minutes=5))
    assert outcome.exit_code == 0, outcome.reason
    assert len(run.events("focused")) == 1
    refused = run.events("not focused")
    assert refused and all("the dose budget of focus beside place is spent" in str(one["why_not"]) for one in refused)
    assert len(run.frames()) == 4, "pictures are taken all the same"


def test_a_dose_that_is_too_small_for_any_picture_is_said(tmp_path: Path) -> None:
    run = FocusRun(bench_in_world(tmp_path), tmp_path / "run")
    run.run(focus_protocol("every: 2 h, largest_dose: 0.01 C/m^2", minutes=2))
    (refused,) = run.events("not focused")
    assert "0.01 C/m^2 are allowed" in str(refused["why_not"])
    assert not any(event["kind"] == "focus" for event in read_events(run.folder))


def test_astigmatism_is_corrected_within_its_range(tmp_path: Path) -> None:
    """At 10 kV the column is aligned at 1.5 and -0.2 %; it stands where it was aligned for another energy."""
    run = FocusRun(bench_in_world(tmp_path, preset="fine", seed=5), tmp_path / "run")
    run.run(
        focus_protocol(
            "every: 2 h, astigmatism: true, stigmator_range: 4 %, largest_dose: 5 C/m^2", voltage_kV=10.0, minutes=2
        )
    )
    (focused,) = run.events("focused")
    found = focused["stigmators"]
    assert isinstance(found, list)
    assert found == pytest.approx([1.5, -0.2], abs=0.5)


def test_the_microscope_may_focus_by_itself_and_is_judged(tmp_path: Path) -> None:
    run = FocusRun(bench_in_world(tmp_path), tmp_path / "run")
    run.defocus(*PLACE_M, 5e3, 40e-6)
    run.run(focus_protocol("every: 2 h, by: microscope, largest_dose: 60 C/m^2, range: 80 um", minutes=2))
    (focused,) = run.events("focused")
    assert abs(run.out_of_focus_m(run.frames()[-1])) < 8e-6
    assert float(str(focused["sharpness_after"])) > 2 * float(str(focused["sharpness_before"]))


def test_it_is_done_again_in_its_time_and_when_pictures_become_less_sharp(tmp_path: Path) -> None:
    run = FocusRun(bench_in_world(tmp_path), tmp_path / "run")
    best_m = run.best_display_m(*PLACE_M, 5e3)
    run.bench.world.call_at(400.0, lambda now: run.microscope.operator_focuses(best_m + 30e-6, now))
    rule = "every: 12 min, when_sharpness_falls: 25 %, largest_dose: 3 C/m^2"
    run.run(focus_protocol(rule, minutes=25, more="if_changed: record\n"))
    reasons = [str(event["why"]) for event in run.events("focused")]
    assert reasons[0] == "the beam energy is new to the region"
    assert "12 min have passed" in reasons
    fallen = [event for event in run.events("focused") if "the sharpness fell by" in str(event["why"])]
    assert fallen
    assert abs(run.out_of_focus_m(run.frames()[-1])) < 6e-6
