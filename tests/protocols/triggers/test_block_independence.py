"""The list of what fires depends on the times of samples, readings and timers alone, not on how they come in blocks."""

from typing import Literal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.samples import sample_block
from support.steps import step_in_progress

from operando.drivers.roles import Galvanostatic
from operando.protocols.program import Trigger
from operando.protocols.trigger_conditions import (
    AllOf,
    AnyOf,
    BeforeEndOf,
    Changes,
    ChargePassed,
    Condition,
    Crosses,
    Direction,
    Every,
    Not,
    Quantity,
    Rate,
    Source,
    State,
)
from operando.protocols.triggers import Evaluator, Firing, Ticks

BOX = Source("pressure", "box")
LEVELS: dict[Quantity, tuple[float, ...]] = {
    "voltage": (3.4, 3.5, 3.6),
    "current": (-5e-5, 5e-5),
    "charge": (0.001, 0.003),
}
RISES: Direction = "rises"
FALLS: Direction = "falls"
SLOWER: Literal["slower"] = "slower"
LENGTH = 60


@st.composite
def values(draw: st.DrawFn) -> State:
    """A comparison of a value of the cell or of the box."""
    kind = draw(st.sampled_from(("crosses", "changes", "rate", "box")))
    direction = draw(st.sampled_from((RISES, FALLS)))
    if kind == "box":
        return Crosses(BOX, draw(st.sampled_from((1.1e5, 1.2e5))), direction, draw(st.sampled_from((0.0, 10.0))))
    quantity = draw(st.sampled_from(tuple(LEVELS)))
    source, levels = Source(quantity), LEVELS[quantity]
    if kind == "changes":
        return Changes(source, 0.3 * abs(levels[0] - levels[1]), draw(st.sampled_from((1.5, 5.0))), direction)
    if kind == "rate":
        how = SLOWER if draw(st.booleans()) else direction
        return Rate(source, 0.1 * abs(levels[0] - levels[1]), draw(st.sampled_from((3.0, 7.5))), how)
    dwell_s, hysteresis = draw(st.sampled_from((0.0, 2.0))), draw(st.sampled_from((0.0, 0.01 * abs(levels[0]))))
    return Crosses(source, draw(st.sampled_from(levels)), direction, dwell_s, hysteresis)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Values, moments and combinations of them."""
    one, other = draw(values()), draw(values())
    moments: tuple[Condition, ...] = (ChargePassed(0.0007), BeforeEndOf("charge"), Every(7.0))
    moment = draw(st.sampled_from(moments))
    combinations: tuple[Condition, ...] = (
        one,
        moment,
        AllOf((one, other)),
        AnyOf((one, other)),
        AllOf((moment, one)),
        AllOf((one, Not(other))),
    )
    return draw(st.sampled_from(combinations))


@st.composite
def triggers(draw: st.DrawFn) -> Trigger:
    """A trigger with any of the words that concern firing."""
    return Trigger(
        draw(conditions()),
        "overview",
        during=draw(st.sampled_from(((), ("charge",), ("rest",)))),
        settled_s=draw(st.sampled_from((0.0, 4.5, 20.0))),
        once=draw(st.booleans()),
        at_most_every_s=draw(st.sampled_from((0.0, 12.0))),
        if_already="fire" if draw(st.booleans()) else "wait",
    )


def answers(trigger: Trigger, seed: int, polls_s: list[float]) -> list[Firing]:
    """Everything that comes true in two steps, if samples are asked for at such times."""
    random = np.random.default_rng(seed)
    evaluator, found, began = Evaluator(0, trigger, {}), [], 0.0
    for number, name in ((1, "charge"), (2, "rest")):
        technique = Galvanostatic(1e-4, until_charge_C=0.006)
        step = step_in_progress(technique, number=number, name=name, started_s=began)
        times = began + np.arange(LENGTH) + 0.25
        block = sample_block(
            times,
            3.5 + 0.02 * np.cumsum(random.normal(size=LENGTH)),
            current_A=1e-4 * np.sign(random.normal(size=LENGTH)),
            charge_C=np.cumsum(1e-4 * (1 + random.random(LENGTH))),
            step=number,
            started_s=began,
        )
        readings = [(began + 5.0 * n, 1.15e5 + 1e4 * random.normal()) for n in range(1, 12)]
        dues = [began + 7.0 * n for n in range(1, 9)]
        found += evaluator.step_started(step, 15.0)
        begin = 0
        known = [(time_s, "reading", value) for time_s, value in readings]
        known += [(due_s, "timer", 0.0) for due_s in dues]
        known += [(began + poll_s, "poll", 0.0) for poll_s in polls_s]
        for now_s, what, value in sorted(known):
            if what == "poll":
                end = int(np.searchsorted(times, now_s))
                if evaluator.needs_samples and end > begin:
                    found += evaluator.samples(Ticks.of_cell(block[begin:end]))
                begin = max(begin, end)
            elif what == "reading" and evaluator.wants(BOX):
                found += evaluator.value(now_s, BOX, value)
            elif what == "timer" and evaluator.timers:
                found += evaluator.timer(0, now_s)
        if evaluator.needs_samples:
            found += evaluator.samples(Ticks.of_cell(block[begin:]))
        began += LENGTH + 2.0
        found += evaluator.step_ended(name, began - 1.5)
    return found


@settings(max_examples=200, deadline=None)
@given(
    trigger=triggers(),
    seed=st.integers(0, 10_000),
    polls_s=st.lists(st.integers(1, LENGTH * 4).map(lambda quarter: quarter / 4), max_size=20),
)
def test_what_fires_does_not_depend_on_the_blocks(trigger: Trigger, seed: int, polls_s: list[float]) -> None:
    at_once = answers(trigger, seed, [0.5 * n for n in range(1, 2 * LENGTH)])
    found = answers(trigger, seed, sorted(polls_s))
    assert list(map(repr, found)) == list(map(repr, at_once))
