"""A run that is parked, whose sample is put back turned and shifted, and continued; judged by the simulated world."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from support.laboratory import SimulatedBench
from support.sessions import SEEN, at_times, bench_of_seed, continued

from operando.drivers.errors import ConfigMismatch
from operando.drivers.roles import Safety
from operando.protocols.reading import RunStatus, open_run
from operando.protocols.record import open_samples, read_events, read_frames, verify_record
from operando.protocols.record.sessions import continued_sessions, is_parked, parked_sessions, session_folder
from operando.protocols.runner import Ending, RunOptions, RunOutcome, Steering
from operando.protocols.runner.continuing import Returning
from operando.protocols.sessions import Consent

pytestmark = pytest.mark.timeout(900)

TURNED_RAD = math.radians(3.0)
SHIFT_M = (0.4e-3 * math.cos(0.7), 0.4e-3 * math.sin(0.7))
NEAR_M = 2e-6
PARKED_S = 200.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """A run over two sessions."""

    bench: SimulatedBench
    folder: Path
    parked: RunOutcome
    parked_s: float


def park(steering: Steering) -> None:
    steering.park("eva", "the night")


def parked(folder: Path) -> Experiment:
    bench = SimulatedBench.open()
    outcome = bench.run(SEEN, folder, RunOptions(steered_by=at_times({PARKED_S: park})))
    return Experiment(bench, folder, outcome, bench.bench.clock.now())


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Experiment]:
    yield parked(tmp_path_factory.mktemp("parked") / "run")


def where_on_specimen_m(bench: SimulatedBench, place_m: tuple[float, float], time_s: float) -> tuple[float, float]:
    """Which point of the specimen lies under stage coordinates, for a stage that stands where it says."""
    specimen, beam = bench.world.specimen, bench.world.beam
    there = replace(beam, stage=replace(beam.stage, x_m=place_m[0], y_m=place_m[1]))
    mounted = specimen.mounted(there).stage
    drift_x_m, drift_y_m = specimen.drift.at(np.array([time_s]))[0]
    return mounted.x_m + float(drift_x_m), mounted.y_m + float(drift_y_m)


def test_a_parked_run_is_safe_sealed_and_says_so(experiment: Experiment) -> None:
    outcome, folder = experiment.parked, experiment.folder
    assert outcome.ending is Ending.PARKED and outcome.exit_code == 0, outcome.reason
    assert all(state.safety is Safety.CONFIRMED for state in outcome.safe_states)
    (session,) = parked_sessions(folder)
    assert (session.number, session.who, session.reason) == (1, "eva", "the night")
    given = TypeAdapter(dict[str, dict[str, float | bool]]).validate_python(session.standing["dose"])
    assert given["anode"]["given_C_per_m2"] > 0.0 and given["anode"]["known"]


def test_regions_are_found_again_and_the_step_goes_on_with_what_remains(experiment: Experiment) -> None:
    bench, folder = experiment.bench, experiment.folder
    before = {name: where_on_specimen_m(bench, place_m, experiment.parked_s) for name, place_m in PLACES.items()}
    parked_dose = {row.region: row.dose_C_per_m2 for row in read_frames(folder)}
    assert verify_record(folder).parked
    assert open_run(folder).status is RunStatus.PARKED
    bench.world.specimen.put_back(TURNED_RAD, SHIFT_M)
    outcome = continued(bench, SEEN, folder)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    (session,) = continued_sessions(folder)
    assert session.recognised == "fiducials" and session.number == 2
    assert session.turned_rad == pytest.approx(TURNED_RAD, abs=math.radians(0.1))
    for name, region in session.regions.items():
        missed_m = math.dist(where_on_specimen_m(bench, region.now_m, session.from_s), before[name])
        assert missed_m < (NEAR_M if region.seen else 4 * region.uncertainty_m), name
    assert {name for name, region in session.regions.items() if region.seen} == {"anode", "cathode"}
    check_frames(experiment)
    verdict = verify_record(folder)
    assert verdict.ok and verdict.closed and not verdict.parked, str(verdict)
    ends = [event for event in read_events(folder) if event["kind"] == "step ended"]
    charged = [event for event in ends if str(event["message"]).startswith("charge:")]
    assert float(str(charged[-1]["charge_C"])) == pytest.approx(360 * 120e-6, rel=0.01)
    assert float(str(charged[0]["charge_C"])) < 0.9 * 360 * 120e-6
    later = {row.region: row.dose_C_per_m2 for row in read_frames(folder)}
    assert all(later[name] > dose for name, dose in parked_dose.items() if name != "control")
    sequence = open_samples(folder)["sequence"]
    assert np.array_equal(np.sort(sequence), np.arange(sequence.size))


PLACES = {"anode": (1.2e-3, -0.35e-3), "cathode": (1.2e-3, -0.98e-3), "control": (2.9e-3, -0.35e-3)}


def check_frames(experiment: Experiment) -> None:
    """Frames of the second session lie where the record says that the regions are now."""
    (session,) = continued_sessions(experiment.folder)
    rows = [row for row in read_frames(experiment.folder) if row.start_s > session.from_s]
    assert {row.region for row in rows} == {"anode", "cathode", "control"}
    for row in rows:
        now_m = session.regions[row.region].now_m
        assert math.dist((row.stage_x_m, row.stage_y_m), now_m) < NEAR_M


def test_another_sample_is_refused_and_the_run_stays_parked(tmp_path: Path) -> None:
    one = parked(tmp_path / "run")
    other = bench_of_seed(2)
    other.bench.clock.sleep_until(one.parked_s)
    said: list[str] = []

    def hand_over(steering: Steering) -> None:
        with pytest.raises(ConfigMismatch) as error:
            steering.hand_over("eva")
        said.append(str(error.value))

    outcome = continued(other, SEEN, one.folder, options=RunOptions(steered_by=at_times({5.0: hand_over})))
    assert len(said) == 1 and "looks for the sample" in said[0], "nobody is at the stage while it searches"
    assert outcome.ending is Ending.REFUSED and outcome.exit_code == 2, outcome.reason
    assert "not recognised" in outcome.reason and outcome.reason.endswith("it stays parked")
    assert not other.world.beam.on_specimen
    verdict = verify_record(one.folder)
    assert is_parked(one.folder) and verdict.parked and verdict.ok, str(verdict)
    steps = [event for event in read_events(one.folder) if event["kind"] == "step started"]
    assert str(steps[-1]["message"]) == "rest at the return"
    sure = Returning(sample=Consent("ada", "the label says so"))
    outcome = continued(other, SEEN, one.folder, sure, away_s=60.0)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    (session,) = continued_sessions(one.folder)
    assert (session.recognised, session.who, session.reason) == ("confirmed", "ada", "the label says so")


def test_without_fiducials_somebody_has_to_confirm_the_regions(tmp_path: Path) -> None:
    one = parked(tmp_path / "run")
    (session_folder(one.folder, 1) / "fiducials.npz").unlink()
    outcome = continued(one.bench, SEEN, one.folder)
    assert outcome.ending is Ending.REFUSED
    assert "--sample-confirmed" in outcome.reason
    assert not verify_record(one.folder).ok, "the seal misses what was taken away"
