"""Hold ends the running step on the instrument; going on is a new step with the charge and time that remain."""

from pathlib import Path

import numpy as np
import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Recording, Technique
from operando.protocols.record import open_samples, read_events, verify_record
from operando.protocols.runner import Ending, RunOptions, Steering, StepInProgress
from operando.protocols.runner.observer import Silent
from operando.protocols.runner.remaining import Passed, remaining
from operando.protocols.runner.step_wish import StepWish

CURRENT_A = 120e-6
CHARGE = HEAD + "cycling:\n  - {name: charge, step: Charge at C/10 for 60 seconds}\n  - Rest for 5 seconds\n"
SWEEP = HEAD + (
    "cycling:\n  - {impedance: {bias: ocv, from: 100 kHz, to: 1 Hz, points_per_decade: 10, amplitude: 10 mV rms}}\n"
)


class HoldsAt(Silent):
    """An operator who holds the cycling some time after a step has begun, and lets it go on after another time."""

    def __init__(self, step: str, after_s: float, for_s: float) -> None:
        self.step, self.after_s, self.for_s = step, after_s, for_s
        self.steering: Steering | None = None
        self.started_s: float | None = None
        self.held_s: float | None = None
        self.done = False

    def step_started(self, running: StepInProgress) -> None:
        if running.name == self.step and self.started_s is None:
            self.started_s = running.started_s

    def samples(self, block: "np.ndarray[tuple[int], np.dtype[np.void]]") -> None:
        now = float(block["time_s"][-1])
        assert self.steering is not None or self.started_s is None
        if self.steering is None or self.started_s is None or self.done:
            return
        if self.held_s is None and now >= self.started_s + self.after_s:
            self.held_s = now
            self.steering.hold_cycling("A. Scientist", "a look at the box")
        elif self.held_s is not None and now >= self.held_s + self.for_s:
            self.done = True
            self.steering.continue_cycling("A. Scientist")


def run_with(holder: HoldsAt, protocol: str, folder: Path) -> list[dict[str, object]]:
    def steer(steering: Steering) -> None:
        holder.steering = steering

    options = RunOptions(observer=holder, steered_by=steer)
    outcome = SimulatedBench.open().run(protocol, folder, options)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert holder.done
    verdict = verify_record(folder)
    assert verdict.ok, str(verdict)
    return [dict(event) for event in read_events(folder)]


def test_a_held_charge_goes_on_with_what_remains(tmp_path: Path) -> None:
    events = run_with(HoldsAt("charge", 20.0, 100.0), CHARGE, tmp_path / "run")
    samples = open_samples(tmp_path / "run")
    parts = [event["step"] for event in events if event["kind"] == "step started" and event["message"] == "charge"]
    assert len(parts) == 2
    first, second = (samples[samples["step"] == part] for part in parts)
    assert first["elapsed_s"][0] == pytest.approx(1.0)
    assert second["elapsed_s"][0] > first["elapsed_s"][-1], "nothing is done twice"
    assert second["elapsed_s"][-1] == pytest.approx(60.0, abs=1.0)
    assert second["charge_C"][-1] == pytest.approx(60 * CURRENT_A, abs=1.01 * CURRENT_A)
    rest = samples[(samples["time_s"] > first["time_s"][-1] + 1) & (samples["time_s"] < second["time_s"][0] - 1)]
    assert rest.size >= 95 and np.all(rest["current_A"] == 0), "the rest is recorded"


def test_a_hold_is_obeyed_within_a_poll(tmp_path: Path) -> None:
    events = run_with(HoldsAt("charge", 20.0, 30.0), CHARGE, tmp_path / "run")
    asked = next(float(str(event["test_time_second"])) for event in events if event["kind"] == "hold")
    rests = [event for event in events if event["kind"] == "step started" and event["message"] == "rest during a hold"]
    assert float(str(rests[0]["test_time_second"])) - asked < 1.0


def test_a_hold_of_hours_rests_in_steps_that_each_end_by_themselves(tmp_path: Path) -> None:
    events = run_with(HoldsAt("charge", 20.0, 9000.0), CHARGE, tmp_path / "run")
    rests = [e for e in events if e["kind"] == "step started" and e["message"] == "rest during a hold"]
    assert len(rests) == 3


def test_a_hold_during_impedance_measures_a_whole_new_sweep(tmp_path: Path) -> None:
    class InTheSweep(HoldsAt):
        """No samples come during a sweep: the wish comes with its start."""

        def step_started(self, running: StepInProgress) -> None:
            if running.name.startswith("impedance") and self.held_s is None and self.steering is not None:
                self.started_s = self.held_s = running.started_s
                self.steering.hold_cycling("A. Scientist")

    events = run_with(InTheSweep("impedance", 0.0, 10.0), SWEEP, tmp_path / "run")
    ends = [str(e["reason"]) for e in events if e["kind"] == "step ended" and "impedance" in str(e["message"])]
    assert ends == ["ended by host", "completed"]
    (said,) = [e["message"] for e in events if e["kind"] == "what remains"]
    assert "whole new sweep" in str(said)


@pytest.mark.parametrize(
    ("technique", "passed", "left"),
    [
        (OpenCircuit(), Passed(0.0, 40.0), (0.0, 40.0, 1.0)),
        (Galvanostatic(1e-4), Passed(4e-3, 99.5), (4e-3, 99.5, 0.5)),
        (Galvanostatic(1e-4), Passed(4e-3, 99.95), None),
        (Galvanostatic(-1e-4, until_charge_C=5e-3), Passed(-5e-3, 50.0), None),
        (Galvanostatic(-1e-4, until_charge_C=5e-3), Passed(-4e-3, 50.0), (-4e-3, 50.0, 1.0)),
        (Impedance(1e5, 1.0, 10, 0.01), Passed(0.0, 40.0), (0.0, 0.0, None)),
        (Galvanostatic(1e-4), Passed(float("nan"), float("nan")), None),
    ],
    ids=["rest", "less than an interval", "nothing", "charge reached", "charge left", "impedance anew", "unknown"],
)
def test_what_remains(technique: Technique, passed: Passed, left: tuple[float, float, float | None] | None) -> None:
    wish = StepWish("step", 1, technique, 200.0, duration_s=100.0)
    found = remaining(wish, passed, Recording(1.0))
    if left is None:
        assert found is None
        return
    assert found is not None
    every_s = None if found.recording is None else pytest.approx(found.recording.every_s)
    assert (found.charge_before_C, found.elapsed_before_s, every_s) == left
