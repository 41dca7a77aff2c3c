"""Commands of the trigger model: blocks, timers, start, abort, state."""

from collections.abc import Callable

from operando.simulators.potentiostats.keithley.command_table import Call, CommandTable, Handler
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
from operando.simulators.potentiostats.keithley.trigger_model import TIMERS, TriggerModel
from operando.simulators.potentiostats.keithley.trigger_timer import TriggerTimer
from operando.simulators.potentiostats.keithley.values import (
    choice,
    number,
    quoted,
    scientific,
    switch,
    whole_number,
)
from operando.simulators.potentiostats.keithley.workbench import Workbench

__all__ = ["TriggerCommands"]

LIMITS = {"ABOV": "ABOVE", "BEL": "BELOW", "IN": "INSIDE", "OUT": "OUTSIDE"}
EVENTS = {"DISP": "DISPLAY", "COMM": "COMMAND", "SLIM": "SLIMIT", "NONE": "NONE"}
DEFAULT = '"defbuffer1"'
LARGEST = 1e37
LONGEST_DELAY_S = 1e4
SHORTEST_TIMER_S, LONGEST_TIMER_S = 8e-6, 1e5
MOST_EVENTS = 1_048_575
MOST_LOOPS = 268_435_455


class TriggerCommands:
    """`:TRIG`, `:INIT`, `:ABOR`, `*TRG`. While a program runs it cannot be changed."""

    def __init__(self, table: CommandTable, bench: Workbench, model: TriggerModel) -> None:
        self._bench = bench
        self._model = model
        builders: dict[str, Callable[[Call], Block]] = {
            "NOP": lambda call: Nothing(),
            "BUFFer:CLEar": lambda call: BufferClear(self._buffer(call, 1)),
            "MEASure": self._measure,
            "SOURce[:STATe]": lambda call: SourceOutput(switch(call.argument(1))),
            "DELay:CONStant": lambda call: Delay(number(call.argument(1), 0.0, LONGEST_DELAY_S, 0.0)),
            "NOTify": lambda call: Notify(whole_number(call.argument(1), 1, 8)),
            "WAIT": lambda call: Wait(event(call.argument(1))),
            "LOG:EVENt": lambda call: LogEvent(call.argument(1).upper(), quoted(call.argument(2))),
            "BRANch:ALWays": lambda call: BranchAlways(_block(call, 1)),
            "BRANch:COUNter": lambda call: BranchCounter(
                whole_number(call.argument(1), 1, MOST_LOOPS), _block(call, 2)
            ),
            "BRANch:EVENt": lambda call: BranchEvent(event(call.argument(1)), _block(call, 2)),
            "BRANch:LIMit:CONStant": self._limit,
        }
        for words, builder in builders.items():
            table.add(f":TRIGger:BLOCk:{words}", self._defining(builder), tells=False)
        table.add(":TRIGger:BLOCk:LIST", lambda _: model.listing(), sets=False)
        table.add(":TRIGger:BLOCk:BRANch:COUNter:COUNt", self._count, sets=False)
        table.add(":TRIGger:LOAD", self._load, tells=False)
        table.add(":TRIGger:STATe", lambda call: model.told_state(call.now), sets=False)
        table.add(":TRIGger:TIMer<n>:DELay", self._timer_delay)
        table.add(":TRIGger:TIMer<n>:COUNt", self._timer_count)
        table.add(":TRIGger:TIMer<n>:STARt:STIMulus", self._timer_stimulus)
        table.add(":TRIGger:TIMer<n>:STARt:GENerate", self._timer_generate)
        table.add(":TRIGger:TIMer<n>:STATe", self._timer_state)
        table.add(":TRIGger:TIMer<n>:CLEar", lambda _: None, tells=False)
        table.add(":INITiate[:IMMediate]", self._initiate, tells=False)
        table.add(":ABORt", lambda _: model.abort(), tells=False)
        table.add("*TRG", lambda _: model.command(), tells=False)

    def _defining(self, build: Callable[[Call], Block]) -> Handler:
        def define(call: Call) -> None:
            self._require_stopped()
            self._model.define(_block(call, 0), build(call))

        return define

    def _measure(self, call: Call) -> Block:
        return MeasureBlock(self._buffer(call, 1), whole_number(call.or_else(2, "1"), 1, MOST_LOOPS))

    def _limit(self, call: Call) -> Block:
        low, high = (number(call.argument(index), -LARGEST, LARGEST, 0.0) for index in (2, 3))
        return BranchLimit(choice(call.argument(1), LIMITS), low, high, _block(call, 4))

    def _buffer(self, call: Call, index: int) -> str:
        name = quoted(call.or_else(index, DEFAULT))
        self._bench.buffers[name]
        return name

    def _load(self, call: Call) -> None:
        self._require_stopped()
        if quoted(call.argument()).upper() != "EMPTY":
            raise ScpiError(-224, "this simulator has no templates but Empty")
        self._model.load()

    def _count(self, call: Call) -> str:
        return str(self._model.counts.get(_block(call, 0), 0))

    def _initiate(self, call: Call) -> None:
        self._model.initiate(call.now)

    def _timer(self, call: Call) -> TriggerTimer:
        index = int(call.words[0])
        if not 1 <= index <= TIMERS:
            raise ScpiError(-222)
        return self._model.timers[index]

    def _timer_delay(self, call: Call) -> str | None:
        if call.query:
            return scientific(self._timer(call).delay_s)
        self._timer(call).delay_s = number(call.argument(), SHORTEST_TIMER_S, LONGEST_TIMER_S, 1e-5)
        return None

    def _timer_count(self, call: Call) -> str | None:
        if call.query:
            return str(self._timer(call).count)
        self._timer(call).count = whole_number(call.argument(), 0, MOST_EVENTS)
        return None

    def _timer_stimulus(self, call: Call) -> str | None:
        if call.query:
            return self._timer(call).stimulus
        self._timer(call).stimulus = event(call.argument())
        return None

    def _timer_generate(self, call: Call) -> str | None:
        if call.query:
            return str(int(self._timer(call).generates_at_start))
        self._timer(call).generates_at_start = switch(call.argument())
        return None

    def _timer_state(self, call: Call) -> str | None:
        if call.query:
            return str(int(self._timer(call).enabled))
        self._timer(call).enabled = switch(call.argument())
        return None

    def _require_stopped(self) -> None:
        if self._model.running:
            raise ScpiError(-221, "the trigger model runs")


def event(text: str) -> str:
    """The short name of a trigger event, with its number where it has one.

    Raises:
        ScpiError: -224 if there is no such event.
    """
    word = text.upper()
    letters = word.rstrip("0123456789")
    digits = word[len(letters) :]
    for short, long in (("TIM", "TIMER"), ("NOT", "NOTIFY")):
        if letters in (short, long) and digits:
            return short + digits
    return choice(word, EVENTS)


def _block(call: Call, index: int) -> int:
    return whole_number(call.argument(index), 0, 255)
