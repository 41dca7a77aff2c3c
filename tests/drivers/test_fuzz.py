"""Mutated recordings: a typed error or right data within the deadline. The full count is `tests/trials/fuzz.py`."""

import os

import pytest
from support.wires import PROBES, WireProbe
from support.wires.fuzz import fuzzed, recorded

UNTOUCHED = -1
COUNT = 2000 if "OPERANDO_FULL" in os.environ else 60


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.protocol)
def test_a_driver_believes_nothing_that_it_should_refuse(probe: WireProbe) -> None:
    recording = recorded(probe)
    defects = [found for found in (fuzzed(recording, seed) for seed in range(COUNT)) if found.defect]
    assert not defects, defects


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.protocol)
def test_a_recording_that_nobody_touched_gives_the_recorded_answer(probe: WireProbe) -> None:
    recording = recorded(probe)
    assert fuzzed(recording, UNTOUCHED).outcome == "right"
