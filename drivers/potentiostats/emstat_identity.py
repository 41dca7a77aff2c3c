"""Who answers: `t` gives model and firmware even while a script runs, `i` the serial number when none does."""

import re

from operando.drivers.errors import ConfigMismatch, TransportTimeout
from operando.drivers.other_instrument import told_by_another
from operando.drivers.potentiostats.emstat_session import EmStatSession
from operando.drivers.roles import Identity

__all__ = ["identify_emstat"]

MODELS = {
    "espico": "EmStat Pico",
    "senswb": "Sensit Wearable",
    "es4_lr": "EmStat4 LR",
    "es4_hr": "EmStat4 HR",
    "mes4lr": "MultiEmStat4 LR",
    "mes4hr": "MultiEmStat4 HR",
    "nexus1": "Nexus",
    "espbl": "EmStat Pico in its bootloader",
}
FIRMWARE = re.compile(rb"t[a-z][a-z0-9_]{4,5}\d*#.*")
SAID_BY_ITSELF = re.compile(
    rb"[0-9A-F]{7}[ a-zA-Z]|^.?![0-9A-F]{4}|^P[a-z]{2}|^T[a-z]|^[MC][0-9A-F]{4}|^[tiv][A-Za-z0-9]|^[A-Z]\*"
)
"""Data of a script that runs, whole or in part, late replies, and the refusal of a command that came garbled."""
RELEASE = re.compile(rb"[A-Za-z]\*")


def identify_emstat(session: EmStatSession, address: str, expected: str) -> Identity:
    """Ask for model, firmware and serial number.

    Args:
        session: to ask in.
        address: for the identity.
        expected: the code of the model that the driver is for.

    Raises:
        ConfigMismatch: if it is another model, or what comes is of another instrument.
    """
    try:
        first = session.ask("t", FIRMWARE)
    except TransportTimeout as error:
        raise told_by_another(error, _with_article(MODELS[expected]), SAID_BY_ITSELF) from error
    session.read(RELEASE)
    code, version = _code_and_version(first)
    if code != expected:
        raise ConfigMismatch(
            f"here answers {MODELS.get(code, repr(code))}, not {_with_article(MODELS[expected])}",
            remedy="Check the address, or name another driver in the bench file.",
        )
    serial = session.ask_serial_number()
    return Identity("PalmSens", MODELS[code], serial or "not told while a script runs", version, address)


def _with_article(model: str) -> str:
    return f"{'an' if model[0] in 'AEIOU' else 'a'} {model}"


def _code_and_version(reply: bytes) -> tuple[str, str]:
    """`tes4_lr1500#...` is the model code `es4_lr` and firmware 1.5.00."""
    name = reply[1:].split(b"#")[0].decode("ascii", "replace")
    code, digits = name[:6], name[6:]
    return code, f"{digits[0]}.{digits[1]}.{digits[2:]}" if len(digits) == 4 else digits
