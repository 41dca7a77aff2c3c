"""A link that was lost is told once, and opened anew at the next use."""

import pytest
from support.one_instrument import PreparedLinks
from support.timed_link import TimedLink

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import TransportClosed
from operando.drivers.links import Address
from operando.drivers.links.reopening import ReopeningLink


def test_nothing_is_opened_before_it_is_needed_and_nothing_is_sent_twice() -> None:
    clock = VirtualClock()
    first, second = (TimedLink(lambda data: [(0.0, data)], clock) for _ in range(2))
    link = ReopeningLink(PreparedLinks([first, second], clock), Address.parse("tcp://device:1"))
    link.write(b"one")
    assert link.read(1.0) == b"one"
    first.cut = True
    with pytest.raises(TransportClosed):
        link.write(b"two")
    assert (second.written, link.losses) == ([], 1), "the driver decides what may be repeated"
    link.write(b"three")
    assert (second.written, link.read(1.0)) == ([b"three"], b"three")
    second.cut = True
    with pytest.raises(TransportClosed):
        link.read(1.0)
    with pytest.raises(TransportClosed, match="nobody answers"):
        link.read(1.0)
    assert link.losses == 2


def test_a_closed_link_is_let_go_of() -> None:
    link = ReopeningLink(PreparedLinks([], VirtualClock()), Address.parse("tcp://device:1"))
    link.close()
    link.close()
    assert link.losses == 0
