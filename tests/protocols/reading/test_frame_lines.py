"""The electrochemistry of each scan line of a frame."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import frame_state, picture, run_header
from support.samples import sample_block

from operando.protocols import open_run
from operando.protocols.reading import Frame
from operando.protocols.record import RunRecord

NOISE_V = 1e-4
RATE_V_PER_S = 2e-3
CURRENT_A = 120e-6


def frame_in(folder: Path, line_time_s: float, start_s: float, *, steps: bool = False) -> Frame:
    """A frame of 40 lines in a record of a noisy ramp, sampled each second."""
    times_s = np.arange(60.0)
    noise_V = np.random.default_rng(3).normal(0.0, NOISE_V, times_s.size)
    ramp_V = 3.6 + RATE_V_PER_S * times_s + noise_V
    record = RunRecord.create(folder, run_header())
    first = slice(0, 20 if steps else 60)
    charge_C = CURRENT_A * times_s
    record.samples(sample_block(times_s[first], ramp_V[first], current_A=CURRENT_A, charge_C=charge_C[first]))
    if steps:
        rest = sample_block(times_s[20:], 3.5, step=2, started_s=19.5)
        rest["sequence"] += 20
        record.samples(rest)
    image = replace(picture(1, start_s=start_s, shape=(40, 8)), line_time_s=line_time_s)
    record.image(image, frame_state())
    record.release()
    return open_run(folder).frames[0]


def test_on_a_ramp_each_line_has_its_own_voltage(tmp_path: Path) -> None:
    frame = frame_in(tmp_path / "run", line_time_s=0.37, start_s=12.3)
    lines = frame.lines()
    times_s = 12.3 + 0.37 * np.arange(40)
    assert lines.shape == (40,)
    assert lines["time_s"] == pytest.approx(times_s)
    error_V = lines["voltage_V"] - (3.6 + RATE_V_PER_S * times_s)
    assert np.sqrt(np.mean(error_V**2)) < NOISE_V
    assert lines["charge_C"] == pytest.approx(CURRENT_A * times_s)
    assert lines["current_A"] == pytest.approx(np.full(40, CURRENT_A))


def test_lines_before_and_after_a_change_of_step(tmp_path: Path) -> None:
    lines = frame_in(tmp_path / "run", line_time_s=0.05, start_s=18.6, steps=True).lines()
    before = lines["time_s"] < 19.5
    assert before.sum() == 18
    assert lines["step"].tolist() == [1] * 18 + [2] * 22
    assert (np.abs(lines["voltage_V"][before] - 3.638) < 0.002).all()
    assert (lines["voltage_V"][~before] == 3.5).all()
    assert (lines["current_A"][~before] == 0.0).all()


def test_lines_that_the_samples_have_not_reached(tmp_path: Path) -> None:
    lines = frame_in(tmp_path / "run", line_time_s=10.0, start_s=0.0).lines()
    assert not np.isnan(lines["voltage_V"][:12]).any()
    assert np.isnan(lines["voltage_V"][12:]).all()
