"""Frames: a sequence to select from, each with everything that is known about it."""

from pathlib import Path

import numpy as np
import pytest

from operando.drivers.roles import BeamConditions, DetectorSettings, StagePosition
from operando.protocols import open_run
from operando.protocols.reading import NotInRun, Run
from operando.protocols.record import RecordError


def test_a_sequence(run: Run) -> None:
    frames = run.frames
    assert len(frames) == 12
    assert [frame.number for frame in frames] == list(range(1, 13))
    assert frames[-1].number == 12
    assert [frame.number for frame in frames[2:4]] == [3, 4]
    assert frames.number(7).number == 7


def test_what_a_frame_knows(run: Run) -> None:
    frame = run.frames[0]
    assert (frame.region, frame.detector, frame.shape, frame.pixel_size_m) == ("cathode", "SE", (6, 8), 1e-7)
    assert (frame.start_s, frame.dwell_s) == (30.25, 1e-5)
    assert frame.end_s == pytest.approx(30.31)
    assert frame.conditions == BeamConditions(5000.0, 1e-10, 5e-3, 8e-7, (1e-6, -1e-6), (0.1, -0.2), 0.01)
    assert frame.stage == StagePosition(1.2e-3, -3.5e-4, 1e-2, 0.1, 0.2)
    assert frame.detector_settings == DetectorSettings(48.0, 52.0)
    state = frame.state
    assert (state.capture, state.trigger) == ("overview", 'every 15 min, "during" charge')
    assert (state.line, state.tile) == (31, (1, 2))
    assert (state.voltage_at_start_V, state.dose_C_per_m2) == (3.63, 1.5)


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"region": "cathode"}, [1, 2, 7, 8]),
        ({"region": "CATHODE", "detector": "se"}, [1, 7]),
        ({"detector": "BSE", "since": 150.0}, [6, 8, 10, 12]),
        ({"until": 90.0}, [1, 2]),
        ({"since": 90.0, "until": 151.0}, [3, 4, 5, 6]),
        ({"cycle": 2}, []),
        ({"during": "charge", "capture": "overview", "region": "cathode", "detector": "SE"}, [1, 7]),
    ],
    ids=str,
)
def test_selection(run: Run, asked: dict[str, str], numbers: list[int]) -> None:
    assert [frame.number for frame in run.frames.of(**asked)] == numbers  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"voltage": 3.7}, 1),
        ({"voltage": 3.5, "detector": "BSE"}, 4),
        ({"voltage": 3.5, "region": "cathode"}, 7),
        ({"time": 200.0}, 7),
        ({"time": 200.0, "detector": "BSE"}, 8),
        ({"voltage": 3.63, "during": "charge", "cycle": 1}, 1),
    ],
    ids=str,
)
def test_the_nearest_frame(run: Run, asked: dict[str, float], number: int) -> None:
    assert run.frames.at(**asked).number == number  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"region": "anoed"}, r"there is no region 'anoed'\. Did you mean 'anode'\?"),
        ({"detector": "XYZ"}, r"there is no detector 'XYZ'\. There are: SE, BSE\."),
        ({"during": "discharge"}, r"no step with frames called 'discharge'"),
    ],
    ids=["region", "detector", "step"],
)
def test_a_name_that_is_not_there(run: Run, asked: dict[str, str], told: str) -> None:
    with pytest.raises(NotInRun, match=told):
        run.frames.of(**asked)  # type: ignore[arg-type]  # a table of cases


def test_no_frame_to_choose_from(run: Run) -> None:
    with pytest.raises(NotInRun, match="no such frame was taken"):
        run.frames.at(voltage=4.1, cycle=9)
    with pytest.raises(NotInRun, match="there is no frame 99"):
        run.frames.number(99)


def test_a_voltage_or_a_time(run: Run) -> None:
    with pytest.raises(TypeError, match="either a voltage or a time"):
        run.frames.at(detector="SE")


def test_a_changed_pixel_is_found_out(closed: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(closed, tmp_path / "run")
    frame = open_run(tmp_path / "run").frames[3]
    path = tmp_path / "run" / frame.row.file
    data = bytearray(path.read_bytes())
    data[frame.row.offset + 5] ^= 1
    path.write_bytes(data)
    with pytest.raises(RecordError, match="frame 4 have another checksum"):
        frame.verified_pixels()
    assert frame.pixels.shape == (6, 8)


def test_a_table_with_the_state(run: Run) -> None:
    table = run.frames.of(detector="SE").table()
    assert table["number"].tolist() == [1, 3, 5, 7, 9, 11]
    assert table["voltage_V"].to_numpy() == pytest.approx(np.where(np.arange(6) % 2 == 0, 3.63025, 3.56975))
    assert table["box pressure / Pa"].tolist() == [101325.0 + minute for minute in range(6)]
