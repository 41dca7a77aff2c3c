"""The trigger model: a program of blocks that the instrument carries out, whether or not a client is there."""

from collections.abc import Iterator
from math import inf

from operando.simulators.potentiostats.keithley.scpi_error import ScpiError
from operando.simulators.potentiostats.keithley.trigger_blocks import (
    Block,
    BranchAlways,
    BranchCounter,
    BranchEvent,
    BranchLimit,
    BufferClear,
    Delay,
    LogEvent,
    MeasureBlock,
    Nothing,
    Notify,
    SourceOutput,
    Wait,
)
from operando.simulators.potentiostats.keithley.trigger_timer import TriggerTimer
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["TriggerModel"]

IDLE, RUNNING, WAITING, EMPTY, BUILDING, ABORTED = "IDLE", "RUNNING", "WAITING", "EMPTY", "BUILDING", "ABORTED"
WAITS_AFTER_S = 0.1
BRANCH_TIME_S = 1e-5
MOST_BLOCKS = 255
TIMERS = 4


class TriggerModel:
    """Blocks, timers and the state of the program that runs."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.blocks: list[Block] = []
        self.timers = {number: TriggerTimer() for number in range(1, TIMERS + 1)}
        self.counts: dict[int, int] = {}
        self.state = EMPTY
        self.block = 0
        self._waits_since_s = inf
        self._last_reading = 0.0
        self._run = 0
        self._commanded = False

    @property
    def running(self) -> bool:
        """Whether a program runs."""
        return self.state == RUNNING

    def load(self) -> None:
        """Begin an empty program."""
        self.blocks, self.state, self.block = [], EMPTY, 0

    def define(self, number: int, block: Block) -> None:
        """Set one block; places before it that are not defined do nothing."""
        if not 1 <= number <= MOST_BLOCKS:
            raise ScpiError(-222)
        while len(self.blocks) < number:
            self.blocks.append(Nothing())
        self.blocks[number - 1] = block
        self.state = BUILDING

    def listing(self) -> str:
        """The program, one block a line."""
        if not self.blocks:
            return "Empty"
        return "\n".join(f"{number}) {block}" for number, block in enumerate(self.blocks, 1))

    def told_state(self, now: float) -> str:
        """As `:TRIG:STAT?` tells it."""
        state = WAITING if self.running and now - self._waits_since_s > WAITS_AFTER_S else self.state
        return f"{state};{state};{self.block}"

    def initiate(self, now: float) -> None:
        """Start the program.

        Raises:
            ScpiError: -213 if one runs, -221 if there is none.
        """
        if self.running:
            raise ScpiError(-213)
        if not self.blocks:
            raise ScpiError(-221, "the trigger model is empty")
        self.state, self.counts, self._commanded = RUNNING, {}, False
        for timer in self.timers.values():
            timer.stop()
        self._run += 1
        self._go_on(self._program(now), self._run, now)

    def abort(self) -> None:
        """End the program where it is; the output stays as it is."""
        if self.running:
            self.state = ABORTED

    def command(self) -> None:
        """The event of `*TRG`."""
        self._commanded = True

    def uses(self, buffer: str) -> bool:
        """Whether the running program stores into a buffer."""
        return self.running and any(isinstance(b, MeasureBlock) and b.buffer == buffer for b in self.blocks)

    def _go_on(self, program: Iterator[float], run: int, now: float) -> None:
        """Carry out blocks until one takes time, then come back."""
        if not self.running or run != self._run:
            return
        until_s = next(program, None)
        if until_s is None:
            self.state = IDLE
        elif until_s < inf:
            self._bench.world.call_at(max(until_s, now), lambda when: self._go_on(program, run, when))

    def _program(self, now: float) -> Iterator[float]:
        """Yields the world times until which blocks take."""
        number = 1
        while 1 <= number <= len(self.blocks):
            block, self.block = self.blocks[number - 1], number
            number += 1
            match block:
                case MeasureBlock(buffer, count):
                    for _ in range(count):
                        began_s, now = now, now + self._bench.meter.duration_s
                        taken = self._bench.take_reading(began_s)
                        yield now
                        self._bench.buffers[buffer].add(taken)
                        self._last_reading = taken.reading
                case Delay(seconds):
                    now += seconds
                    yield now
                case Wait(event):
                    self._waits_since_s = now
                    while not self._happened(event, now):
                        now = max(now, self._next(event, now))
                        yield now
                    self._waits_since_s = inf
                case BranchAlways() | BranchCounter() | BranchLimit() | BranchEvent():
                    if self._branches(block, now):
                        number = block.to
                        now += BRANCH_TIME_S
                        yield now
                case _:
                    self._act(block, now)

    def _branches(self, block: BranchAlways | BranchCounter | BranchLimit | BranchEvent, now: float) -> bool:
        match block:
            case BranchCounter(target):
                self.counts[self.block] = self.counts.get(self.block, 0) + 1
                return self.counts[self.block] < target
            case BranchLimit():
                return block.holds(self._last_reading)
            case BranchEvent(event):
                return self._happened(event, now)
            case _:
                return True

    def _act(self, block: Block, now: float) -> None:
        bench = self._bench
        match block:
            case SourceOutput(on):
                bench.switch_output(on=on, now=now)
            case BufferClear(buffer):
                bench.buffers[buffer].clear()
            case Notify(number):
                for timer in self.timers.values():
                    timer.notified(f"NOT{number}", now)
            case LogEvent() | Nothing():
                pass
            case _:
                raise AssertionError(f"no action for {block}")

    def _happened(self, event: str, now: float) -> bool:
        if event.startswith("TIM"):
            return self.timers[int(event[3:] or 1)].take(now)
        if event == "SLIM":
            return self._bench.source.limited(now)
        came, self._commanded = self._commanded and event == "COMM", False
        return came

    def _next(self, event: str, now: float) -> float:
        """When to look again for an event."""
        if event.startswith("TIM"):
            return self.timers[int(event[3:] or 1)].next_s()
        return now + WAITS_AFTER_S
