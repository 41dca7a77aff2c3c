"""The curve of a week with a point per pixel still shows a short that lasted one sample."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE
from operando.protocols.live.curve import curve_between, new_on_curve
from operando.protocols.live.envelope import envelope


def samples_of(count: int) -> NDArray[np.void]:
    samples = np.zeros(count, SAMPLE)
    samples["time_s"] = np.arange(count)
    samples["voltage_V"] = 3.7 + 0.1 * np.sin(np.arange(count) / 5000)
    samples["current_A"] = 1e-4
    return samples


@given(
    values=st.lists(st.floats(-5, 5), min_size=1, max_size=400),
    gaps=st.integers(0, 50),
    pixels=st.integers(1, 40),
)
def test_the_extremes_stay_and_the_number_of_points_is_bounded(values: list[float], gaps: int, pixels: int) -> None:
    trace = np.array(values)
    times = np.cumsum(1.0 + (np.arange(trace.size) % 7 == 0) * gaps)
    shown = envelope(times, (trace,), pixels)
    assert list(shown) == sorted(set(shown))
    assert {0, trace.size - 1} <= set(shown.tolist())
    assert trace[shown].min() == trace.min()
    assert trace[shown].max() == trace.max()
    assert shown.size <= 2 * pixels + 2


def test_each_pixel_keeps_its_own_lowest_and_highest() -> None:
    times = np.arange(1000.0)
    trace = np.where(times % 100 == 37, -1.0, np.where(times % 100 == 61, 1.0, 0.0))
    shown = set(envelope(times, (trace,), 10).tolist())
    assert {37 + 100 * pixel for pixel in range(10)} <= shown
    assert {61 + 100 * pixel for pixel in range(10)} <= shown


def test_a_value_that_is_no_number_hides_no_other() -> None:
    trace = np.zeros(1000)
    trace[300:400] = np.nan
    trace[555] = 9.0
    assert 555 in envelope(np.arange(1000.0), (trace,), 8)


def test_a_short_of_one_sample_is_seen_in_a_week() -> None:
    samples = samples_of(7 * 86400)
    samples["voltage_V"][400_000] = 2.9
    curve = curve_between(samples, -1.0, 1e9, 1000)
    assert np.asarray(curve["voltage_V"]).min() == 2.9
    assert np.asarray(curve["time_s"]).size <= 4 * 1000 + 2
    assert curve["samples"] == 7 * 86400


def test_a_stretch_has_one_neighbour_on_each_side() -> None:
    curve = curve_between(samples_of(100), 10.5, 20.5, 1000)
    assert list(np.asarray(curve["time_s"])) == [10.0, *range(11, 21), 21.0]


def test_news_after_a_long_sleep_are_thinned() -> None:
    news = new_on_curve(samples_of(50_000), sent=100)
    assert np.asarray(news["time_s"]).size < 300
    assert news["samples"] == 49_900


def test_nothing_is_nothing() -> None:
    assert np.asarray(curve_between(samples_of(0), 0.0, 1.0, 100)["time_s"]).size == 0
