"""The interlocks of a protocol: shipped rules by name, shipped rules with another action, or rules of its own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal, get_args

from pydantic import Discriminator, Field, Tag

from operando.drivers.documents import Document, StrictModel
from operando.protocols.interlocks import Phase, Rule, RuleEntry, shipped_rules
from operando.protocols.interlocks.entries import Actions, Phases

__all__ = ["SHIPPED_INTERLOCKS", "InterlockEntry", "ShippedInterlock", "interlock_problems", "interlocks_of"]

ShippedInterlock = Literal[
    "chamber vacuum",
    "beam only while observing",
    "discharge",
    "box leak",
    "transfer",
    "box opening",
    "venting",
    "vented over the open box",
    "air in the box",
    "hydrogen sulfide",
    "stack pressure",
    "cell temperature",
    "cell window",
]
SHIPPED_INTERLOCKS: tuple[str, ...] = get_args(ShippedInterlock)


class ChangedRuleEntry(StrictModel):
    """A shipped rule that does more than it is shipped to do, or means something in further phases."""

    shipped: ShippedInterlock
    also: Actions
    while_: Annotated[Phases | None, Field(alias="while")] = None


def _written_as(value: object) -> str:
    if not isinstance(value, dict | RuleEntry | ChangedRuleEntry):
        return "<name>"
    changed = isinstance(value, ChangedRuleEntry) or (isinstance(value, dict) and "shipped" in value)
    return "<changed rule>" if changed else "<own rule>"


InterlockEntry = Annotated[
    Annotated[ShippedInterlock, Tag("<name>")]
    | Annotated[ChangedRuleEntry, Tag("<changed rule>")]
    | Annotated[RuleEntry, Tag("<own rule>")],
    Discriminator(_written_as),
]


def interlocks_of(entries: tuple[InterlockEntry, ...], document: Document) -> tuple[Rule, ...]:
    """The rules that a protocol names, in its order."""
    return tuple(_rule(entry, document.line(("interlocks", index))) for index, entry in enumerate(entries))


def interlock_problems(entries: tuple[InterlockEntry, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Names that are given twice, or that belong to a shipped rule, each with its path."""
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        name = _name(entry)
        if isinstance(entry, RuleEntry) and name in SHIPPED_INTERLOCKS:
            what = f"{name!r} is a shipped rule; give yours another name, or write {{shipped: {name}, also: warn}}"
            yield ("interlocks", index, "name"), what
        elif name in seen:
            yield ("interlocks", index), f"the interlock {name!r} is given twice"
        seen.add(name)


def _name(entry: InterlockEntry) -> str:
    if isinstance(entry, RuleEntry):
        return entry.name
    return entry.shipped if isinstance(entry, ChangedRuleEntry) else entry


def _rule(entry: InterlockEntry, line: int) -> Rule:
    shipped = shipped_rules()
    if isinstance(entry, RuleEntry):
        return entry.rule(line=line)
    if not isinstance(entry, ChangedRuleEntry):
        return replace(shipped[entry], line=line)
    rule = shipped[entry.shipped]
    phases: frozenset[Phase] = rule.phases | frozenset(entry.while_ or ())
    return replace(rule, phases=phases, actions=tuple(dict.fromkeys((*rule.actions, *entry.also))), line=line)
