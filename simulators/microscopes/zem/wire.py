"""Datagrams of a ZEM as the microscope hears and says them.

Written from the example messages of the maker's package (pyzemrpc 1.2.6), not from any client.
"""

from dataclasses import dataclass

__all__ = ["Heard", "acknowledged", "hear", "say"]

TABLE = []
for _byte in range(256):
    _value = _byte
    for _ in range(8):
        _value = (_value >> 1) ^ (0xA001 * (_value & 1))
    TABLE.append(_value)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request; `whole` is false if its checksum is wrong."""

    command: str
    arguments: tuple[str, ...]
    whole: bool


def hear(datagram: bytes) -> Heard | None:
    """A request from a datagram; None if it has not the form of one."""
    text = datagram.decode("latin-1")
    if len(text) < 7 or text[0] != "$" or text[-1] != "%":
        return None
    body, sum_text = text[:-5], text[-5:-1]
    command, colon, rest = body[1:].rstrip(",").partition(":")
    if not colon or " " in command:  # a handshake has no arguments, only the address of who asks
        return Heard(body[1:].partition(",")[0].partition(":")[0], (), _sum(body) == sum_text)
    *arguments, _ = rest.split(",")
    return Heard(command, tuple(argument for argument in arguments if argument), _sum(body) == sum_text)


def say(command: str, value: str) -> bytes:
    """A reply."""
    body = f"${command}:{value},"
    return f"{body}{_sum(body)}%".encode("latin-1")


def acknowledged(code: int) -> str:
    """What is said to an order: 0 done, 1 illegal parameter, 2 failed, 3 busy, 4 checksum, 5 no picture server."""
    return f"Acknowledge,Error Code:{code}"


def _sum(text: str) -> str:
    value = 0xFFFF
    for byte in text.encode("latin-1"):
        value = (value >> 8) ^ TABLE[(value ^ byte) & 0xFF]
    return value.to_bytes(2, "little").hex().upper()
