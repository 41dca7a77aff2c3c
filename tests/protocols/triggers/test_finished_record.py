"""A finished record is asked: every frame has its chain, and its triggers give the same list again."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import SHORT

from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.why import run_why
from operando.protocols.record import open_samples, read_events, read_frames, verify_record
from operando.protocols.runner import RunOptions, Steering
from operando.protocols.triggers.chain import RunStory
from operando.protocols.triggers.firing import Firing, Outcome
from operando.protocols.triggers.rerun import rerun

PROTOCOL = (
    SHORT.replace(
        "captures:\n",
        """\
  control: {stage: {x: 2.900 mm, y: -0.350 mm}, width: 120 um, only: [start, end]}
captures:
  look: {regions: [cathode], detectors: [SE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
  burst:
    regions: [anode]
    detectors: [BSE]
    pixels: [64, 48]
    dwell: 10 us
    repeat: 3
    beam: {voltage: 5 kV, current: 100 pA}
    before: {samples: 20 s, every: 200 ms, frames: 2}
""",
    ).replace("  - {capture: chem", "  - {capture: look, cell: hold voltage, at_most: 5 min}\n  - {capture: chem")
    + """\
  - {voltage: {rises_above: 3.605 V, for: 2 s}, during: charge, settled: 30 s, capture: burst, start_within: 20 s}
  - {voltage: {falls: 3 mV, over: 60 s}, during: discharge, capture: burst, once: true}
  - {all: [{every: 50 s}, {current: {falls_below: 1 uA}}], capture: overview, at_most_every: 2 min}
  - {any: [{charge_passed: 5 uAh}, {start_of: discharge}], capture: look}
  - {pressure: {gauge: box, falls_below: 2 bar}, capture: look}
  - {dose: {region: anode, rises_above: 0.001 C/m^2}, capture: look}
  - {impedance: {rises_above: 1 ohm}, capture: look}
  - {voltage: {rises_above: 3 V}, during: charge, capture: look}
"""
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with one trigger of nearly every kind, and a capture that a person asks for."""
    bench = SimulatedBench.open()
    folder = tmp_path_factory.mktemp("triggers") / "run"

    def steered_by(steering: Steering) -> None:
        assert steering.capture_now is not None
        steering.capture_now("look", "A. Scientist")

    outcome = bench.run(PROTOCOL, folder, RunOptions(steered_by=steered_by))
    assert outcome.exit_code == 0, outcome.reason
    assert verify_record(folder).ok
    return folder


def test_the_triggers_give_the_same_list_again(folder: Path) -> None:
    again = rerun(folder)
    assert again.agrees, (again.missing, again.surplus)
    fired = {one.trigger for one in again.recorded if one.outcome is Outcome.FIRED}
    assert fired >= {0, 1, 2, 3, 4, 5, 6, 8}
    assert {one.outcome for one in again.recorded} == set(Outcome)


def test_a_record_that_was_tampered_with_gives_another_list(folder: Path) -> None:
    again = rerun(folder)
    changed = type(again)(again.recorded[1:], again.again)
    assert not changed.agrees
    assert [one.time_s for one in changed.surplus] == [again.recorded[0].time_s]
    shifted = Firing(0, Outcome.FIRED, again.recorded[0].time_s + 1.0)
    assert type(again)((shifted,), again.again).missing == [shifted]


def test_every_frame_has_a_chain_without_a_gap(folder: Path) -> None:
    story = RunStory(folder)
    frames = read_frames(folder)
    assert {frame.trigger for frame in frames} >= {"at the start", "at the end", "asked for by A. Scientist"}
    assert any(frame.trigger.startswith("rendezvous") for frame in frames)
    for frame in frames:
        why = story.why(frame.number)
        names = [link.what for link in why.links]
        assert names[0] in ("protocol", "operator")
        assert {"condition", "request", "command", "frame", "state"} <= set(names), names
        if story.fired_for(frame) is not None:
            assert "detection" in names
        times = [link.time_s for link in why.links if link.what != "before" and link.time_s == link.time_s]
        assert times == sorted(times), "each link after the one that caused it"
        assert why.link("command").time_s >= why.link("request").time_s


def test_the_chain_tells_the_line_the_sample_and_its_value(folder: Path) -> None:
    story = RunStory(folder)
    frame = next(frame for frame in read_frames(folder) if frame.capture == "burst" and "3.605" in frame.trigger)
    why = story.why(frame.number)
    assert "voltage: {rises_above: 3.605 V, for: 2 s}" in why.link("protocol").text
    sample_s = why.link("condition").time_s
    samples = open_samples(folder)
    sample = samples[np.argmin(np.abs(samples["time_s"] - sample_s))]
    assert sample["time_s"] == sample_s
    assert f"at {sample['voltage_V']:.6g} V" in why.link("condition").text
    assert "journal" in why.link("command").text


def test_the_time_before_a_burst_is_kept_at_its_full_rate(folder: Path) -> None:
    events = [event for event in read_events(folder) if event["source"] == "triggers"]
    kept = next(event for event in events if event["kind"] == "samples kept")
    frames = next(event for event in events if event["kind"] == "frames kept")
    samples = open_samples(folder)
    belong = samples[(samples["sequence"] >= kept["first_sequence"]) & (samples["sequence"] <= kept["last_sequence"])]
    assert belong.size == kept["samples"] and 99 <= belong.size <= 101
    assert np.diff(belong["time_s"]) == pytest.approx(0.2, abs=0.01)
    rows = {frame.number: frame for frame in read_frames(folder)}
    assert isinstance(frames["frames"], list)
    before = [rows[int(str(number))] for number in frames["frames"]]
    assert len({row.start_s for row in before}) == 2 and {row.region for row in before} == {"anode"}
    event_s = float(str(frames["sample_s"]))
    between = [row for row in rows.values() if row.region == "anode" and before[-1].end_s < row.end_s <= event_s]
    assert between == [], "they are the last"


def test_what_held_already_says_so(folder: Path) -> None:
    events = [event for event in read_events(folder) if event["kind"] == "already true"]
    assert [str(event["message"]).split(":")[0] for event in events] == [
        "box pressure falls through 200000 Pa",
        "impedance rises through 1 ohm",
        "voltage rises through 3 V",
    ]


def test_on_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = next(frame.number for frame in read_frames(folder) if frame.trigger == "at the start")
    assert run_why(folder, number, json=False) == 0
    assert "only: [start, end]" in capsys.readouterr().out
    assert run_why(folder, None, json=False) == 0
    told = capsys.readouterr().out
    assert "asked again, the record gives the same list" in told
    assert "capture taken, frames" in told
    assert run_why(folder, None, json=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["asked_again"]["agrees"] is True
    assert run_why(folder, 1, json=True) == 0
    assert json.loads(capsys.readouterr().out)["frame"] == 1


def test_a_frame_that_is_not_there_says_so(folder: Path) -> None:
    with pytest.raises(ConfigMismatch, match="there is no frame 99999"):
        run_why(folder, 99999, json=False)
