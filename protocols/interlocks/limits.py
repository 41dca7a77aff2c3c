"""Looks up the limits that rules leave to the bench file and to `safety`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from operando.protocols.interlocks.conditions import (
    Always,
    Band,
    BenchLimit,
    Change,
    Condition,
    Difference,
    Leak,
    Limit,
    Report,
    Source,
)
from operando.protocols.interlocks.rules import Rule

if TYPE_CHECKING:
    from operando.drivers.bench import BenchFile

__all__ = ["BENCH_LIMITS", "SAFETY_LIMITS", "CellLimits", "condition_of", "frozen_after_s", "limits_of", "looked_up"]


class CellLimits(Protocol):
    """The block `safety` of a program."""

    @property
    def voltage_V(self) -> tuple[float, float]: ...

    @property
    def current_A(self) -> tuple[float, float]: ...

    @property
    def host_tolerates_s(self) -> float: ...


BENCH_LIMITS: Mapping[str, tuple[str, Callable[["BenchFile"], float | None]]] = {
    "vacuum.beam_permitted_below": ("Pa", lambda bench: bench.vacuum.beam_permitted_below),
    "vacuum.beam_permitted_again_below": ("Pa", lambda bench: bench.vacuum.again_below),
    "vacuum.fastest_rise": ("Pa/s", lambda bench: bench.vacuum.fastest_rise),
    "vacuum.high_voltage_off_above": ("Pa", lambda bench: bench.vacuum.high_voltage_off_above),
    "vacuum.box_opens_below": ("Pa", lambda bench: bench.vacuum.box_opens_below),
    "vacuum.vented_above": ("Pa", lambda bench: bench.vacuum.vented_above),
    "box.largest_leak": ("Pa*m^3/s", lambda bench: bench.box.largest_leak),
    "box.lowest_for_transfer": ("Pa", lambda bench: bench.box.transfer_pressure[0]),
    "box.highest_for_transfer": ("Pa", lambda bench: bench.box.transfer_pressure[1]),
    "box.opens_within": ("Pa", lambda bench: bench.box.opens_within),
    "box.sealed_above": ("Pa", lambda bench: bench.box.sealed[0]),
    "box.sealed_below": ("Pa", lambda bench: bench.box.sealed[1]),
    "box.open_below": ("Pa", lambda bench: bench.box.open_below),
    "box.air_above": ("Pa", lambda bench: bench.box.air_above),
    "stack.lowest": ("Pa", lambda bench: bench.stack.lowest),
    "stack.highest": ("Pa", lambda bench: bench.stack.highest),
    "stack.fastest_fall": ("Pa/s", lambda bench: bench.stack.fastest_fall),
    "cell.lowest_temperature": ("K", lambda bench: bench.cell.lowest_temperature),
    "cell.highest_temperature": ("K", lambda bench: bench.cell.highest_temperature),
}
"""Name, SI unit, and where it stands. None: the bench sets no such limit."""

SAFETY_LIMITS: Mapping[str, tuple[str, Callable[[CellLimits], float]]] = {
    "safety.lowest_voltage": ("V", lambda safety: safety.voltage_V[0]),
    "safety.highest_voltage": ("V", lambda safety: safety.voltage_V[1]),
    "safety.lowest_current": ("A", lambda safety: safety.current_A[0]),
    "safety.highest_current": ("A", lambda safety: safety.current_A[1]),
    "safety.host_tolerates": ("s", lambda safety: safety.host_tolerates_s),
}


def limits_of(bench: "BenchFile", safety: CellLimits | None) -> dict[str, float | None]:
    """Every limit by its name; None where nobody sets it."""
    limits = {name: look_up(bench) for name, (_, look_up) in BENCH_LIMITS.items()}
    for name, (_, look_up_safety) in SAFETY_LIMITS.items():
        limits[name] = None if safety is None else look_up_safety(safety)
    return limits


def frozen_after_s(bench: "BenchFile") -> dict[Source, float]:
    """How long each gauge may repeat a value exactly; the bench file knows which of them have noise."""
    given = {"chamber": bench.vacuum.frozen_after, "box": bench.box.frozen_after, "stack": bench.stack.frozen_after}
    return {Source(place, "pressure"): after_s for place, after_s in given.items() if after_s is not None}


def looked_up(rule: Rule, limits: Mapping[str, float | None]) -> Rule | None:
    """The rule with numbers; None if nobody sets any of the limits that it compares with."""
    conditions = tuple(found for condition in rule.when if (found := condition_of(condition, limits)) is not None)
    return replace(rule, when=conditions) if conditions else None


def condition_of(condition: Condition, limits: Mapping[str, float | None]) -> Condition | None:
    """The condition with numbers; None if nothing is left that it compares with."""

    def number(limit: Limit | None) -> float | None:
        return limits[limit.name] if isinstance(limit, BenchLimit) else limit

    match condition:
        case Always() | Report():
            return condition
        case Band():
            lowest, highest = number(condition.lowest), number(condition.highest)
            again_lowest, again_highest = number(condition.again_lowest), number(condition.again_highest)
            found = replace(
                condition,
                lowest=lowest,
                highest=highest,
                again_lowest=again_lowest,
                again_highest=again_highest,
                lasting_s=number(condition.lasting_s) or 0.0,
            )
            return None if lowest is None and highest is None else found
        case Change():
            rise, fall = number(condition.rise_per_s), number(condition.fall_per_s)
            return None if rise is None and fall is None else replace(condition, rise_per_s=rise, fall_per_s=fall)
        case Leak() | Difference():
            largest = number(condition.largest)
            return None if largest is None else replace(condition, largest=largest)
