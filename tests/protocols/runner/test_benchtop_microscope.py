"""A small protocol on a microscope that has much less than the first one: checked, run, and verified."""

from pathlib import Path

from support.laboratory import SimulatedBench

from operando.drivers.roles import Safety
from operando.protocols.check import bench_facts, check
from operando.protocols.document import parse_protocol
from operando.protocols.record import read_frames, verify_record
from operando.protocols.runner import Ending

PROTOCOL = """
operando: 1
title: a benchtop microscope looks on
sample: {name: LPSCl-01}
imaging_only: 10 min
regions:
  watched: {stage: {x: 1.200 mm, y: -0.650 mm, z: 0 mm}, width: 100 um}
captures:
  picture:
    {regions: watched, detectors: [BSE], pixels: [128, 128], dwell: 3.2 us, beam: {voltage: 5 kV, current: 100 pA}}
when:
  - {every: 2 min, capture: picture}
interlocks: [chamber vacuum]
"""


def findings(protocol: str) -> list[str]:
    """What a check says on this bench."""
    bench = SimulatedBench.open("sim-zem")
    with bench.bench:
        return [str(finding) for finding in check(parse_protocol(protocol), bench_facts(bench.bench))]


def test_what_it_lacks_is_told_by_the_check() -> None:
    (warning,) = [finding for finding in findings(PROTOCOL) if "blanker" in finding]
    assert "warning" in warning


def test_what_it_cannot_do_is_refused_by_the_check() -> None:
    wrong = {
        "[128, 128]": ("[640, 480]", "640 x 480 pixels, which the scanner has not"),
        "3.2 us": ("5 us", "a dwell time of 5e-06 s"),
        "[BSE]": ("[SE, BSE]", "reads 2 detectors at once"),
        "z: 0 mm": ("z: 1 mm", "needs z 1 mm"),
        "100 pA": ("200 pA", "a beam current of 2e-10 A"),
        "detectors: [BSE], pixels: [128, 128], dwell: 3.2 us": (
            "eds: {map: [4, 4], live_time_per_point: 1 s}",
            "neither park its beam nor hand it over",
        ),
    }
    for right, (instead, words) in wrong.items():
        assert any(words in finding for finding in findings(PROTOCOL.replace(right, instead, 1))), words


def test_it_runs_and_verifies_and_leaves_no_beam(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-zem")
    outcome = bench.run(PROTOCOL, tmp_path / "run")
    assert (outcome.ending, outcome.confirmed_safe) == (Ending.COMPLETED, True), outcome.reason
    frames = read_frames(tmp_path / "run")
    assert len(frames) == 5
    assert {(frame.detector, frame.width) for frame in frames} == {("BSE", 128)}
    assert verify_record(tmp_path / "run").ok
    assert not bench.world.beam.on_specimen
    assert {state.safety for state in bench.bench.make_safe()} == {Safety.CONFIRMED}
