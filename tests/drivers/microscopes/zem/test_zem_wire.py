"""The literal messages of the sheet, and a network that loses, repeats and delays datagrams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.timed_link import Answers
from support.zem_mouth import ZemMouth, framed

from operando.drivers.errors import ConfigMismatch, FramingError, ProtocolError, TransportTimeout
from operando.drivers.microscopes.zem.message import decode, encode
from operando.drivers.roles import StagePosition

CLIENT = "127.0.0.1:41367"


@pytest.mark.parametrize(
    ("command", "arguments", "datagram"),
    [
        ("GetMag", "", b"$GetMag:,127.0.0.1:41367,5976%"),
        ("SetMag", "1000", b"$SetMag:1000,127.0.0.1:41367,BE71%"),
        ("GetStagePos", "", b"$GetStagePos:,127.0.0.1:41367,1796%"),
        ("SetStagePos", "10.000000,-5.000000", b"$SetStagePos:10.000000,-5.000000,127.0.0.1:41367,F886%"),
        ("GetScanInfo", "", b"$GetScanInfo:,127.0.0.1:41367,7CCF%"),
    ],
)
def test_requests_of_the_sheet(command: str, arguments: str, datagram: bytes) -> None:
    assert encode(command, arguments, CLIENT) == datagram


@pytest.mark.parametrize(
    ("datagram", "command", "value"),
    [
        (b"$GetMag:500,6008%", "GetMag", "500"),
        (b"$SetMag:Acknowledge,Error Code:0,AC1E%", "SetMag", "Acknowledge,Error Code:0"),
        (b"$GetStagePos:0.000000,0.000000,CD1B%", "GetStagePos", "0.000000,0.000000"),
        (b"$SetStagePos:Acknowledge,Error Code:0,699D%", "SetStagePos", "Acknowledge,Error Code:0"),
        (b"$GetScanInfo:127.000000,0.000000,4939%", "GetScanInfo", "127.000000,0.000000"),
    ],
)
def test_replies_of_the_sheet(datagram: bytes, command: str, value: str) -> None:
    reply = decode(datagram)
    assert (reply.command, reply.value) == (command, value)
    assert reply.refusal() is None


@given(st.integers(0, 16), st.integers(1, 255))
def test_one_wrong_byte_is_found(at: int, change: int) -> None:
    datagram = bytearray(b"$GetMag:500,6008%")
    datagram[at] ^= change
    with pytest.raises(FramingError):
        decode(bytes(datagram))


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "illegal parameter"), (2, "execution failed"), (4, "checksum"), (5, "picture server"), (9, "no known")],
)
def test_refusals(code: int, words: str) -> None:
    mouth = ZemMouth()
    stage = mouth.roles().stage
    assert stage is not None
    mouth.said["SetStagePos"] = f"Acknowledge,Error Code:{code}"
    with pytest.raises(ProtocolError, match=words):
        stage.move_to(StagePosition(0.0, 0.0, 0.0))


def test_who_is_busy_is_asked_again_and_who_does_not_know_says_so() -> None:
    mouth = ZemMouth()
    roles = mouth.roles()
    assert roles.detectors is not None
    assert roles.column is not None
    left = [framed("$GetWD:Acknowledge,Error Code:3,")] * 3

    def busy(command: str, reply: bytes) -> Answers:
        return [(4e-3, left.pop() if command == "GetWD" and left else reply)]

    mouth.spoil = busy
    assert roles.column.conditions().working_distance_m == pytest.approx(10e-3)
    mouth.spoil = None
    mouth.said["GetSEGain"] = "Invalid command"
    assert roles.detectors.settings("SE").gain_percent == 0.0


@pytest.mark.parametrize("lost", [1, 2])
def test_a_lost_datagram_is_sent_again(lost: int) -> None:
    mouth = ZemMouth()
    stage = mouth.roles().stage
    assert stage is not None
    left = [lost]

    def lose(command: str, reply: bytes) -> Answers:
        left[0] -= 1
        return [] if left[0] >= 0 else [(4e-3, reply)]

    mouth.spoil = lose
    assert stage.position() == StagePosition(1.2e-3, -0.65e-3, 0.0)
    assert len(mouth.heard) == lost + 1


def test_nobody_there_is_a_time_out_within_three_tries() -> None:
    mouth = ZemMouth()
    stage = mouth.roles().stage
    assert stage is not None
    begun_s = mouth.clock.now()
    mouth.spoil = lambda command, reply: []
    with pytest.raises(TransportTimeout, match="3 tries"):
        stage.position()
    assert mouth.clock.now() - begun_s == pytest.approx(0.9)


def test_repeated_late_and_reordered_replies_are_never_taken_for_the_next_answer() -> None:
    mouth = ZemMouth()
    stage = mouth.roles().stage
    assert stage is not None

    def muddle(command: str, reply: bytes) -> Answers:
        others = [(1e-3, framed("$GetMag:500,")), (2e-3, b"noise"), (3e-3, reply[:-2])]
        return [*others, (4e-3, reply), (5e-3, reply), (0.2, reply), (1.0, reply)]

    mouth.spoil = muddle
    for x_um in range(20):
        mouth.said["GetStagePos"] = f"{x_um}.000000,0.000000"
        assert stage.position().x_m == pytest.approx(x_um * 1e-6)


def test_a_late_reply_to_a_try_that_was_given_up_is_not_heard() -> None:
    mouth = ZemMouth()
    stage = mouth.roles().stage
    assert stage is not None
    answers: list[Answers] = [[(0.31, framed("$GetStagePos:9.000000,9.000000,"))], []]

    def late(command: str, reply: bytes) -> Answers:
        return answers.pop(0) if answers else [(4e-3, reply)]

    mouth.spoil = late
    assert stage.position().x_m == pytest.approx(1.2e-3)


def test_a_model_whose_stage_counts_in_pulses_is_refused() -> None:
    mouth = ZemMouth()
    mouth.said["GetModel"] = "ZEM18OLD"
    with pytest.raises(ConfigMismatch, match="pulses"):
        mouth.roles()


def test_connecting_only_asks() -> None:
    mouth = ZemMouth()
    mouth.roles(accepted=False)
    assert not [request for request in mouth.heard if not request.startswith((b"$Get", b"$Check", b"$Status"))]


def test_what_only_sends_back_our_own_words_is_no_microscope() -> None:
    mouth = ZemMouth()
    mouth.spoil = lambda command, reply: [(4e-3, mouth.heard[-1])]
    with pytest.raises(TransportTimeout, match="no reply to GetModel"):
        mouth.roles()


def test_our_own_words_before_a_reply_are_passed_over() -> None:
    mouth = ZemMouth()
    mouth.spoil = lambda command, reply: [(4e-3, mouth.heard[-1]), (5e-3, reply)]
    column = mouth.roles().column
    assert column is not None and column.identify().model == "ZEM20"
