"""Every shipped rule under every quality of reading in every phase: nothing bad is permitted in any of them."""

import math
from itertools import product

import pytest
from support.interlock_readings import (
    BOX,
    BOX_TEMPERATURE,
    CELL_CURRENT,
    CELL_TEMPERATURE,
    CELL_VOLTAGE,
    CHAMBER,
    STACK,
    judge,
    reading,
)

from operando.drivers.roles import Quality
from operando.protocols.interlocks import Action, Judge, Phase, Source, shipped_rules

GOOD = {
    CHAMBER: 0.033,
    BOX: 1.1e5,
    BOX_TEMPERATURE: 298.0,
    STACK: 2e7,
    CELL_TEMPERATURE: 298.0,
    CELL_VOLTAGE: 3.7,
    CELL_CURRENT: 1e-4,
}
CHAMBER_READINGS = {
    "high vacuum": (0.033, Quality.OK, "vacuum ready"),
    "under range": (math.nan, Quality.UNDER, ""),
    "at the limit": (0.1, Quality.OK, "vacuum ready"),
    "too high": (0.11, Quality.OK, "vacuum ready"),
    "high but ready": (500.0, Quality.OK, "vacuum ready"),
    "low but venting": (0.033, Quality.OK, "venting"),
    "low but pumping": (0.033, Quality.OK, "pumping"),
    "low but open": (0.033, Quality.OK, "chamber open"),
    "over range": (math.nan, Quality.OVER, ""),
    "no number": (math.nan, Quality.OK, "vacuum ready"),
    "off": (0.02, Quality.OFF, ""),
    "fault": (0.02, Quality.FAULT, ""),
    "stale": (0.02, Quality.STALE, ""),
    "silent": None,
    "rising": "rising",
}
GOOD_ENOUGH = {"high vacuum", "under range", "at the limit"}
CELL_READINGS = {
    "inside": (3.7, 1e-4),
    "over voltage": (4.31, 1e-4),
    "under voltage": (2.79, -1e-4),
    "over current": (3.7, 2.5e-4),
    "reverse over current": (3.7, -2.5e-4),
    "no voltage": (math.nan, 1e-4),
    "no current": (3.7, math.nan),
}
QUALITIES = list(Quality)
WITHOUT_PHASES = tuple(name for name, rule in shipped_rules().items() if not rule.with_phases)
"""Rules of a run whose box stays where it is."""
LID_OPEN = (Phase.OPEN, Phase.OBSERVE, Phase.CLOSE)
SOON_S = 15


def feed(made: Judge, seconds: int, chamber: str = "high vacuum", cell: str = "inside", **bad: Quality) -> None:
    """One reading of everything each second, judged each second."""
    for now in range(seconds):
        for source, value in GOOD.items():
            if source == CHAMBER:
                _chamber(made, chamber, now)
                continue
            if source == CELL_VOLTAGE:
                value = CELL_READINGS[cell][0]
            if source == CELL_CURRENT:
                value = CELL_READINGS[cell][1]
            quality = bad.get(f"{source.place}_{source.quantity}", Quality.OK)
            made.take(source, reading(source, value, now, quality))
        made.judge(now)


def _chamber(made: Judge, kind: str, now: int) -> None:
    given = CHAMBER_READINGS[kind]
    if isinstance(given, tuple):
        value, quality, detail = given
        made.take(CHAMBER, reading(CHAMBER, value, now, quality, detail))
    elif kind == "rising":
        made.take(CHAMBER, reading(CHAMBER, 0.02 + 6e-3 * now, now, detail="vacuum ready"))


@pytest.mark.parametrize("phase", list(Phase), ids=str)
@pytest.mark.parametrize("chamber", list(CHAMBER_READINGS))
def test_no_beam_at_a_bad_vacuum(phase: Phase, chamber: str) -> None:
    made = judge(phase=phase)
    for seconds in range(1, SOON_S):
        feed(made, seconds, chamber)
        permitted = not made.beam_forbidden()
        assert not permitted or (phase is Phase.OBSERVE and chamber in GOOD_ENOUGH), made.readings.latest(CHAMBER)
    expected = phase is Phase.OBSERVE and chamber in GOOD_ENOUGH
    assert (not made.beam_forbidden()) is expected, made.beam_forbidden()


@pytest.mark.parametrize("cell", list(CELL_READINGS))
@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.OBSERVE, Phase.CLOSE], ids=str)
def test_no_current_through_a_cell_outside_its_window(phase: Phase, cell: str) -> None:
    made = judge(phase=phase)
    feed(made, 4, cell=cell)
    assert bool(made.tripped(Action.END_RUN)) is (cell != "inside")


@pytest.mark.parametrize("quality", QUALITIES, ids=str)
@pytest.mark.parametrize("source", [STACK, CELL_TEMPERATURE, BOX, BOX_TEMPERATURE], ids=str)
@pytest.mark.parametrize("phase", list(Phase), ids=str)
def test_every_gauge_that_a_rule_of_the_phase_needs_trips_it_when_it_is_lost(
    phase: Phase, source: Source, quality: Quality
) -> None:
    made = judge(phase=phase)
    feed(made, SOON_S, **{f"{source.place}_{source.quantity}": quality})
    tripped = {trip.rule.name for trip in made.trips}
    for rule in made.rules:
        if phase in rule.phases and source in rule.sources and quality in (Quality.OFF, Quality.FAULT, Quality.STALE):
            assert rule.name in tripped


def test_combinations_of_two_bad_things_permit_no_more_than_each_alone() -> None:
    """Every pair of a chamber and a cell reading, with every quality of the stack gauge, while observing."""
    for chamber, cell, stack in product(CHAMBER_READINGS, CELL_READINGS, QUALITIES):
        made = judge(*WITHOUT_PHASES)
        feed(made, SOON_S, chamber, cell, stack_pressure=stack)
        assert (not made.beam_forbidden()) is (chamber in GOOD_ENOUGH and cell == "inside"), (chamber, cell, stack)
        assert bool(made.tripped(Action.END_RUN)) is (cell != "inside")
        assert bool(made.tripped(Action.HOLD_CYCLING)) is (stack is not Quality.OK)


@pytest.mark.parametrize("phase", list(Phase), ids=str)
def test_what_is_permitted_in_each_phase_when_all_is_well(phase: Phase) -> None:
    made = judge(*WITHOUT_PHASES, phase=phase)
    feed(made, SOON_S)
    assert (not made.beam_forbidden()) is (phase is Phase.OBSERVE)
    assert (not made.forbids(Action.FORBID_VENTING)) is (phase not in (Phase.OPEN, Phase.OBSERVE, Phase.CLOSE))
    assert not made.tripped(Action.HOLD_CYCLING) and not made.tripped(Action.END_RUN)


@pytest.mark.parametrize("chamber", ["low but venting", "low but open", "over range", "high vacuum"])
@pytest.mark.parametrize("phase", list(Phase), ids=str)
def test_whoever_vents_over_an_open_box_ends_the_run(phase: Phase, chamber: str) -> None:
    made = judge("vented over the open box", phase=phase)
    feed(made, 3, chamber)
    assert bool(made.tripped(Action.END_RUN)) is (phase in LID_OPEN and chamber != "high vacuum")


@pytest.mark.parametrize("phase", list(Phase), ids=str)
def test_air_in_a_box_that_was_closed_in_vacuum_ends_the_run(phase: Phase) -> None:
    made = judge("air in the box", phase=phase)
    feed(made, 3)
    assert bool(made.tripped(Action.END_RUN)) is (phase in (Phase.VENT, Phase.BACK))


def test_every_shipped_rule_is_in_force_in_some_phase_of_these_tests() -> None:
    assert {rule.name for rule in judge().rules} == set(shipped_rules())
