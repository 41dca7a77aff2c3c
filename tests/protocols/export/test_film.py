"""Films: pictures without their drift, beside the voltage up to then."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.made_up_run import frame_state, picture, run_header
from support.made_up_run import sample_block as sample_block_of
from support.samples import sample_block

from operando.protocols import open_run
from operando.protocols.export import Selection, export_run
from operando.protocols.export.drift import FilmDrift, without_drift
from operando.protocols.export.running_curve import RunningCurve
from operando.protocols.reading import Run
from operando.protocols.record import RunRecord

GRAINS = np.random.default_rng(5).normal(128.0, 30.0, (40, 40))


def scene(right: int, down: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Grains that have moved, in a field of 160 x 128, with noise."""
    large = np.kron(GRAINS, np.ones((8, 8)))
    seen = large[96 - down : 96 - down + 128, 80 - right : 80 - right + 160]
    noise = np.random.default_rng(right * 1000 + down).normal(0.0, 8.0, seen.shape)
    return np.clip(seen + noise, 0, 255).astype(np.uint8)


def test_drift_is_found_along_a_series() -> None:
    follower = FilmDrift()
    for step in range(15):
        found = follower.take(scene(5 * step, -4 * step))
        assert found == pytest.approx((5 * step, -4 * step), abs=1.0)


def test_another_place_is_not_taken_for_drift() -> None:
    follower = FilmDrift()
    follower.take(scene(0, 0))
    noise = np.random.default_rng(1).integers(0, 255, (128, 160)).astype(np.uint8)
    assert follower.take(noise) == (0.0, 0.0)


@given(right=st.integers(-200, 200), down=st.integers(-200, 200))
@settings(max_examples=50)
def test_moving_back(right: int, down: int) -> None:
    picture = np.arange(1, 12 * 16 + 1, dtype=np.uint8).reshape(12, 16)
    still = without_drift(picture, (right, down))
    for y in range(12):
        for x in range(16):
            inside = 0 <= y + down < 12 and 0 <= x + right < 16
            assert still[y, x] == (picture[y + down, x + right] if inside else 0)


def test_moving_back_by_a_part_of_a_pixel_is_interpolated() -> None:
    picture = np.array([[0, 40, 80, 120]], np.uint8)
    assert without_drift(picture, (0.25, 0.0)).tolist() == [[10, 50, 90, 90]]
    assert without_drift(picture, (-0.25, 0.0)).tolist() == [[0, 30, 70, 110]]


def test_the_curve_runs() -> None:
    curve = RunningCurve(sample_block(np.arange(0.0, 3600.0, 10.0), np.linspace(3.0, 4.2, 360)), (320, 240))
    begun, half, done = (np.asarray(curve.at(time_s)).astype(int) for time_s in (0.0, 1800.0, 3600.0))
    blue = [int(((picture[..., 2] - picture[..., 0]) > 100).sum()) for picture in (begun, half, done)]
    assert blue[0] < 0.1 * blue[1] < 0.1 * blue[2]
    assert blue[1] == pytest.approx(0.5 * blue[2], rel=0.15)


def test_a_film(run: Run, tmp_path: Path) -> None:
    written = export_run(run, "mp4", Selection(region="anode"), tmp_path)
    assert len(written) == 2
    with av.open(str(written[0])) as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 10
    assert len(pictures) == 4
    assert pictures[0].shape[1] == 8 * 64 + 640
    assert all(side % 2 == 0 for side in pictures[0].shape)


def test_one_picture_is_no_film(run: Run, tmp_path: Path) -> None:
    assert export_run(run, "mp4", Selection(region="anode", until_s=100.0), tmp_path) == []


def test_pictures_of_a_detector_are_one_film_whatever_else_was_looked_at(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(True))
    record.samples(sample_block_of(0, 60))
    for number, detectors in enumerate([("SE", "BSE"), ("SE",), ("SE", "BSE"), ("SE",)]):
        state = frame_state("anode", 3.6)
        record.images(
            [(picture(2 * number + place, name, 10.0 * number), state) for place, name in enumerate(detectors)]
        )
    record.release()
    written = export_run(open_run(tmp_path / "run"), "mp4", Selection(), tmp_path / "films")
    lengths = []
    for path in written:
        with av.open(str(path)) as container:
            lengths.append(sum(1 for _ in container.decode(video=0)))
    assert sorted(lengths) == [2, 4] and len({path.name for path in written}) == 2
