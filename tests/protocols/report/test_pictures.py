"""Which pictures are shown, and how they look."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from operando.protocols.record import FrameRow
from operando.protocols.report.gallery import LARGE_ON_PAGE, choose_series, spread_over
from operando.protocols.report.material import read_material
from operando.protocols.report.micrograph import (
    GreyScale,
    common_grey_scale,
    data_bar_lines,
    jpeg,
    thumbnail,
    with_data_bar,
)


@pytest.fixture
def row(run: Path) -> FrameRow:
    return read_material(run).run.frames.rows[0]


def many(row: FrameRow, regions: int, count: int) -> list[FrameRow]:
    return [
        replace(row, number=index, region=f"r{index % regions}", start_s=float(index), detector="BSE")
        for index in range(regions * count)
    ]


@pytest.mark.parametrize(("regions", "count"), [(1, 5000), (6, 100), (40, 20), (500, 3)])
def test_the_page_shows_a_bounded_number_however_many_there_are(row: FrameRow, regions: int, count: int) -> None:
    series = choose_series(many(row, regions, count))
    assert len(series) == regions
    assert all(one.shown for one in series)
    assert sum(one.of_all for one in series) == regions * count
    assert sum(len(one.shown) for one in series) <= max(180, regions)
    assert sum(len(one.on_page) for one in series) <= LARGE_ON_PAGE


def test_first_and_last_are_always_among_those_shown(row: FrameRow) -> None:
    frames = many(row, 1, 1000)
    shown = spread_over(frames, 24)
    assert (shown[0].number, shown[-1].number, len(shown)) == (0, 999, 24)


def test_a_burst_does_not_crowd_out_the_rest_of_the_run(row: FrameRow) -> None:
    burst = [replace(row, number=1000 + index, start_s=500.0 + 0.01 * index, region="r0") for index in range(300)]
    frames = sorted([*many(row, 1, 100), *burst], key=lambda one: one.start_s)
    shown = spread_over(frames, 24)
    assert sum(one.number < 1000 for one in shown) >= 4


def test_one_grey_scale_for_all_pictures_of_a_series() -> None:
    dark, bright = np.full((40, 40), 100, np.uint16), np.full((40, 40), 300, np.uint16)
    scale = common_grey_scale([dark, bright])
    assert scale == GreyScale(100.0, 300.0)
    assert (scale.applied(dark).max(), scale.applied(bright).min()) == (0, 255)


def test_the_data_bar_lies_below_the_picture_and_its_scale_is_right(row: FrameRow) -> None:
    wide = replace(row, width=800, height=600, pixel_size_m=1e-7)  # 80 um: the bar is 20 um, 200 pixels
    picture = np.asarray(with_data_bar(np.full((600, 800), 77, np.uint8), wide, simulated=True))
    assert (picture[:600] == 77).all()
    assert picture.shape[0] > 620
    longest = max(run_lengths(picture[600:]))
    assert longest == pytest.approx(200, abs=2)


def run_lengths(bar: np.ndarray) -> list[int]:
    lengths = []
    for line in bar >= 250:
        edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(int), [0]))))
        lengths += (edges[1::2] - edges[::2]).tolist()
    return lengths


def test_the_data_bar_names_region_beam_time_and_voltage(row: FrameRow) -> None:
    where, when = data_bar_lines(row, simulated=True)
    assert where == f"anode, {row.detector}, 5 kV, 100 pA, 10 µs"
    assert when == f"50.0 s, 3.650 V, frame {row.number}   SIMULATED"
    assert "SIMULATED" not in data_bar_lines(row, simulated=False)[1]


def test_thumbnails_are_small(row: FrameRow) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (768, 1024)).astype(np.uint8)
    data = jpeg(thumbnail(noise), 72)
    assert len(data) < 12_000
    assert Image.open(io.BytesIO(data)).size == (168, 126)
