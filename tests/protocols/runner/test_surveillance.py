"""Somebody changes a setting in the vendor's own program: the next frame says so, and the document's policy applies."""

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, IMAGING
from support.samples import sample_block

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Samples, Technique
from operando.protocols.record import FrameRow, open_samples, read_events, read_frames
from operando.protocols.runner import Ending, RunOptions, Steering
from operando.protocols.runner.surveillance import cell_deviation, current_vanished
from operando.simulators.microscopes import TescanMicroscope
from operando.simulators.microscopes.settings import AxisValues
from operando.simulators.potentiostats import EmStat4

CHANGE_S = 170.0
ASIDE: AxisValues = (1.5, -0.2, 10.0, 0.0, 0.0)
Change = Callable[[TescanMicroscope, float], None]
CHANGES: dict[str, tuple[str, Change]] = {
    "stage moved": ("stage x_m", lambda sem, now: sem.operator_moves_stage(ASIDE, now)),
    "high voltage": ("beam voltage_V", lambda sem, now: sem.operator_sets_voltage(7e3, now)),
    "beam current": ("beam current_A", lambda sem, now: sem.operator_sets_current(300e-12, now)),
    "detector gain": ("SE gain_percent", lambda sem, now: sem.operator_sets_gain(1, 70.0, 40.0, now)),
}


def run(folder: Path, change: Change, policy: str) -> list[FrameRow]:
    bench = SimulatedBench.open()
    sem = bench.laboratory.instruments["sem"]
    assert isinstance(sem, TescanMicroscope)
    bench.world.call_at(CHANGE_S, lambda now: change(sem, now))
    protocol = HEAD + "imaging_only: 6 min\n" + IMAGING + "when: [{every: 1 min, capture: overview}]\n"
    outcome = bench.run(f"{protocol}if_changed: {policy}\n", folder)
    assert outcome.exit_code == 0, outcome.reason
    return list(read_frames(folder))


def changed(folder: Path) -> list[dict[str, object]]:
    return [dict(event) for event in read_events(folder) if event["kind"] == "setting changed"]


def setting_of(frame: FrameRow) -> tuple[float, ...]:
    return (
        round(frame.stage_x_m, 5),
        round(frame.beam_voltage_V, -1),
        round(frame.beam_current_A * 1e12, 0),
        round(frame.gain_percent, 0),
    )


@pytest.mark.parametrize("name", list(CHANGES))
def test_the_next_frame_says_so_and_the_setting_is_restored(name: str, tmp_path: Path) -> None:
    setting, change = CHANGES[name]
    frames = run(tmp_path / "run", change, "restore")
    (event,) = changed(tmp_path / "run")
    settings = event["settings"]
    assert isinstance(settings, list) and setting in settings
    first_after = next(frame for frame in frames if frame.start_s > CHANGE_S)
    assert event["frame_start_s"] == pytest.approx(first_after.start_s)
    assert first_after.number < frames[-1].number
    se = [frame for frame in frames if frame.detector == "SE"]
    wanted = setting_of(se[0])
    wrong = [frame for frame in se if setting_of(frame) != wanted]
    assert [frame.start_s for frame in wrong] == [first_after.start_s], "only the frame that showed it is wrong"


def test_imaging_stops_if_the_document_says_so(tmp_path: Path) -> None:
    frames = run(tmp_path / "run", CHANGES["stage moved"][1], "stop imaging")
    (event,) = changed(tmp_path / "run")
    assert float(str(event["frame_start_s"])) == pytest.approx(frames[-1].start_s)
    kinds = [str(event["kind"]) for event in read_events(tmp_path / "run")]
    assert "pause" in kinds and "capture not taken" in kinds


@pytest.mark.parametrize(
    ("technique", "voltage_V", "current_A", "suspicious"),
    [
        (OpenCircuit(), 3.7, 0.0, False),
        (OpenCircuit(), 3.7, 5e-5, True),
        (Galvanostatic(1.2e-4), 3.7, 1.2e-4, False),
        (Galvanostatic(1.2e-4), 3.7, -1.2e-4, True),
        (Galvanostatic(1.2e-4), 3.7, 1.5e-4, True),
        (Galvanostatic(1.2e-4), 3.7, np.nan, True),
        (Potentiostatic(4.2), 4.2, 5e-5, False),
        (Potentiostatic(4.2), 3.9, 5e-5, True),
        (Impedance(1e5, 1.0, 5, 0.01), 3.9, 5e-5, False),
    ],
)
def test_samples_that_cannot_come_from_the_step(
    technique: Technique, voltage_V: float, current_A: float, suspicious: bool
) -> None:
    (sample,) = sample_block([10.0], voltage_V, current_A=current_A)
    assert (cell_deviation(sample, technique) is not None) is suspicious


HELD = (
    HEAD
    + """\
cycling:
  - {name: charge, step: Charge at C/10 for 2 minutes}
  - {name: hold, step: Hold at 3.565 V for 2 minutes}
"""
)
IN_CHARGE_S, IN_HOLD_S = 100.0, 200.0


def test_a_lead_that_is_pulled_while_a_voltage_is_held_is_said_at_once(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.world.call_at(IN_HOLD_S, bench.world.cell.open_circuit)
    outcome = bench.run(HELD, tmp_path / "run")
    assert outcome.exit_code == 0, "it is said; whether it matters is for the scientist"
    (event,) = [dict(event) for event in read_events(tmp_path / "run") if event["kind"] == "output changed"]
    assert "(hold): cell current_A" in str(event["message"])
    assert IN_HOLD_S < float(str(event["test_time_second"])) < IN_HOLD_S + 15.0


def somebody_drives(bench: SimulatedBench, mocker: MockerFixture, steps: Collection[int]) -> None:
    """Somebody sets another current on the instrument; an EmStat4 tells what it applies, so here one that measures."""
    potentiostat = bench.bench.potentiostat
    poll = potentiostat.poll

    def measured() -> Samples:
        samples = poll()
        block = samples.block
        block["current_A"][(block["time_s"] > IN_CHARGE_S) & np.isin(block["step"], list(steps))] = 2e-4
        return samples

    mocker.patch.object(potentiostat, "poll", measured)


def charge_steps(folder: Path) -> list[int]:
    """The steps that carried out the charge, all of its parts."""
    started = [event for event in read_events(folder) if event["kind"] == "step started"]
    return [int(str(event["step"])) for event in started if event["message"] == "charge"]


@pytest.fixture(scope="module")
def first_charge(tmp_path_factory: pytest.TempPathFactory) -> int:
    """The number of the step that charges."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    assert SimulatedBench.open().run(HELD, folder).exit_code == 0
    assert "output changed" not in {event["kind"] for event in read_events(folder)}
    (number,) = charge_steps(folder)
    return number


def test_a_wrong_current_is_said_at_the_next_sample_and_set_right(
    tmp_path: Path, mocker: MockerFixture, first_charge: int
) -> None:
    bench = SimulatedBench.open()
    somebody_drives(bench, mocker, [first_charge])
    outcome = bench.run(HELD, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    (event,) = [dict(event) for event in read_events(tmp_path / "run") if event["kind"] == "output changed"]
    assert "(charge): cell current_A is 0.0002" in str(event["message"]) and event["policy"] == "restore"
    assert IN_CHARGE_S < float(str(event["test_time_second"])) <= IN_CHARGE_S + 6.0, "with the block of the next poll"
    parts = charge_steps(tmp_path / "run")
    assert len(parts) == 2
    samples = open_samples(tmp_path / "run")
    wrong_s = samples["time_s"][samples["current_A"] == 2e-4]
    assert np.ptp(wrong_s) < 12.0, "it is ended with the poll after"
    elapsed_s = samples["elapsed_s"][samples["step"] == parts[-1]]
    assert elapsed_s.max() == pytest.approx(120.0, abs=1.0), "two minutes in both parts together"


@pytest.mark.parametrize("policy", ["record", "stop imaging"])
def test_the_policy_of_the_document_holds_for_the_potentiostat(
    tmp_path: Path, mocker: MockerFixture, first_charge: int, policy: str
) -> None:
    bench = SimulatedBench.open()
    somebody_drives(bench, mocker, [first_charge])

    def let_go_later(steering: Steering) -> None:
        asyncio.get_running_loop().call_at(400.0, steering.continue_cycling, "somebody", "mended")

    options = RunOptions(steered_by=let_go_later)
    outcome = bench.run(f"{HELD}if_changed: {policy}\n", tmp_path / "run", options)
    assert outcome.exit_code == 0, outcome.reason
    events = read_events(tmp_path / "run")
    assert [event["policy"] for event in events if event["kind"] == "output changed"] == [policy]
    held = [event["who"] for event in events if (event["source"], event["kind"]) == ("cycling", "hold")]
    assert held == (["operando"] if policy == "stop imaging" else [])


def test_an_output_that_is_changed_again_ends_the_run_safely(
    tmp_path: Path, mocker: MockerFixture, first_charge: int
) -> None:
    bench = SimulatedBench.open()
    somebody_drives(bench, mocker, [first_charge, first_charge + 1])
    outcome = bench.run(HELD, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "set once more and is changed again" in outcome.reason


def test_a_step_that_somebody_else_ends_is_not_taken_for_done(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    potentiostat = bench.laboratory.instruments["potentiostat"]
    assert isinstance(potentiostat, EmStat4)
    bench.world.call_at(IN_CHARGE_S, potentiostat.somebody_ends_script)
    outcome = bench.run(HELD, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "'charge' ended after" in outcome.reason
    assert "hold" not in {
        event["message"] for event in read_events(tmp_path / "run") if event["kind"] == "step started"
    }
    assert not potentiostat.cell_is_on


@pytest.mark.parametrize(
    ("currents_A", "vanished"),
    [
        ([3e-5, 2e-5, 1e-5, 1e-6], False),
        ([3e-5, 2e-5, 2e-5, 1e-11], True),
        ([-3e-5, -2e-5, -2e-5, 0.0], True),
        ([9e-7, 5e-7, 1e-10, 0.0], False),
    ],
)
def test_a_held_current_decays_and_does_not_break_off(currents_A: list[float], vanished: bool) -> None:
    samples = sample_block([10.0, 18.0, 26.0, 34.0], 3.6, current_A=currents_A)
    assert (current_vanished(samples, Potentiostatic(3.6)) is not None) is vanished
    assert current_vanished(samples, Galvanostatic(3e-5)) is None


def test_the_offset_of_a_large_range_is_no_current_at_rest() -> None:
    (sample,) = sample_block([10.0], 3.6, current_A=[4e-6])
    assert cell_deviation(sample, OpenCircuit()) is not None
    assert cell_deviation(sample, OpenCircuit(), rest_A=1e-5) is None
