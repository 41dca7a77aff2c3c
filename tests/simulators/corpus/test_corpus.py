"""The corpus: the same recordings each time, seeds that never meet, labels that are true."""

from itertools import islice

import numpy as np
import pytest
from support.corpora import SMALL, small_corpus

from operando.drivers.roles import SAMPLE, Impedance
from operando.simulators.corpus import DEVELOPMENT, HELD_OUT, LabelledRecording, labelled_corpus
from operando.simulators.corpus.corpus import _listed
from operando.simulators.corpus.front_end import Surroundings, reported


@pytest.fixture(scope="module")
def small() -> tuple[LabelledRecording, ...]:
    """One recording of each kind."""
    return small_corpus()


def test_parts_share_no_seed() -> None:
    seeds = [{seed for seed, _ in _listed(first, 1.0)} for first in (1_000_000, 2_000_000)]
    assert not seeds[0] & seeds[1]
    held_out = next(labelled_corpus(HELD_OUT, scale=SMALL))
    assert held_out.seed == 2_000_000


def test_recordings_are_the_same_each_time(small: tuple[LabelledRecording, ...]) -> None:
    again = next(labelled_corpus(DEVELOPMENT, scale=SMALL))
    assert np.array_equal(again.samples, small[0].samples)
    assert again.name == small[0].name


def test_shares_are_the_whole(small: tuple[LabelledRecording, ...]) -> None:
    names = [recording.name for recording in islice(labelled_corpus(DEVELOPMENT, SMALL, (1, 4)), 2)]
    assert names == [small[1].name, small[5].name]


def test_every_kind_of_event_is_there(small: tuple[LabelledRecording, ...]) -> None:
    kinds = {event.kind for recording in small for event in recording.events}
    assert kinds == {"soft short", "hard short", "contact loss", "leak"}
    assert small[0].events == ()
    assert small[0].duration_s > 9 * 3600.0


def test_samples_are_in_order_and_belong_to_their_steps(small: tuple[LabelledRecording, ...]) -> None:
    for recording in small:
        assert recording.samples.dtype == SAMPLE
        assert (np.diff(recording.samples["time_s"]) > 0).all()
        for step in recording.steps:
            own = recording.samples[recording.samples["step"] == step.number]
            assert (own["time_s"] > step.started_s).all()
            if isinstance(step.step.technique, Impedance) and own.size:
                assert np.ptp(own["voltage_V"]) > 0.01


def test_events_lie_in_their_recordings(small: tuple[LabelledRecording, ...]) -> None:
    for recording in small:
        watched = recording.samples if recording.samples.size else recording.readings
        for event in recording.events:
            assert watched["time_s"][0] < event.start_s < event.end_s <= watched["time_s"][-1] + 3600.0


def test_instrument_adds_noise_ranges_and_what_disturbs_it() -> None:
    size = 20_000
    time_s, flat = np.arange(size, dtype=np.float64), np.full(size, 3.8)
    for noise in (1.0, 20.0):
        surroundings = Surroundings(noise, 900.0, 0.3)
        voltage_V, current_A = reported(
            flat, np.full(size, 1.2e-4), np.zeros(size, np.bool_), time_s, surroundings, np.random.default_rng(1)
        )
        jumps = np.abs(np.diff(voltage_V))
        assert np.median(jumps) == pytest.approx(0.954 * noise * 20e-6, rel=0.1)
        assert jumps.max() > 1e-3, "ranges and the stage"
        assert np.allclose(voltage_V * 1e6, np.round(voltage_V * 1e6), atol=1e-3)
        assert np.std(current_A) == pytest.approx(1e-8, rel=0.1)
