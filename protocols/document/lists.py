"""A single word where a list of words may stand, see `operando.protocols.lists`."""

from operando.protocols.lists import one_or_several

__all__ = ["one_or_several"]
