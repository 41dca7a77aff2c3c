"""A replay of Modbus TCP: the number of a message, and over which connection it went, depend on the clock alone."""

import json
from pathlib import Path

import pytest

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import ProtocolError
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry

PRESSURE, STATUS = "0000 0006 01 03 0002 0002", "0000 0006 01 03 020C 0001"
BAR, GOOD = "0000 0007 01 03 04 3F75F07B", "0000 0005 01 03 02 0000"


def message(number: int, rest: str) -> bytes:
    return number.to_bytes(2, "big") + bytes.fromhex(rest)


@pytest.fixture
def link(tmp_path: Path) -> Link:
    """A gateway that was asked for the pressure over two connections, and for its status over the first alone."""
    path = tmp_path / "wires.jsonl"
    acts: list[dict[str, object]] = [{"operando_wires": 1, "began": "2026-11-22T20:00:00+00:00"}]
    for number, asked in enumerate(((PRESSURE, BAR), (STATUS, GOOD)), 1):
        acts += [
            {"act": "write", "hex": message(number, asked[0]).hex()},
            {"act": "read", "hex": message(number, asked[1]).hex()},
        ]
    acts.insert(1, {"act": "open", "address": "tcp://10.0.0.7:502", "local_port": None})
    acts += [{"act": "closed"}, {"act": "open", "address": "tcp://10.0.0.7:502", "local_port": None, "link": 1}]
    acts += [
        {"act": act, "hex": message(3, rest).hex(), "link": 1} for act, rest in (("write", PRESSURE), ("read", BAR))
    ]
    lines = [acts[0], *({"time_s": 0.1 * index, "link": 0, **act} for index, act in enumerate(acts[1:]))]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="ascii")
    registry = LinkRegistry(LinkContext(VirtualClock()))
    registry.open(Address.parse(f"replay://{path}")).close()
    return registry.open(Address.parse(f"replay://{path}"))


def asked(link: Link, request: bytes) -> bytes:
    link.write(request)
    return link.read(1.0)


def test_a_message_is_answered_under_the_number_that_it_has_now(link: Link) -> None:
    assert asked(link, message(0x0A0B, PRESSURE)) == message(0x0A0B, BAR)


def test_what_was_asked_over_another_connection_is_known(link: Link) -> None:
    assert asked(link, message(9, STATUS)) == message(9, GOOD)


def test_another_question_is_still_refused(link: Link) -> None:
    with pytest.raises(ProtocolError, match="knows no request"):
        link.write(message(3, "0000 0006 02 03 0002 0002"))
