"""The host's own limits: what trips them, what does not, and that nothing bad is taken for good."""

import numpy as np
import pytest
from support.samples import sample_block

from operando.drivers.roles import SampleQuality, StepEnd, StepEndReason
from operando.protocols.program import Safety
from operando.protocols.runner.watch import SafetyTrip, Watch

SAFETY = Safety((2.4, 4.35), (-2.4e-4, 2.4e-4), host_tolerates_s=2.0)


def test_inside_the_window_nothing_happens() -> None:
    Watch(SAFETY).samples(sample_block(np.arange(1000.0), np.linspace(2.4, 4.35, 1000), current_A=2.4e-4))


@pytest.mark.parametrize(
    ("voltage", "current", "quality"),
    [
        (4.4, 0.0, 0),
        (2.3, 0.0, 0),
        (np.nan, 0.0, 0),
        (3.7, 3e-4, 0),
        (3.7, -3e-4, 0),
        (3.7, 0.0, SampleQuality.OVERLOAD),
    ],
    ids=["over voltage", "under voltage", "not a number", "over current", "reverse over current", "overload"],
)
def test_outside_for_longer_than_tolerated_trips(voltage: float, current: float, quality: int) -> None:
    with pytest.raises(SafetyTrip, match="outside its limits"):
        Watch(SAFETY).samples(sample_block(np.arange(4.0), voltage, current_A=current, quality=quality))


def test_a_spike_shorter_than_tolerated_is_let_pass() -> None:
    voltage = np.full(60, 3.7)
    voltage[::10] = 5.0
    Watch(SAFETY).samples(sample_block(np.arange(60.0), voltage))


def test_time_outside_adds_up_over_blocks() -> None:
    watch = Watch(SAFETY)
    watch.samples(sample_block([0.0, 1.0], 4.4))
    with pytest.raises(SafetyTrip):
        watch.samples(sample_block([2.0], 4.4))


def test_silence_trips_too() -> None:
    watch = Watch(SAFETY)
    watch.silence(last_sample_s=0.0, now_s=4.9, expected_every_s=1.0)
    with pytest.raises(SafetyTrip, match="no sample"):
        watch.silence(last_sample_s=0.0, now_s=5.1, expected_every_s=1.0)


@pytest.mark.parametrize("reason", list(StepEndReason))
def test_only_limits_and_faults_of_the_instrument_stop_the_run(reason: StepEndReason) -> None:
    end = StepEnd(1, reason, 10.0, 10.0, 0.0)
    if reason in {StepEndReason.VOLTAGE_LIMIT, StepEndReason.CURRENT_LIMIT, StepEndReason.FAULT}:
        with pytest.raises(SafetyTrip, match="charge"):
            Watch.step_ended(end, "charge")
    else:
        Watch.step_ended(end, "charge")
