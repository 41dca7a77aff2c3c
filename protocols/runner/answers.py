"""What counts as an answer to a question, and what it means."""

from operando.drivers.errors import ConfigMismatch
from operando.drivers.units import si
from operando.protocols.program import AskedValue, AskOperator

__all__ = ["asked_for", "value_of"]


def value_of(question: AskOperator, text: str) -> float | None:
    """The value that an answer gives, in the SI unit; None if the question asks for words.

    Raises:
        ConfigMismatch: if this is no answer to the question, with what would be one.
    """
    if not text.strip() or (question.answers and text not in question.answers):
        raise _no_answer(question, text, "")
    if question.value is None:
        return None
    try:
        value = si(text, question.value.si_unit)
    except ValueError as error:
        raise _no_answer(question, text, f": {error}") from error
    lowest, highest = question.value.lowest, question.value.highest
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        raise _no_answer(question, text, ": it is outside")
    return value


def asked_for(question: AskOperator) -> str:
    """What may be answered, in words: `confirmed or not confirmed`, `a value in kPa from 90 to 120`."""
    if question.value is None:
        return " or ".join(question.answers) or "something"
    return f"a value in {question.value.unit}{_range(question.value)}"


def _range(asked: AskedValue) -> str:
    scale = si(f"1 {asked.unit}", asked.si_unit) - (origin := si(f"0 {asked.unit}", asked.si_unit))
    told = ""
    for word, limit in (("from", asked.lowest), ("to", asked.highest)):
        if limit is not None:
            told += f" {word} {(limit - origin) / scale:.6g}"
    return told


def _no_answer(question: AskOperator, text: str, why: str) -> ConfigMismatch:
    return ConfigMismatch(
        f"{text!r} is no answer to {question.question!r}{why}", remedy=f"Answer {asked_for(question)}."
    )
