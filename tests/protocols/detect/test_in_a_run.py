"""A protocol names a detector; what happens in the world fires its trigger, and is an event of the record."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD, IMAGING

from operando.protocols.record import read_events, read_frames
from operando.protocols.runner import Ending
from operando.simulators.world.simulated_world import SimulatedWorld

AT_S = 1500.0

PROTOCOL = (
    HEAD.replace("[2.8 V, 4.35 V]", "[-0.5 V, 4.35 V]")
    + """\
cycling:
  - {name: charge, step: Charge at C/10 for 40 minutes}
"""
    + IMAGING
    + "when: [{detected: DETECTOR, capture: overview, once: true}]\n"
)


def tear_contact(world: SimulatedWorld) -> None:
    world.call_at(AT_S, lambda now: world.cell.inject_contact_loss(0.8, now))


HAPPENINGS: dict[str, tuple[Callable[[SimulatedWorld], None], float]] = {
    "soft short": (lambda world: world.call_at(AT_S, world.cell.inject_soft_short), 15.0),
    "hard short": (lambda world: world.call_at(AT_S, world.cell.inject_hard_short), 5.0),
    "contact loss": (tear_contact, 15.0),
    "leak": (lambda world: world.call_at(AT_S, lambda now: world.box.inject_leak(3e-4, now)), 600.0),
}


@pytest.mark.parametrize("detector", HAPPENINGS)
def test_what_happens_in_the_world_is_detected_pictured_and_recorded(detector: str, tmp_path: Path) -> None:
    happen, within_s = HAPPENINGS[detector]
    bench = SimulatedBench.open()
    happen(bench.world)
    outcome = bench.run(PROTOCOL.replace("DETECTOR", detector), tmp_path / "run")
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    (fired,) = [one for one in read_events(tmp_path / "run") if (one["source"], one["kind"]) == ("triggers", "fired")]
    assert detector in str(fired["message"])
    assert AT_S < float(str(fired["sample_s"])) < AT_S + within_s
    assert read_frames(tmp_path / "run")


def test_nothing_is_detected_where_nothing_happens(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    conditions = ", ".join(f"{{detected: {name}, capture: overview}}" for name in HAPPENINGS)
    protocol = PROTOCOL.replace("{detected: DETECTOR, capture: overview, once: true}", conditions)
    bench.run(protocol, tmp_path / "run")
    assert not [one for one in read_events(tmp_path / "run") if one["kind"] == "fired"]
    assert not read_frames(tmp_path / "run")
