"""The faults stand between client and instrument, both ways, and the instrument hears of the end."""

import pytest

from operando.simulators.engine import Outbox
from operando.simulators.faults import (
    Close,
    Delay,
    Direction,
    Drop,
    FaultRule,
    FaultyConversation,
    Overwrite,
    Unplug,
    WireFaults,
)


class Parrot:
    """Says what it hears, a tenth of a second later."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.left_s: float | None = None
        self.closed = False
        self._outbox = Outbox()

    def feed(self, data: bytes, now: float) -> None:
        self.heard.append(data)
        self._outbox.put(data, now + 0.1)

    def due(self) -> float | None:
        return self._outbox.due()

    def collect(self, now: float) -> list[bytes]:
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        self.left_s = now


def talk(*rules: FaultRule) -> tuple[Parrot, FaultyConversation]:
    faults = WireFaults()
    for rule in rules:
        faults.add(rule)
    parrot = Parrot()
    return parrot, FaultyConversation(parrot, faults)


def test_without_rules_nothing_changes() -> None:
    _, conversation = talk()
    conversation.feed(b"hello", 1.0)
    assert conversation.due() == pytest.approx(1.1)
    assert conversation.collect(1.1) == [b"hello"]
    assert conversation.due() is None


def test_a_request_that_is_lost_is_never_heard() -> None:
    parrot, conversation = talk(FaultRule(fault=Drop(), on=Direction.REQUESTS, nth=(1,)))
    conversation.feed(b"hello", 1.0)
    conversation.feed(b"again", 2.0)
    assert parrot.heard == [b"again"]


def test_a_request_is_heard_wrongly() -> None:
    parrot, conversation = talk(FaultRule(fault=Overwrite(at=0, hex="4a"), on=Direction.REQUESTS))
    conversation.feed(b"hello", 1.0)
    assert parrot.heard == [b"Jello"]


def test_a_late_request_is_answered_late() -> None:
    parrot, conversation = talk(FaultRule(fault=Delay(seconds=2.0), on=Direction.REQUESTS))
    conversation.feed(b"hello", 1.0)
    assert parrot.heard == []
    assert conversation.collect(3.0) == []
    assert conversation.due() == pytest.approx(3.1)
    assert conversation.collect(3.1) == [b"hello"]


def test_a_late_reply_is_not_later_because_nobody_looked() -> None:
    _, conversation = talk(FaultRule(fault=Delay(seconds=2.0)))
    conversation.feed(b"hello", 1.0)
    assert conversation.collect(2.9) == []
    assert conversation.due() == pytest.approx(3.1)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_connection_ends_and_the_instrument_hears_of_it(reset: bool) -> None:
    parrot, conversation = talk(FaultRule(fault=Close(reset=reset)))
    conversation.feed(b"hello", 1.0)
    assert conversation.collect(1.1) == []
    assert (conversation.closed, conversation.reset) == (True, reset)
    assert conversation.due() is None
    assert parrot.left_s == pytest.approx(1.1)


def test_a_cable_is_pulled_and_plugged_in_again() -> None:
    rule = FaultRule(fault=Unplug(), between=(2.0, 3.0))
    parrot, conversation = talk(rule)
    conversation.feed(b"hello", 1.0)
    assert conversation.collect(2.5) == []
    assert conversation.closed
    assert parrot.left_s == pytest.approx(2.5)
    faults = WireFaults()
    faults.add(rule)
    assert [faults.unplugged(now) for now in (1.9, 2.0, 2.9, 3.0)] == [False, True, True, False]
