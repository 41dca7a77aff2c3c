"""A single word where a list of words may stand."""

from pydantic import BeforeValidator

__all__ = ["one_or_several"]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


one_or_several = BeforeValidator(_listed)
"""Lets `during: charge` stand for `during: [charge]`."""
