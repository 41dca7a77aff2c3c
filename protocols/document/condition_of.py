"""From the entries of `when` to triggers in SI units."""

from collections.abc import Collection, Iterator

from operando.drivers.documents import unknown_word
from operando.protocols.document.triggers import ConditionEntry, TriggerEntry
from operando.protocols.program import SampleInfo, Trigger
from operando.protocols.trigger_conditions import (
    AfterEndOf,
    AllOf,
    AnyOf,
    At,
    BeforeEndOf,
    ChargePassed,
    Condition,
    Detected,
    Every,
    Moment,
    Not,
    StartOf,
    State,
    is_moment,
    parts_of,
    values_of,
)

__all__ = ["trigger_of"]


def trigger_of(entry: TriggerEntry, sample: SampleInfo, line: int, detectors: Collection[str]) -> Trigger:
    """A trigger.

    Args:
        entry: as it stands in the document.
        sample: to which amounts per area refer.
        line: of the document.
        detectors: names of those that there are.

    Raises:
        ValueError: if an amount cannot be resolved, a detector is not known, or a combination means nothing.
    """
    condition = _condition(entry, sample)
    for what in _contradictions(condition, entry, detectors):
        raise ValueError(what)
    return Trigger(
        condition=condition,
        capture=entry.capture,
        during=entry.during,
        settled_s=entry.settled,
        start_within_s=entry.start_within,
        once=entry.once,
        at_most_every_s=entry.at_most_every or 0.0,
        if_already=entry.if_already,
        line=line,
    )


def _condition(entry: ConditionEntry, sample: SampleInfo) -> Condition:
    moment = _moment(entry, sample)
    if moment is not None:
        return moment
    if entry.dose is not None:
        return entry.dose.on_region()
    if entry.all is not None:
        return AllOf(tuple(_condition(part, sample) for part in entry.all))
    if entry.any is not None:
        return AnyOf(tuple(_condition(part, sample) for part in entry.any))
    if entry.not_ is not None:
        return Not(_not_a_moment(_condition(entry.not_, sample)))
    return _value(entry)


def _moment(entry: ConditionEntry, sample: SampleInfo) -> Condition | None:
    if entry.every is not None:
        return Every(entry.every)
    if entry.at is not None:
        return At(entry.at)
    if entry.start_of is not None:
        return StartOf(entry.start_of)
    if entry.just_before_end_of is not None:
        return BeforeEndOf(entry.just_before_end_of)
    if entry.after_end_of is not None:
        return AfterEndOf(entry.after_end_of)
    if entry.charge_passed is not None:
        return ChargePassed(entry.charge_passed.charge_C(sample))
    return None if entry.detected is None else Detected(entry.detected)


def _value(entry: ConditionEntry) -> Condition:
    if entry.voltage is not None:
        return entry.voltage.on(entry.voltage.source("voltage"))
    if entry.current is not None:
        return entry.current.on(entry.current.source("current"))
    if entry.charge is not None:
        return entry.charge.on(entry.charge.source("charge"))
    if entry.impedance is not None:
        return entry.impedance.on(entry.impedance.source("impedance"))
    if entry.pressure is not None:
        return entry.pressure.on(entry.pressure.source("pressure"))
    if entry.temperature is not None:
        return entry.temperature.on(entry.temperature.source("temperature"))
    if entry.force is not None:
        return entry.force.on(entry.force.source("force"))
    raise ValueError("a trigger without a condition")


def _not_a_moment(condition: Condition) -> State:
    if not isinstance(condition, Moment) and not any(map(is_moment, parts_of(condition))):
        return condition
    raise ValueError("'not' takes a state (a value that is beyond something); a moment does not last")


def _contradictions(condition: Condition, entry: TriggerEntry, detectors: Collection[str]) -> Iterator[str]:
    """What means nothing together."""
    parts = list(parts_of(condition))
    for part in parts:
        if isinstance(part, Detected) and part.detector not in detectors:
            yield unknown_word("detector", part.detector, tuple(sorted(detectors)))
    if any(value.source.quantity == "dose" for value in values_of(condition)) and (
        len(parts) > 1 or entry.during or entry.settled
    ):
        yield "'dose' stands alone: it grows with the pictures, whatever the cell does"
    yield from _combination(condition)
    if isinstance(condition, AnyOf) and any(isinstance(part, Every | At) for part in parts):
        yield "a time inside 'any' means nothing to the others; write it as a trigger of its own"


def _combination(condition: Condition) -> Iterator[str]:
    match condition:
        case AnyOf(parts):
            for part in parts:
                yield from _combination(part)
        case AllOf(parts):
            moments = [part for part in parts if is_moment(part)]
            if len(moments) > 1:
                yield "two moments never come true together: 'all' takes one of them at most, and states"
            inside = [part for part in parts if not is_moment(part)]
            if any(is_moment(deep) for part in inside for deep in parts_of(part)):
                yield "a moment may stand in 'all' itself, and not deeper"
