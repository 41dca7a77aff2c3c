"""Dates as programs write them into their files: which of several forms is found out by trying."""

from collections.abc import Sequence
from datetime import datetime

__all__ = ["date_in"]


def date_in(text: str, forms: Sequence[str]) -> datetime | None:
    """The date that a text is in one of some forms, without a time zone; None if it is none."""
    for form in forms:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None
