"""A person's word where nothing else tells."""

from dataclasses import dataclass

__all__ = ["Consent"]


@dataclass(frozen=True, slots=True)
class Consent:
    """Who says that it is right, and why: both stand in the record."""

    who: str
    reason: str
