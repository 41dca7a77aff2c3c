"""Sentences about a word that is not known, with the nearest one that is."""

import difflib
from collections.abc import Sequence

__all__ = ["nearest", "unknown_key", "unknown_word"]

CUTOFF = 0.5


def nearest(word: str, valid: Sequence[str]) -> str | None:
    """The valid word that looks most like this one, if any does. Capitals do not matter.

    Two letters exchanged are likelier than one letter wrong.
    """
    by_lower = {known.lower(): known for known in reversed(valid)}
    exchanged = [known for known in by_lower if sorted(known) == sorted(word.lower())]
    found = exchanged or difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=CUTOFF)
    return by_lower[found[0]] if found else None


def unknown_word(kind: str, word: str, valid: Sequence[str]) -> str:
    """The sentence about a word of some kind (`key`, `region`) that is not known."""
    if not valid:
        return f"unknown {kind} {word!r}; there is none here"
    near = nearest(word, valid)
    hint = f"did you mean {near!r}? Allowed" if near else "allowed"
    return f"unknown {kind} {word!r}; {hint} here: {', '.join(valid)}"


def unknown_key(key: str, valid: Sequence[str]) -> str:
    """The sentence about a key that is not known."""
    return unknown_word("key", key, valid)
