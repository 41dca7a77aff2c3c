"""The smallest corpus there is, made once for all tests of a process."""

from functools import cache

from operando.simulators.corpus import DEVELOPMENT, LabelledRecording, labelled_corpus

__all__ = ["SMALL", "small_corpus"]

SMALL = 0.01


@cache
def small_corpus(part: str = DEVELOPMENT) -> tuple[LabelledRecording, ...]:
    """One recording of each kind: healthy, soft short, short of its own, hard short, contact loss, leak, tight box."""
    return tuple(labelled_corpus(part, SMALL))
