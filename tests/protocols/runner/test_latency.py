"""From the sample to the first line: measured for every capture, and a broken promise is said loudly."""

from pathlib import Path

import pytest
from support.flows import events_of, steered
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, SHORT

from operando.protocols.record import open_samples, read_frames, verify_record
from operando.protocols.runner import Ending

WATCHED = (
    HEAD.replace("every: 1 s", "every: 200 ms")
    + """\
cycling:
  - {name: settle, step: Rest for 1 minute}
  - {name: charge, step: Charge at C/10 for 6 minutes}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
  cathode: {stage: {x: 1.200 mm, y: -0.980 mm}, width: 20 um}
captures:
  burst:
    {regions: [anode], detectors: [BSE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA},
     priority: 1, %s}
  survey:
    {regions: [cathode], detectors: [SE], pixels: [256, 192], dwell: 10 us, beam: {voltage: 10 kV, current: 100 pA}}
when:
  - {every: 90 s, capture: survey}
  - {charge_passed: 0.008 mAh, during: charge, capture: burst, start_within: %s}
"""
)
PROMISED_S = 3.0


def test_every_capture_has_its_four_moments_in_order(tmp_path: Path) -> None:
    assert SimulatedBench.open().run(SHORT, tmp_path / "run").exit_code == 0
    rows = events_of(tmp_path / "run", "capture taken")
    frames = read_frames(tmp_path / "run")
    assert len(rows) >= 8
    for row in rows:
        moments = [float(str(row[name])) for name in ("sample_s", "detected_s", "commanded_s", "first_line_s")]
        assert moments == sorted(moments), row
        assert float(str(row["late_s"])) == pytest.approx(moments[-1] - moments[0])
        if row["pictures"]:
            assert moments[-1] in {frame.start_s for frame in frames}, "the image's own start"
    triggered = [row for row in rows if "passed" in str(row["trigger"]) or "just before" in str(row["trigger"])]
    samples = open_samples(tmp_path / "run")["time_s"]
    assert triggered and all(float(str(row["sample_s"])) in samples for row in triggered)


def test_a_capture_that_is_kept_ready_has_nothing_left_to_do_but_the_scan(tmp_path: Path) -> None:
    late: dict[str, float] = {}
    for name, ready in (("ready", "keep_ready: true"), ("far", "keep_ready: false")):
        outcome = SimulatedBench.open().run(WATCHED % (ready, "60 s"), tmp_path / name)
        assert outcome.exit_code == 0, outcome.reason
        rows = [row for row in events_of(tmp_path / name, "capture taken") if row["capture"] == "burst"]
        survey_s = next(f.start_s for f in read_frames(tmp_path / name) if f.capture == "survey")
        after_survey = next(row for row in rows if float(str(row["sample_s"])) > survey_s)
        late[name] = float(str(after_survey["detection_to_command_s"]))
    assert late["ready"] < 0.5 < 2.0 < late["far"], "stage and 5 kV are there already"


def test_what_is_kept_ready_is_kept_blanked(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    seen: list[bool] = []

    def look(now: float) -> None:
        seen.append(bench.world.beam.on_specimen)

    for second in range(200, 260):
        bench.world.call_at(float(second), look)
    protocol = (WATCHED % ("keep_ready: true", "3 s")).replace("0.008 mAh", "1 mAh").replace("90 s", "15 min")
    assert bench.run(protocol, tmp_path / "run").exit_code == 0
    assert seen and not any(seen)
    stage = bench.world.beam.stage
    assert (stage.x_m, stage.y_m) == pytest.approx((1.2e-3, -0.35e-3), abs=2e-6)


def test_a_broken_contract_is_in_the_record_and_in_the_outcome(tmp_path: Path) -> None:
    outcome = SimulatedBench.open().run(WATCHED % ("keep_ready: false", "100 ms"), tmp_path / "run")
    broken = events_of(tmp_path / "run", "latency contract broken")
    assert broken and outcome.broken_contracts == len(broken)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 1)
    assert f"{len(broken)} latency contracts were broken" in outcome.reason
    for row in broken:
        assert float(str(row["late_s"])) > float(str(row["promised_s"])) == 0.1
    assert verify_record(tmp_path / "run").ok, "the record itself is good"


def test_a_promised_capture_that_never_begins_breaks_its_promise(tmp_path: Path) -> None:
    pause = {100.0: lambda steering: steering.pause_imaging("A. Scientist")}
    outcome = SimulatedBench.open().run(WATCHED % ("keep_ready: true", "3 s"), tmp_path / "run", steered(pause))
    broken = events_of(tmp_path / "run", "latency contract broken")
    assert broken and outcome.exit_code == 1
    assert all("has never begun" in str(row["message"]) and "late_s" not in row for row in broken)
