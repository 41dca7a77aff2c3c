"""The dry run knows what becomes of captures that are wanted at the same time."""

import pytest

from operando.protocols.check import check
from operando.protocols.document import parse_protocol
from operando.protocols.plan import Plan, plan, render_plan
from operando.protocols.plan.collisions import resolve
from operando.protocols.plan.planned import PlannedCapture
from operando.protocols.program import Program

IMAGING = """\
operando: 1
title: two captures
sample: {name: cell}
imaging_only: 30 min
regions:
  anode: {stage: {x: 1.2 mm, y: -0.35 mm}, width: 120 um}
  cathode: {stage: {x: 1.2 mm, y: -0.98 mm}, width: 20 um}
captures:
  survey: {regions: [anode], detectors: [SE], beam: {voltage: 5 kV, current: 100 pA}, priority: 8}
  burst: {regions: [cathode, anode], detectors: [SE], beam: {voltage: 5 kV, current: 100 pA}, %s}
when: [{every: 10 min, capture: survey}, {every: 5 min, capture: burst}]
"""


def program(policy: str) -> Program:
    return parse_protocol(IMAGING % policy)


def wanted(capture: str, start_s: float, duration_s: float, number: int | None = None) -> PlannedCapture:
    return PlannedCapture(capture, "every", start_s, duration_s, 1, "", ("anode",), 1, 0, 0, 1, number)


SCENES = {
    "free": ("if_busy: queue", [("survey", 0, 10), ("burst", 20, 5)], [("survey", 0, 10), ("burst", 20, 5)], []),
    "skipped": ("if_busy: skip", [("survey", 0, 10), ("burst", 3, 5)], [("survey", 0, 10)], [3]),
    "waits": ("if_busy: queue", [("survey", 0, 10), ("burst", 3, 5)], [("survey", 0, 10), ("burst", 10, 5)], []),
    "too many wait": (
        "if_busy: queue",
        [("survey", 0, 10), ("burst", 3, 5), ("burst", 4, 5)],
        [("survey", 0, 10), ("burst", 10, 5)],
        [4],
    ),
    "pre-empts": (
        "if_busy: preempt, priority: 2",
        [("survey", 0, 10), ("burst", 3, 5)],
        [("survey", 0, 15), ("burst", 3, 5)],
        [],
    ),
    "not more urgent": (
        "if_busy: preempt, priority: 8",
        [("survey", 0, 10), ("burst", 3, 5)],
        [("survey", 0, 10), ("burst", 10, 5)],
        [],
    ),
    "the more urgent one goes first": (
        "priority: 2",
        [("survey", 0, 10), ("survey", 1, 10), ("burst", 2, 5)],
        [("survey", 0, 10), ("burst", 10, 5), ("survey", 15, 10)],
        [],
    ),
}


@pytest.mark.parametrize(("policy", "asked", "taken", "missed"), list(SCENES.values()), ids=list(SCENES))
def test_policies(
    policy: str, asked: list[tuple[str, int, int]], taken: list[tuple[str, int, int]], missed: list[int]
) -> None:
    result = resolve(program(policy), [wanted(*one) for one in asked])
    assert [(one.capture, one.start_s, one.duration_s) for one in result.taken] == taken
    assert [miss.time_s for miss in result.missed] == missed


def test_a_rendezvous_is_never_left_out_and_keeps_its_time() -> None:
    result = resolve(program("if_busy: skip"), [wanted("survey", 0, 10), wanted("burst", 3, 5, number=7)])
    assert [(one.capture, one.start_s) for one in result.taken] == [("survey", 0), ("burst", 3)]
    assert result.missed == ()


def dry_run(policy: str) -> Plan:
    return plan(program(policy))


def test_the_plan_the_text_and_the_check_name_what_is_left_out() -> None:
    made = dry_run("if_busy: skip")
    assert {miss.time_s for miss in made.missed} == {600.0, 1200.0}
    assert "2 x burst (every 5 min) not taken" in render_plan(made)
    (finding,) = [one for one in check(program("if_busy: skip")) if "would not be taken" in one.what]
    assert finding.severity == "warning" and finding.numbers == {"missed": 2.0, "wanted": 5.0}
    assert dry_run("if_busy: queue").missed == ()


def test_regions_are_visited_in_the_cheapest_order() -> None:
    """The survey leaves the stage at the anode: the burst that follows it begins there."""
    made = dry_run("if_busy: queue")
    at_600 = [capture for capture in made.captures if capture.capture == "burst" and 600 <= capture.start_s < 700]
    assert [capture.regions for capture in at_600] == [("anode", "cathode")]


def test_settling_costs_time() -> None:
    calm = plan(parse_protocol(IMAGING % "priority: 5"))
    slow = plan(parse_protocol(IMAGING % "priority: 5" + "settling: {stage: 20 s}\n"))
    assert slow.captures[0].duration_s > calm.captures[0].duration_s + 19.0
