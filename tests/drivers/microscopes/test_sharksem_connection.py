"""A control connection under every fault of its wire: the right value or the right error, and the next one right."""

import pytest
from support.sharksem_script import ScriptedLink, ScriptedSem, message, reply_body
from support.transcript import Transcript

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import FramingError, StaleReply, TransportClosed, TransportTimeout
from operando.drivers.links import Address
from operando.drivers.microscopes.sharksem_connection import EXCHANGE_S, ControlConnection, ask, tell

CONTROL = Address.parse("tcp://sem:8300")


class Bench:
    """A connection to a scripted server, and the link that is open now."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.sem = ScriptedSem(self.clock)
        self.connection = ControlConnection(self._open, self.clock, "sem")

    def _open(self) -> ScriptedLink:
        link = ScriptedLink(self.sem, CONTROL, 1)
        self.sem.links.append(link)
        return link


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_identifiers_count_and_the_reply_echoes_them() -> None:
    clock = VirtualClock()
    link = Transcript(
        [
            (
                bytes.fromhex("53746747657450 6f736974696f6e0000 00000000 01000000 00000000 00000000"),
                [
                    bytes.fromhex("537467476574506f736974696f6e0000 8c000000 01000000 00000000 00000000"),
                    b"".join(b"\x18\0\0\0" + text.ljust(24, b"\0") for text in (b"0", b"13.5", b"90", b"0", b"0")),
                ],
            ),
            (bytes.fromhex("53746753746f70000000000000000000 00000000 02000000 00000000 00000000"), []),
        ],
        clock,
    )
    connection = ControlConnection(lambda: link, clock, "sem")
    body = connection.ask("StgGetPosition")
    assert [body.real() for _ in range(5)] == [0.0, 13.5, 90.0, 0.0, 0.0]
    connection.tell(tell("StgStop"))
    assert link.done()


def test_many_commands_go_out_in_one_write_and_come_back_in_order(bench: Bench) -> None:
    replies = bench.connection.exchange([ask("GetWD"), tell("SetWD", 12.5), ask("GetWD"), ask("HVGetBeam")])
    assert [replies[0].real(), replies[1].real(), replies[2].integer()] == [10.0, 12.5, 1]
    assert bench.sem.names() == ["GetWD", "SetWD", "GetWD", "HVGetBeam"]


def test_silence_ends_at_the_deadline_and_the_next_exchange_is_right(bench: Bench) -> None:
    bench.sem.silent.add("GetWD")
    with pytest.raises(TransportTimeout, match="no answer to GetWD") as caught:
        bench.connection.ask("GetWD")
    assert "protocol version" in caught.value.remedy
    assert bench.clock.now() == pytest.approx(EXCHANGE_S)
    assert bench.connection.ask("GetViewField").real() == 0.12


def test_a_reply_after_its_deadline_is_dropped_by_its_identifier(bench: Bench) -> None:
    bench.sem.hold.add("GetWD")
    with pytest.raises(TransportTimeout):
        bench.connection.ask("GetWD")
    bench.sem.hold.clear()
    bench.sem.values["GetWD"] = [11.0]
    assert bench.connection.ask("GetWD").real() == 11.0
    assert bench.connection.ask("GetViewField").real() == 0.12


def test_one_missing_reply_is_named_and_the_others_do_not_shift_the_next(bench: Bench) -> None:
    bench.sem.silent.add("GetWD")
    with pytest.raises(TransportTimeout, match="no answer to GetWD"):
        bench.connection.exchange([ask("HVGetBeam"), ask("GetWD"), ask("GetViewField")])
    assert bench.connection.ask("HVGetVoltage").real() == 5000.0


def test_all_replies_of_a_failed_exchange_are_dropped_later(bench: Bench) -> None:
    bench.sem.hold |= {"GetWD", "GetViewField"}
    with pytest.raises(TransportTimeout):
        bench.connection.exchange([ask("GetWD"), ask("GetViewField")])
    bench.sem.hold.clear()
    assert bench.connection.ask("HVGetBeam").integer() == 1


def answered(*replies: bytes) -> tuple[ControlConnection, VirtualClock]:
    """A connection whose first question gets these bytes, and whose next link answers as it should."""
    clock = VirtualClock()
    right = message("GetWD", reply_body(11.0), identifier=2)
    links = [
        Transcript([(message("GetWD", identifier=1), list(replies)), (message("GetWD", identifier=2), [right])], clock),
        Transcript([(message("GetWD", identifier=2), [right])], clock),
    ]
    return ControlConnection(lambda: links.pop(0), clock, "sem"), clock


def test_a_reply_that_was_given_before_is_passed_over(bench: Bench) -> None:
    assert bench.connection.ask("GetWD").real() == 10.0
    bench.sem.links[-1].inbox.append(message("GetWD", reply_body(9.0), identifier=1))
    bench.sem.values["GetWD"] = [11.0]
    assert bench.connection.ask("GetWD").real() == 11.0
    assert len(bench.sem.links) == 1, "the connection was kept"


def test_a_reply_to_a_question_that_was_never_asked_is_stale_and_the_next_exchange_is_right() -> None:
    connection, _ = answered(message("GetWD", reply_body(9.0), identifier=7))
    with pytest.raises(StaleReply, match=r"reply to GetWD \(7\) for which nobody waits"):
        connection.ask("GetWD")
    assert connection.ask("GetWD").real() == 11.0
    assert connection.generation == 1, "the connection was kept"


def test_another_command_under_our_identifier_is_a_framing_error() -> None:
    connection, _ = answered(message("GetViewField", reply_body(0.5), identifier=1))
    with pytest.raises(FramingError, match="asked for GetWD, was answered GetViewField"):
        connection.ask("GetWD")
    assert connection.ask("GetWD").real() == 11.0


def test_garbage_drops_the_link_and_the_next_exchange_opens_another() -> None:
    connection, _ = answered(b"\x80garbage" * 8)
    with pytest.raises(FramingError):
        connection.ask("GetWD")
    assert connection.ask("GetWD").real() == 11.0
    assert connection.generation == 2


@pytest.mark.parametrize("garbage", [b"\x80garbage" * 8, b"\0" * 7], ids=["a header's length", "less than a header"])
def test_garbage_before_a_question_costs_the_link_and_not_the_question(bench: Bench, garbage: bytes) -> None:
    bench.connection.ask("GetWD")
    bench.sem.links[-1].inbox.append(garbage)
    assert bench.connection.ask("GetWD").real() == 10.0
    assert bench.connection.generation == 2


@pytest.mark.parametrize("size", [1, 5, 31, 33])
def test_a_reply_in_pieces_is_put_together(size: int) -> None:
    clock = VirtualClock()
    reply = message("GetWD", reply_body(10.0), identifier=1)
    pieces = [reply[at : at + size] for at in range(0, len(reply), size)]
    request = message("GetWD", identifier=1)
    connection = ControlConnection(lambda: Transcript([(request, pieces)], clock), clock, "sem")
    assert connection.ask("GetWD").real() == 10.0


@pytest.mark.parametrize("arrived", [10, 32, 40], ids=["half a header", "a header", "half a body"])
def test_a_reply_that_stops_in_the_middle_is_not_joined_with_the_next(arrived: int) -> None:
    connection, clock = answered(message("GetWD", reply_body(10.0), identifier=1)[:arrived])
    with pytest.raises(TransportTimeout):
        connection.ask("GetWD")
    assert clock.now() == pytest.approx(EXCHANGE_S)
    assert connection.ask("GetWD").real() == 11.0
    assert connection.generation == 2


def test_a_link_that_broke_is_opened_anew_at_the_next_exchange(bench: Bench) -> None:
    bench.connection.ask("GetWD")
    bench.sem.cut()
    with pytest.raises(TransportClosed):
        bench.connection.ask("GetWD")
    assert bench.connection.ask("GetWD").real() == 10.0


def test_nothing_is_opened_after_close(bench: Bench) -> None:
    bench.connection.ask("GetWD")
    bench.connection.close()
    with pytest.raises(TransportClosed, match="closed by this program"):
        bench.connection.ask("GetWD")
    assert bench.sem.links[0].dead
