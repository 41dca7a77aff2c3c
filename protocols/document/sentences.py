"""Steps in the words of PyBaMM's experiments: `Charge at C/10 until 4.2 V`, `Hold at 4.2 V until C/50`.

The grammar is PyBaMM's (26.10, `pybamm/experiment/step/steps.py`): a head, then `for ...` and `until ...` joined by
`or`, then perhaps `(1 minute period)`. Ends by charge and by relaxation rate are additions of ours. Positive current
charges here, whatever it does there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from operando.drivers.nearest import nearest
from operando.drivers.units import has_dimension, si
from operando.protocols.document.amounts import CellCurrent, parse_current
from operando.protocols.document.ends import Ends, parse_ends, spoken_time_s

__all__ = ["EXAMPLES", "Sentence", "Verb", "parse_sentence"]

Verb = Literal["charge", "discharge", "hold", "rest"]
VERBS: Mapping[str, Verb] = {"charge": "charge", "discharge": "discharge", "hold": "hold", "rest": "rest"}
EXAMPLES = "'Charge at C/10 until 4.2 V', 'Hold at 4.2 V until C/50' or 'Rest for 1 hour'"
ENDS_OF: Mapping[Verb, tuple[str, ...]] = {
    "charge": ("time", "voltage", "charge"),
    "discharge": ("time", "voltage", "charge"),
    "hold": ("time", "current", "charge"),
    "rest": ("time", "relaxation rate"),
}

PERIOD = re.compile(r"\s*\((?P<time>[^()]+?)\s+period\)$", re.IGNORECASE)
HEAD = re.compile(r"\w+(?:\s+at\s+(?P<value>.+?))?(?:\s+(?P<ends>(?:for|until)\b.*))?", re.IGNORECASE)
ABSENT = {"W": "power", "ohm": "resistance"}
"""What PyBaMM can also hold constant and operando cannot."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step as its words say. Currents are magnitudes, the verb tells the sign."""

    text: str
    verb: Verb
    current: CellCurrent | None
    voltage_V: float | None
    ends: Ends
    period_s: float | None = None


def parse_sentence(text: str) -> Sentence:
    """Understand one sentence.

    Raises:
        ValueError: with what is not understood, or not available, in it.
    """
    text = " ".join(text.split())
    period = PERIOD.search(text)
    verb = _verb(text)
    head = HEAD.fullmatch(text[: period.start()] if period else text)
    if head is None:
        raise ValueError(f"{text!r} is not understood as a step; write for instance {EXAMPLES}")
    current, voltage_V = _held_constant(verb, head["value"], text)
    ends = parse_ends(head["ends"] or "")
    _fitting(verb, ends, text)
    return Sentence(text, verb, current, voltage_V, ends, spoken_time_s(period["time"]) if period else None)


def _verb(text: str) -> Verb:
    word = text.partition(" ")[0].lower()
    if word in VERBS:
        return VERBS[word]
    if word == "run":
        raise ValueError(f"{text!r}: drive cycles are not available; compose them of steps at constant current")
    near = nearest(word, [known.capitalize() for known in VERBS])
    hint = f"; did you mean {near!r}?" if near else ";"
    raise ValueError(f"{text!r} does not begin with a step{hint} Write for instance {EXAMPLES}")


def _held_constant(verb: Verb, value: str | None, text: str) -> tuple[CellCurrent | None, float | None]:
    if verb == "rest":
        if value is not None:
            raise ValueError(f"{text!r}: a rest has no current; leave out 'at {value}'")
        return None, None
    if value is None:
        what = "voltage, for instance 'Hold at 4.2 V'" if verb == "hold" else "current, for instance 'Charge at C/10'"
        raise ValueError(f"{text!r} does not say at which {what}")
    for unit, name in ABSENT.items():
        if has_dimension(value.replace("Ohm", "ohm"), unit):
            raise ValueError(f"{text!r}: steps at constant {name} are not available, only constant current and voltage")
    return (None, si(value, "V")) if verb == "hold" else (parse_current(value), None)


def _fitting(verb: Verb, ends: Ends, text: str) -> None:
    """Refuse a step that never ends, or whose end cannot come."""
    possible = " or ".join(ENDS_OF[verb])
    if not ends.given():
        raise ValueError(f"{text!r} does not say when it ends; a {verb} ends by {possible}")
    for kind in ends.given():
        if kind not in ENDS_OF[verb]:
            raise ValueError(f"{text!r}: a {verb} cannot end by {kind}, only by {possible}")
