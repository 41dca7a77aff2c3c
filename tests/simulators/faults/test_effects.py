"""What each fault makes of a reply."""

import random

import pytest

from operando.simulators.faults import (
    Answer,
    Close,
    CutAfter,
    Delay,
    Direction,
    Drop,
    Duplicate,
    Echo,
    Effect,
    FaultRule,
    FaultyPath,
    FlipBit,
    GarbageAfter,
    GarbageBefore,
    Noise,
    Overtake,
    Overwrite,
    Rewrite,
    Split,
    Stuck,
    WireFaults,
)

NOISE = random.Random(0).randbytes(5)


def passed(fault: Effect, *replies: bytes, nth: tuple[int, ...] | None = (1,)) -> list[tuple[float, bytes]]:
    """What arrives of replies that set out at 0, 10, 20 ... s, and when."""
    faults = WireFaults()
    faults.add(FaultRule(fault=fault, nth=nth))
    path = FaultyPath(faults, Direction.REPLIES)
    arrived: list[tuple[float, bytes]] = []
    for index, reply in enumerate(replies):
        path.put(reply, 10.0 * index, b"ask")
        arrived += _until(path, 10.0 * index + 9.0)
    return arrived + _until(path, 1000.0)


def _until(path: FaultyPath, time_s: float) -> list[tuple[float, bytes]]:
    arrived: list[tuple[float, bytes]] = []
    while (due := path.due()) is not None and due <= time_s and path.ended is None:
        arrived += [(due, piece) for piece in path.collect(due)]
    return arrived


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Drop(), []),
        (Delay(seconds=2.5), [(2.5, b"abcdef")]),
        (Duplicate(), [(0.0, b"abcdef"), (0.0, b"abcdef")]),
        (FlipBit(bit=1), [(0.0, b"cbcdef")]),
        (FlipBit(bit=-8), [(0.0, b"abcdeg")]),
        (CutAfter(count=2), [(0.0, b"ab")]),
        (Split(parts=3, gap_s=0.5), [(0.0, b"ab"), (0.5, b"cd"), (1.0, b"ef")]),
        (GarbageBefore(), [(0.0, NOISE + b"abcdef")]),
        (GarbageAfter(), [(0.0, b"abcdef" + NOISE)]),
        (Noise(), [(0.0, random.Random(0).randbytes(6))]),
        (Echo(), [(0.0, b"askabcdef")]),
        (Overwrite(at=1, hex="4142"), [(0.0, b"aABdef")]),
        (Overwrite(at=-2, hex="4142"), [(0.0, b"abcdAB")]),
        (Answer(hex="15"), [(0.0, b"\x15")]),
        (Rewrite(lambda data: data[::-1]), [(0.0, b"fedcba")]),
        (Close(), []),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, list) else "",
)
def test_one_reply(fault: Effect, expected: list[tuple[float, bytes]]) -> None:
    assert passed(fault, b"abcdef") == expected


def test_stuck_repeats_what_was_said_before() -> None:
    assert passed(Stuck(), b"one", b"two", nth=(2,)) == [(0.0, b"one"), (10.0, b"one")]


def test_overtake_lets_the_next_one_go_first() -> None:
    assert passed(Overtake(), b"one", b"two", b"three") == [(10.0, b"two"), (10.0, b"one"), (20.0, b"three")]


def test_a_late_reply_holds_up_those_behind_it() -> None:
    assert passed(Delay(seconds=15.0), b"one", b"two") == [(15.0, b"one"), (15.0, b"two")]


def test_nothing_arrives_after_the_end() -> None:
    assert passed(CutAfter(count=2, close=True), b"one", b"two") == [(0.0, b"on")]


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        (FaultRule(fault=Drop()), {0, 1, 2, 3}),
        (FaultRule(fault=Drop(), nth=(2, 4)), {1, 3}),
        (FaultRule(fault=Drop(), between=(10.0, 30.0)), {1, 2}),
        (FaultRule(fault=Drop(), request="^b"), {1, 3}),
        (FaultRule(fault=Drop(), request="^b", nth=(2,)), {3}),
        (FaultRule(fault=Drop(), on=Direction.REQUESTS), set()),
        (FaultRule(fault=Drop(), probability=0.0), set()),
    ],
    ids=["all", "second and fourth", "time", "request", "second of its requests", "requests only", "never"],
)
def test_a_rule_hits_only_what_meets_its_conditions(rule: FaultRule, hit: set[int]) -> None:
    faults = WireFaults()
    faults.add(rule)
    path = FaultyPath(faults, Direction.REPLIES)
    arrived = set()
    for index, request in enumerate([b"a", b"b", b"a", b"b"]):
        path.put(bytes([index]), 10.0 * index, request)
        arrived |= {piece[0] for piece in path.collect(10.0 * index)}
    assert {0, 1, 2, 3} - arrived == hit


def test_a_probability_is_drawn_from_the_seed() -> None:
    def lost() -> list[int]:
        faults = WireFaults()
        faults.add(FaultRule(fault=Drop(), probability=0.3))
        path = FaultyPath(faults, Direction.REPLIES)
        arrived = []
        for index in range(200):
            path.put(bytes([index]), float(index))
            arrived += [piece[0] for piece in path.collect(float(index))]
        return sorted(set(range(200)) - set(arrived))

    assert lost() == lost()
    assert 40 <= len(lost()) <= 80


def test_rules_are_data() -> None:
    rule = FaultRule.model_validate({"fault": {"effect": "delay", "seconds": 2}, "nth": [3], "request": "^Stg"})
    assert rule == FaultRule(fault=Delay(seconds=2.0), nth=(3,), request="^Stg")
    with pytest.raises(ValueError, match="no regular expression"):
        FaultRule(fault=Drop(), request="(")
