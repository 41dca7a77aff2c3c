"""What a detector finds does not depend on how the samples are cut into blocks, nor on their rate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.corpora import small_corpus
from support.signals import MadeStep, fed, quiet_V, samples_of

from operando.drivers.roles import SAMPLE
from operando.protocols.detect import SHIPPED
from operando.protocols.triggers.detector import Detection
from operando.simulators.corpus import LabelledRecording


def found_in(recording: LabelledRecording, name: str, cuts: list[int]) -> list[Detection]:
    detector = SHIPPED[name]()
    found: list[Detection] = []
    for step in recording.steps:
        detector.step_started(step)
        own = recording.samples[recording.samples["step"] == step.number][:2500]
        for part in np.split(own, [cut for cut in cuts if cut < own.size]):
            found += detector.samples(part)
    return found


@pytest.mark.parametrize("name", ["soft short", "hard short", "contact loss"])
@settings(max_examples=4, deadline=None)
@given(cuts=st.lists(st.integers(0, 2500), max_size=25).map(sorted))
def test_blocks_of_any_size_give_the_same_detections(name: str, cuts: list[int]) -> None:
    for recording in small_corpus()[1:5]:
        assert found_in(recording, name, cuts) == found_in(recording, name, [])


@pytest.mark.parametrize("name", ["soft short", "hard short", "contact loss"])
def test_fast_samples_are_thinned_and_empty_blocks_say_nothing(name: str) -> None:
    slow = samples_of(quiet_V(900))
    slow["voltage_V"][600:] *= 0.05
    fast = np.repeat(slow, 10)
    fast["time_s"] = 0.1 + 0.1 * np.arange(fast.size)
    detector = SHIPPED[name]()
    detector.step_started(MadeStep())
    assert list(detector.samples(np.zeros(0, SAMPLE))) == []
    assert [round(one.time_s) for one in fed(SHIPPED[name](), fast, size=37)] == pytest.approx(
        [one.time_s for one in fed(SHIPPED[name](), slow)], abs=3.0
    )
