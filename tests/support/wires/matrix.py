"""One cell of the matrix: one rule on one reply of one question, then the same question again."""

from dataclasses import dataclass

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError
from operando.simulators.faults import (
    Close,
    CutAfter,
    Delay,
    Direction,
    Drop,
    Duplicate,
    Echo,
    Effect,
    FaultRule,
    FlipBit,
    GarbageAfter,
    GarbageBefore,
    Noise,
    Overtake,
    Split,
    Stuck,
)
from support.wires.probes import Answer, WireProbe

__all__ = ["Cell", "cell", "replies_of", "rules"]

TOO_LATE_S = 0.05
"""After the driver has given up."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one fault.

    Args:
        first: "right", the name of the error, or "WRONG: ...".
        seconds: from asking to the first answer, or error.
        next: the same for the question after it.
    """

    protocol: str
    rule: str
    message: int
    first: str
    seconds: float
    next: str

    @property
    def defect(self) -> bool:
        """Whether a promise is broken."""
        return "WRONG" in self.first or self.next != "right"


STUCK = "the reply before it once more"
REPLIES: dict[str, Effect] = {
    "lost": Drop(),
    "half a second late": Delay(seconds=0.5),
    "twice": Duplicate(),
    "first bit of it wrong": FlipBit(bit=7),
    "cut after one byte": CutAfter(count=1),
    "cut after five bytes": CutAfter(count=5),
    "in pieces": Split(parts=4, gap_s=0.01),
    "garbage before it": GarbageBefore(count=7),
    "garbage behind it": GarbageAfter(count=7),
    "noise instead": Noise(),
    "echo of the question before it": Echo(),
    STUCK: Stuck(),
    "overtaken by the next": Overtake(),
}
REQUESTS: dict[str, Effect] = {"question lost": Drop(), "question garbled": Noise(), "question twice": Duplicate()}
ENDINGS: dict[str, Effect] = {
    "connection closed": Close(),
    "connection reset": Close(reset=True),
    "connection closed in the middle": CutAfter(count=3, close=True),
}
TOO_LATE = "late, behind the deadline"


def rules(probe: WireProbe) -> tuple[str, ...]:
    """The names of the rules that make sense on the probe's wire.

    Datagrams have no connection that could end; where replies are anonymous, an instrument that repeats its last one
    tells what nobody can doubt.
    """
    replies = [name for name in REPLIES if not (probe.anonymous and name == STUCK)]
    return (*replies, TOO_LATE, *REQUESTS, *(() if probe.datagrams else ENDINGS), *probe.own_faults)


def replies_of(probe: WireProbe) -> int:
    """How many replies the question has."""
    bench, faults = probe.open()
    probe.ask(bench)
    before = faults.met[Direction.REPLIES]
    probe.ask(bench)
    bench.close()
    return faults.met[Direction.REPLIES] - before


def cell(probe: WireProbe, rule: str, message: int) -> Cell:
    """Carry out one cell.

    Args:
        probe: what is asked.
        rule: its name, one of `rules`.
        message: which of the messages of the question is hit, from 1.
    """
    if rule == TOO_LATE:  # found by losing the reply: just after the driver has given it up
        gives_up_s = _carry_out(probe, "lost", Drop(), Direction.REPLIES, message).seconds
        return _carry_out(probe, rule, Delay(seconds=gives_up_s + TOO_LATE_S), Direction.REPLIES, message)
    direction = Direction.REQUESTS if rule in REQUESTS else Direction.REPLIES
    return _carry_out(probe, rule, (REPLIES | REQUESTS | ENDINGS | dict(probe.own_faults))[rule], direction, message)


def _carry_out(probe: WireProbe, rule: str, effect: Effect, direction: Direction, message: int) -> Cell:
    bench, faults = probe.open()
    try:
        undisturbed = probe.ask(bench)
        faults.add(FaultRule(fault=effect, on=direction, nth=(message,)))
        begun = bench.clock.now()
        first = _verdict(probe, bench, undisturbed)
        seconds = bench.clock.now() - begun
        if seconds > probe.deadline_s:
            first += f" WRONG: after {seconds:.1f} s"
        faults.clear()  # what the first question never met must not hit the second
        return Cell(probe.protocol, rule, message, first, seconds, _verdict(probe, bench, undisturbed))
    finally:
        bench.close()


def _verdict(probe: WireProbe, bench: Bench, expected: Answer) -> str:
    try:
        answer = probe.ask(bench)
    except InstrumentError as error:
        return type(error).__name__
    return "right" if answer == expected else f"WRONG: {answer} instead of {expected}"
