"""The cheapest order in which to visit fields: fewest and shortest stage moves and changes of the beam.

An open path from where stage and beam are now. Few fields are tried in every order. For more, the order they came in
and the one that takes the nearest each time (up to ten fields: from every first one) are improved, by turning parts
round (2-opt) and by moving single fields, until nothing is gained.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations, product
from typing import TypeVar

from operando.drivers.roles import StagePosition
from operando.protocols.plan.fields import FieldVisit
from operando.protocols.policies import Settling
from operando.protocols.program import BeamChoice

__all__ = ["Whereabouts", "change_s", "cheapest_order"]

Place = TypeVar("Place")

EVERY_ORDER_UP_TO = 6
EVERY_FIRST_UP_TO = 10
STAGE_START_S = 1.0
STAGE_SPEED_M_PER_S = 1e-3
VOLTAGE_CHANGE_S = 10.0
CURRENT_CHANGE_S = 2.0
WIDTH_CHANGE_S = 0.2
"""What changes typically cost. They only decide an order; how long it took is measured."""
GAIN_S = 1e-9


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where stage and beam are; None where that is not known."""

    stage: StagePosition | None = None
    beam: BeamChoice | None = None
    width_m: float | None = None

    @classmethod
    def at(cls, visit: FieldVisit) -> "Whereabouts":
        """Where they are after a visit."""
        return cls(visit.stage, visit.beam, visit.width_m)


def change_s(here: Whereabouts, visit: FieldVisit, settling: Settling) -> float:
    """About how long it takes from here until a field can be scanned."""
    return _move_s(here.stage, visit.stage, settling) + _beam_s(here, visit, settling)


def cheapest_order(
    places: Sequence[Place], visit_of: Callable[[Place], FieldVisit], here: Whereabouts, settling: Settling
) -> list[Place]:
    """The places in their cheapest order; among equals the one that keeps the order they came in.

    Args:
        places: whatever has a field to visit.
        visit_of: its field.
        here: where stage and beam are now.
        settling: what the program says about coming to rest.
    """
    visits = [visit_of(place) for place in places]
    costs = _Costs(
        [change_s(here, visit, settling) for visit in visits],
        [[change_s(Whereabouts.at(a), b, settling) for b in visits] for a in visits],
    )
    if len(visits) <= EVERY_ORDER_UP_TO:
        shortest: tuple[int, ...] = min(permutations(range(len(visits))), key=lambda order: round(costs.of(order), 6))
        best = list(shortest)
    else:
        firsts = range(len(visits)) if len(visits) <= EVERY_FIRST_UP_TO else ()
        nearest = (_nearest_first(costs), *(_nearest_first(costs, [first]) for first in firsts))
        starts = (list(range(len(visits))), *nearest)
        best = min((_improved(start, costs) for start in starts), key=lambda order: round(costs.of(order), 6))
    return [places[index] for index in best]


@dataclass(frozen=True, slots=True)
class _Costs:
    """Seconds from where we are to each visit, and from each to each other; the same there and back."""

    first: Sequence[float]
    between: Sequence[Sequence[float]]

    def of(self, order: Sequence[int]) -> float:
        if not order:
            return 0.0
        return self.first[order[0]] + sum(self.between[a][b] for a, b in pairwise(order))

    def step(self, order: Sequence[int], begin: int, end: int) -> float:
        """From one place in an order to another; -1 is where we are, and nothing comes after the last."""
        if end >= len(order):
            return 0.0
        return self.first[order[end]] if begin < 0 else self.between[order[begin]][order[end]]

    def gained_by_turning(self, order: Sequence[int], begin: int, end: int) -> float:
        """By turning round the part from `begin` up to, but without, `end`."""
        before = self.step(order, begin - 1, begin) - self.step(order, begin - 1, end - 1)
        return before + self.step(order, end - 1, end) - self.step(order, begin, end)

    def gained_by_moving(self, order: Sequence[int], place: int, to: int) -> float:
        """By taking one visit out and putting it in before another one."""
        out = self.step(order, place - 1, place) + self.step(order, place, place + 1)
        out -= self.step(order, place - 1, place + 1)
        there = self.first[order[place]] if to == 0 else self.between[order[to - 1]][order[place]]
        back = self.between[order[place]][order[to]] if to < len(order) else 0.0
        return out - (there + back - self.step(order, to - 1, to))


def _nearest_first(costs: _Costs, begun: Sequence[int] = ()) -> list[int]:
    order = list(begun)
    left = [index for index in range(len(costs.first)) if index not in order]
    while left:
        ways = costs.between[order[-1]] if order else costs.first
        nearest = min(left, key=lambda index: (round(ways[index], 6), index))
        order.append(nearest)
        left.remove(nearest)
    return order


def _improved(order: list[int], costs: _Costs) -> list[int]:
    improved = True
    while improved:
        improved = _turn(order, costs) or _move(order, costs)
    return order


def _turn(order: list[int], costs: _Costs) -> bool:
    improved = False
    for begin, end in combinations(range(len(order) + 1), 2):
        if end - begin > 1 and costs.gained_by_turning(order, begin, end) > GAIN_S:
            order[begin:end] = order[begin:end][::-1]
            improved = True
    return improved


def _move(order: list[int], costs: _Costs) -> bool:
    for place, to in product(range(len(order)), range(len(order) + 1)):
        if to not in (place, place + 1) and costs.gained_by_moving(order, place, to) > GAIN_S:
            visit = order.pop(place)
            order.insert(to - (to > place), visit)
            return True
    return False


def _move_s(here: StagePosition | None, there: StagePosition, settling: Settling) -> float:
    if here == there:
        return 0.0
    start_s = STAGE_START_S + settling.after_stage_s
    if here is None:
        return start_s
    way_m = math.dist((here.x_m, here.y_m, here.z_m), (there.x_m, there.y_m, there.z_m))
    return start_s + way_m / STAGE_SPEED_M_PER_S


def _beam_s(here: Whereabouts, visit: FieldVisit, settling: Settling) -> float:
    if (here.beam, here.width_m) == (visit.beam, visit.width_m):
        return 0.0
    total = settling.after_beam_s
    if here.beam is None or here.beam.voltage_V != visit.beam.voltage_V:
        total += VOLTAGE_CHANGE_S
    if here.beam is None or here.beam.current_A != visit.beam.current_A:
        total += CURRENT_CHANGE_S
    return total + (WIDTH_CHANGE_S if here.width_m != visit.width_m else 0.0)
