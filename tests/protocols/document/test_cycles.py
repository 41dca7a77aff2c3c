"""How loops are unrolled, and what counts as a cycle."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from operando.drivers.roles import Galvanostatic, OpenCircuit, Potentiostatic, Technique
from operando.protocols.document.tree import CyclingNode, RepeatNode, StepNode
from operando.protocols.document.unroll import action_count, unroll


def step(name: str, technique: Technique | None = None) -> StepNode:
    return StepNode(name, technique or OpenCircuit(), 60.0, None, None, None, 1)


CHARGE = step("charge", Galvanostatic(1e-4, 4.2))
DISCHARGE = step("discharge", Galvanostatic(-1e-4, 3.0))
HOLD = step("hold", Potentiostatic(4.2, 1e-5))
REST = step("rest")


def cycles(*nodes: CyclingNode) -> list[int]:
    return [action.cycle for action in unroll(nodes)]


def test_without_loops_all_is_cycle_one() -> None:
    assert cycles(REST, CHARGE, DISCHARGE, CHARGE, DISCHARGE) == [1, 1, 1, 1, 1]


def test_the_first_pass_belongs_to_cycle_one_with_what_stands_before_it() -> None:
    assert cycles(REST, RepeatNode(3, (CHARGE, DISCHARGE)), REST) == [1, 1, 1, 2, 2, 3, 3, 3]


def test_cycles_count_on_through_several_loops() -> None:
    formation = RepeatNode(1, (CHARGE, DISCHARGE))
    assert cycles(formation, RepeatNode(2, (CHARGE, DISCHARGE))) == [1, 1, 2, 2, 3, 3]


def test_pulses_that_only_charge_are_no_cycles() -> None:
    pulses = RepeatNode(3, (CHARGE, REST))
    assert cycles(pulses, REST, DISCHARGE) == [1] * 8


def test_the_innermost_loop_that_charges_and_discharges_counts() -> None:
    inner = RepeatNode(2, (CHARGE, DISCHARGE))
    assert cycles(RepeatNode(2, (inner, REST))) == [1, 1, 2, 2, 2, 3, 3, 4, 4, 4]


def test_pulses_inside_a_cycle_do_not_count_and_the_cycle_does() -> None:
    titration = RepeatNode(2, (RepeatNode(2, (CHARGE, REST)), RepeatNode(2, (DISCHARGE, REST))))
    assert cycles(titration) == [1] * 8 + [2] * 8


def test_a_hold_counts_as_charging() -> None:
    assert cycles(RepeatNode(2, (HOLD, DISCHARGE))) == [1, 1, 2, 2]
    assert cycles(RepeatNode(2, (CHARGE, HOLD))) == [1, 1, 1, 1]


trees = st.recursive(
    st.sampled_from([CHARGE, DISCHARGE, HOLD, REST]),
    lambda inner: st.builds(RepeatNode, st.integers(1, 3), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.lists(trees, min_size=1, max_size=4))
def test_numbers_run_on_and_cycles_never_go_back(nodes: list[CyclingNode]) -> None:
    actions = unroll(nodes)
    assert [action.number for action in actions] == list(range(1, action_count(nodes) + 1))
    counted = [action.cycle for action in actions]
    assert counted[0] == 1
    assert all(after - before in (0, 1) for before, after in pairwise(counted))
