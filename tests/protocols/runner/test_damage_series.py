"""The shipped damage series on the simulated bench: its dose is the true one, and its budget keeps a run below it."""

import json
import re
from pathlib import Path

import pytest
from support.exposed_run import absorbed_under, exposed
from support.focus_runs import bench_in_world

from operando.protocols.cli.dose import propose_dose
from operando.protocols.document import parse_protocol
from operando.protocols.record import read_events, read_frames
from operando.protocols.shipped import shipped_text

pytestmark = pytest.mark.timeout(600)

DAMAGE_C_PER_M2 = 500.0
LEFT_OUT = tuple(range(1, 9))


def with_two_spots(text: str) -> str:
    """The spots that get least are left out, to save time."""
    for number in LEFT_OUT:
        text = re.sub(rf"^  spot {number}:.*\n", "", text, flags=re.MULTILINE)
        text = re.sub(rf"\bspot {number}, ", "", text)
    return text


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The folder of a series, and the true incident dose at which its specimen is damaged."""
    folder = tmp_path_factory.mktemp("series")
    bench = bench_in_world(folder, preset="fine", seed=3, damage_C_per_m2=DAMAGE_C_PER_M2)
    outcome = bench.run(with_two_spots(shipped_text("damage_series")), folder / "run")
    assert outcome.exit_code == 0, outcome.reason
    last = [frame for frame in read_frames(folder / "run") if frame.region == "spot 10"][-1]
    absorbed = bench.world.specimen.dose.at(last.stage_x_m, last.stage_y_m)
    return folder / "run", DAMAGE_C_PER_M2 * last.dose_C_per_m2 / absorbed


def test_the_dose_of_damage_is_found_and_its_budget_keeps_a_run_below_it(
    series: tuple[Path, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, true_C_per_m2 = series
    assert propose_dose(folder, None, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    found = min(one["dose_C_per_m2"] for one in told["by_detector"].values() if one["dose_C_per_m2"])
    assert 1 / 1.5 < found / true_C_per_m2 < 1.5
    assert told["voltage_V"] == 5e3

    protocol = tmp_path / "protocol.yaml"
    protocol.write_text(exposed(""))
    assert propose_dose(folder, protocol, json=False) == 0
    printed = capsys.readouterr().out
    budget = printed[printed.index("dose:") :]
    assert parse_protocol(exposed(budget)).dose.per_region_C_per_m2 == {"anode": told["proposed_C_per_m2"]}

    worst = absorbed_under(budget, tmp_path, preset="fine", seed=3, damage_C_per_m2=DAMAGE_C_PER_M2)
    assert 0.3 * DAMAGE_C_PER_M2 < worst < DAMAGE_C_PER_M2


def test_controls_are_seen_by_no_other_beam(series: tuple[Path, float]) -> None:
    controls = [frame for frame in read_frames(series[0]) if frame.region.startswith("control")]
    assert {frame.trigger for frame in controls} == {"at the start", "at the end"}
    assert {event["region"] for event in read_events(series[0]) if event["kind"] == "focus"} == {"focus spot"}


def test_the_beam_is_watched(series: tuple[Path, float]) -> None:
    events = [event for event in read_events(series[0]) if event["source"] == "beam"]
    taken = [event for event in events if event["kind"] == "absorbed current"]
    exposures = {(frame.region, frame.start_s) for frame in read_frames(series[0])}
    assert len(taken) == len(exposures)
    at_look = [float(str(event["absorbed_current_A"])) for event in taken if event["capture"] == "look"]
    assert all(0.3 * 200e-12 < current_A < 0.8 * 200e-12 for current_A in at_look)
    assert {event["detector"] for event in events if event["kind"] == "signal locked"} == {"SE", "BSE"}
    assert "blanking confirmed" in {event["kind"] for event in events}
    assert "beam not blanked" not in {event["kind"] for event in events}
