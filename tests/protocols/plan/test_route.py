"""Fields are visited in the cheapest order, exactly for few, nearly for many, and always all of them once."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operando.drivers.roles import StagePosition
from operando.protocols.plan.fields import FieldVisit, fields_of
from operando.protocols.plan.route import Whereabouts, change_s, cheapest_order
from operando.protocols.policies import Settling
from operando.protocols.program import BeamChoice, Capture, EdsChoice, Region

LOW, HIGH = BeamChoice(5e3, 1e-10), BeamChoice(15e3, 5e-10)
HERE = Whereabouts(StagePosition(0.0, 0.0, 0.01), LOW, 1e-4)


def field(x_um: float, beam: BeamChoice = LOW, width_m: float = 1e-4, name: str = "") -> FieldVisit:
    place = StagePosition(x_um * 1e-6, 0.0, 0.01)
    return FieldVisit(name or f"{x_um:g}", (0, 0), place, beam, width_m, pictures=True, spectra=False)


def cost(order: list[FieldVisit], here: Whereabouts = HERE, settling: Settling | None = None) -> float:
    calm = settling or Settling()
    return change_s(here, order[0], calm) + sum(change_s(Whereabouts.at(a), b, calm) for a, b in pairwise(order))


def ordered(visits: list[FieldVisit], settling: Settling | None = None) -> list[FieldVisit]:
    return cheapest_order(visits, lambda visit: visit, HERE, settling or Settling())


def test_beam_energies_are_not_changed_to_and_fro() -> None:
    visits = [field(0, LOW, name="a"), field(0, HIGH, name="b"), field(500, LOW, name="c"), field(500, HIGH, name="d")]
    assert [visit.region for visit in ordered(visits)] == ["a", "c", "d", "b"]


def test_the_order_of_the_protocol_stays_where_nothing_is_gained() -> None:
    visits = [field(0, name="first"), field(0, name="second"), field(0, name="third")]
    assert [visit.region for visit in ordered(visits)] == ["first", "second", "third"]


def test_settling_after_the_stage_makes_it_worth_changing_the_beam_first() -> None:
    slow_stage = Settling(after_stage_s=60.0)
    visits = [field(0, LOW, name="a"), field(500, LOW, name="c"), field(0, HIGH, name="b"), field(500, HIGH, name="d")]
    assert [visit.region for visit in ordered(visits, slow_stage)][:2] == ["a", "b"]


places = st.lists(
    st.tuples(st.integers(-900, 900), st.sampled_from([LOW, HIGH]), st.sampled_from([2e-5, 1e-4])),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(places)
@settings(max_examples=60, deadline=None)
def test_few_fields_are_ordered_exactly(chosen: list[tuple[int, BeamChoice, float]]) -> None:
    visits = [field(x, beam, width, name=str(number)) for number, (x, beam, width) in enumerate(chosen)]
    best = min(cost(list(order)) for order in permutations(visits))
    assert cost(ordered(visits)) == pytest.approx(best, abs=1e-5)


@given(st.lists(st.integers(-5000, 5000), min_size=7, max_size=30, unique=True))
@settings(max_examples=30, deadline=None)
def test_many_fields_are_all_visited_and_never_at_more_than_the_order_they_came_in(xs: list[int]) -> None:
    visits = [field(x) for x in xs]
    order = ordered(visits)
    assert sorted(visit.region for visit in order) == sorted(visit.region for visit in visits)
    assert cost(order) <= cost(visits) + 1e-9
    # on a line the best way sweeps to the nearer end first
    low, high = min(*xs, 0), max(*xs, 0)
    best_way_m = (high - low + min(high, -low)) * 1e-6
    assert cost(order) - len(xs) <= best_way_m / 1e-3 * 1.5 + 1e-6


def test_tiles_are_laid_out_with_overlap_and_spectra_are_taken_in_the_middle() -> None:
    region = Region("r", StagePosition(1e-3, 0.0, 0.0), 100e-6, tiles=(3, 1), as_found=("z",))
    capture = Capture("c", ("r",), LOW, ("SE",), pixels=(400, 300), eds=EdsChoice(point_live_time_s=1.0))
    visits = list(fields_of(capture, [region], StagePosition(0.0, 0.0, 0.012)))
    assert [(visit.tile, visit.pictures, visit.spectra) for visit in visits] == [
        ((0, 0), True, False), ((1, 0), True, False), ((2, 0), True, False), (None, False, True)]  # fmt: skip
    assert [visit.stage.x_m for visit in visits] == pytest.approx([0.91e-3, 1e-3, 1.09e-3, 1e-3])
    assert {visit.stage.z_m for visit in visits} == {0.012}
