"""Modbus TCP numbers its messages: the number says nothing of what is asked, and a reply repeats that of its question.

How often a driver has asked before differs between a recording and its replay, so a replay leaves the number out when
it looks for a request, and answers under the number that was asked. Everything else is as it was recorded.
"""

from dataclasses import replace

from operando.drivers.links.recording_file import Exchange

__all__ = ["answering", "unnumbered"]

NUMBER, HEADER = 2, 6
"""Bytes: transaction; and with protocol (zero) and length, which counts what follows (Modbus messaging guide 1.0b)."""


def unnumbered(request: bytes) -> bytes:
    """What is asked: a message of Modbus TCP without its number, anything else as it is."""
    return request[NUMBER:] if _numbered(request) else request


def answering(request: bytes, exchange: Exchange) -> Exchange:
    """A recorded exchange as the answer to a request that is the same but for its number."""
    if exchange.request == request:
        return exchange
    recorded, number = exchange.request[:NUMBER], request[:NUMBER]
    replies = tuple(
        replace(reply, data=number + reply.data[NUMBER:]) if reply.data[: NUMBER + 2] == recorded + b"\0\0" else reply
        for reply in exchange.replies
    )
    return replace(exchange, request=request, replies=replies)


def _numbered(request: bytes) -> bool:
    length = int.from_bytes(request[NUMBER + 2 : HEADER], "big")
    return request[NUMBER : NUMBER + 2] == b"\0\0" and len(request) > HEADER and length == len(request) - HEADER
