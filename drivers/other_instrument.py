"""Somebody else at the address: what came instead of an answer tells so, if it can be read."""

import re

from operando.drivers.errors import ConfigMismatch, InstrumentError, TransportTimeout

__all__ = ["told_by_another"]

READABLE = re.compile(rb"[\x20-\x7e]{2,}")
"""Noise, and text at a wrong baud rate, is not readable for long."""


def told_by_another(timeout: TransportTimeout, expected: str, own: "re.Pattern[bytes]") -> InstrumentError:
    """What to raise when the first question to an instrument was not answered.

    Args:
        timeout: with what was heard meanwhile.
        expected: the instrument that should answer, with its article (`an EmStat4 HR`).
        own: found in whatever that instrument may say by itself.

    Returns:
        A `ConfigMismatch` if another instrument has said something; else the time-out.
    """
    heard = timeout.heard.strip()
    if not READABLE.fullmatch(heard) or own.search(heard):
        return timeout
    return ConfigMismatch(
        f"here answers something that is not {expected}: {heard[:64].decode('ascii')!r}",
        where=timeout.where,
        remedy="Check the address, or name another driver in the bench file.",
    )
