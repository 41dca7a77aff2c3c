"""Regions stay on their grains while the holder creeps, by image shift first and then by the stage."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from support.laboratory import SimulatedBench

from operando.protocols.following import register
from operando.protocols.record import FrameRow, read_events, read_frames, verify_record
from operando.protocols.record.reader import load_pixels

PROTOCOL = """
operando: 1
title: a holder that creeps
sample: {{name: drift}}
imaging_only: {hours} h
regions:
  cathode: {{stage: {{x: 1.200 mm, y: -0.950 mm}}, width: 40 um{anchor}}}
captures:
  look:
    regions: [cathode]
    detectors: [SE]
    pixels: [256, 192]
    dwell: 20 us
    beam: {{voltage: 5 kV, current: 100 pA}}
when:
  - {{every: 10 min, capture: look}}
following: {{image_shift_at_most: 3 um}}
"""
CREEP_M_PER_S = (0.4e-9, -0.25e-9)
HOURS = 4
PIXEL_M = 40e-6 / 256


def run(folder: Path, anchor: str) -> tuple[SimulatedBench, list[FrameRow]]:
    bench = SimulatedBench.open()
    bench.world.specimen.let_creep(CREEP_M_PER_S, 0.0)
    assert bench.run(PROTOCOL.format(hours=HOURS, anchor=anchor), folder).exit_code == 0
    bench.bench.close()
    return bench, read_frames(folder)


def wandered_px(folder: Path, frames: list[FrameRow]) -> float:
    """How far the grains of the last picture are from where they were in the first."""
    first, last = (load_pixels(folder, frame) for frame in (frames[0], frames[-1]))
    found = register(first, last, "NMC")
    assert found.confidence > 0.5
    return float(np.hypot(found.right_px, found.down_px))


def test_followed_region_stays_on_its_grains(tmp_path: Path) -> None:
    _, frames = run(tmp_path / "followed", ", anchor: NMC")
    _, left_alone = run(tmp_path / "left alone", "")
    crept_px = HOURS * 3600 * float(np.hypot(*CREEP_M_PER_S)) / PIXEL_M
    assert wandered_px(tmp_path / "left alone", left_alone) > 0.6 * crept_px > 25
    assert wandered_px(tmp_path / "followed", frames) < 6
    assert frames[-1].shift_x_m != 0.0
    assert verify_record(tmp_path / "followed").ok


def test_only_what_moves_the_field_is_told(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    assert bench.run(PROTOCOL.format(hours=1, anchor=", anchor: NMC"), tmp_path / "run").exit_code == 0
    bench.bench.close()
    told = [(event["x_m"], event["y_m"]) for event in read_events(tmp_path / "run") if event["source"] == "drift"]
    assert len(told) < len(read_frames(tmp_path / "run")) - 2, "most pictures show that nothing has moved"
    assert all(before != after for before, after in pairwise([(0.0, 0.0), *told]))


def test_stage_takes_over_beyond_the_image_shift(tmp_path: Path) -> None:
    _, frames = run(tmp_path / "run", ", anchor: {left: 0.05, top: 0.05, right: 0.95, bottom: 0.95}")
    shifts_m = [float(np.hypot(frame.shift_x_m, frame.shift_y_m)) for frame in frames]
    assert max(shifts_m) <= 3.2e-6
    assert {round(frame.stage_x_m * 1e7) for frame in frames} != {round(frames[0].stage_x_m * 1e7)}
    events = [event for event in read_events(tmp_path / "run") if event["source"] == "drift"]
    assert events
    crept_m = [HOURS * 3600 * velocity for velocity in CREEP_M_PER_S]
    told_m = [-float(str(events[-1][axis])) for axis in ("x_m", "y_m")]
    assert np.array(told_m) == pytest.approx(np.array(crept_m), abs=1.5e-6)
