"""From commands to the executable form of a script; each name and each literal is resolved once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from operando.simulators.potentiostats import impedance, loops, sweeps
from operando.simulators.potentiostats.actions import (
    Action,
    Block,
    Instant,
    LoopBroken,
    MeasurementEnded,
    ScriptAborted,
    Timed,
)
from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.arithmetic import ARITHMETIC, comparison
from operando.simulators.potentiostats.channel import GALVANOSTAT
from operando.simulators.potentiostats.channel_commands import CHANNEL_COMMANDS
from operando.simulators.potentiostats.errors import ErrorCode, ScriptRefused
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.names import Names
from operando.simulators.potentiostats.output_commands import OUTPUT_COMMANDS
from operando.simulators.potentiostats.points import run_body
from operando.simulators.potentiostats.syntax import Command, read_commands
from operando.simulators.potentiostats.timing_commands import TIMED_COMMANDS, TIMING_COMMANDS
from operando.simulators.potentiostats.variables import Array, Variable

__all__ = ["Program", "compile_script"]

_INSTANT = ARITHMETIC | CHANNEL_COMMANDS | OUTPUT_COMMANDS | TIMING_COMMANDS
_MEASUREMENT_LOOPS = {
    "meas_loop_ca": loops.chronoamperometry,
    "meas_loop_cp": loops.chronopotentiometry,
    "meas_loop_ocp": loops.open_circuit,
    "meas_loop_lsv": sweeps.linear_sweep_voltammetry,
    "meas_loop_lsp": sweeps.linear_sweep_potentiometry,
    "meas_loop_cv": sweeps.cyclic_voltammetry,
    "meas_loop_eis": impedance.potentiostatic_impedance,
    "meas_loop_geis": impedance.galvanostatic_impedance,
}
_GALVANOSTATIC_LOOPS = ("meas_loop_cp", "meas_loop_lsp", "meas_loop_geis")
_FORBIDDEN_IN_MEASUREMENT_LOOPS = ("meas", "set_pgstat_mode", "set_pgstat_chan", "hibernate")
_ON_FINISHED = "on_finished:"


@dataclass(frozen=True, slots=True)
class Program:
    """A script ready to run: its main part, and what is run at its end and after an abort."""

    main: Block
    on_finished: Block


def compile_script(lines: Sequence[str], machine: Machine) -> Program:
    """Compile the lines of a script for a machine.

    Raises:
        ScriptRefused: with code, line and column of the first thing that is wrong.
    """
    return _Compiler(read_commands(lines), len(lines) + 1, machine).program()


class _Compiler:
    """Goes once through the commands, block by block."""

    def __init__(self, commands: Sequence[Command], end_line: int, machine: Machine) -> None:
        self._commands = commands
        self._end_line = end_line
        self._machine = machine
        self._names = Names()
        self._position = 0
        self._measurement: str | None = None
        self._loops = 0

    def program(self) -> Program:
        main, tag = self._block((_ON_FINISHED,), required=False)
        on_finished, _ = self._block((), required=False) if tag else (Block(()), None)
        return Program(main, on_finished)

    def _block(self, ends: tuple[str, ...], required: bool = True) -> tuple[Block, Command | None]:
        """Compile up to one of the commands that end the block, which is given back."""
        actions: list[Action] = []
        while self._position < len(self._commands):
            command = self._commands[self._position]
            self._position += 1
            if command.name.text in ends:
                return Block(actions), command
            actions.extend(self._action(command))
        if required:
            raise ScriptRefused(ErrorCode.SCRIPT_ENDED, self._end_line, 1)
        return Block(actions), None

    def _action(self, command: Command) -> Iterator[Action]:
        name, line = command.name.text, command.line
        arguments = Arguments.of(command, self._names)
        if name in ("var", "array"):
            self._declare(name, arguments)
        elif name == "if":
            yield self._choice(line, arguments)
        elif name == "loop":
            yield self._loop(line, arguments)
        elif name in ("breakloop", "abort"):
            yield Instant(line, self._leave(command))
        elif name in _GALVANOSTATIC_LOOPS and GALVANOSTAT not in self._machine.settings.modes:
            raise command.name.refused(ErrorCode.NOT_ON_THIS_INSTRUMENT)
        elif name in _MEASUREMENT_LOOPS:
            yield self._measurement_loop(command, arguments)
        elif name in _INSTANT:
            self._check_place(command)
            yield Instant(line, _INSTANT[name](arguments, self._machine))
        elif name in TIMED_COMMANDS:
            self._check_place(command)
            yield Timed(line, TIMED_COMMANDS[name](arguments, self._machine))
        elif name in ("elseif", "else", "endif", "endloop", _ON_FINISHED):
            raise command.name.refused(ErrorCode.SCOPE_DEPTH)
        else:
            raise command.name.refused(ErrorCode.UNKNOWN_SCRIPT_COMMAND)
        arguments.finish()

    def _declare(self, what: str, arguments: Arguments) -> None:
        word = arguments.word()
        if what == "var":
            self._names.declare(word, Variable())
            return
        size = arguments.literal()
        if not isinstance(size, int):
            raise arguments.last.refused(ErrorCode.WRONG_DATATYPE)
        if size < 1:
            raise arguments.last.refused(ErrorCode.MUST_BE_POSITIVE)
        if size > self._machine.settings.maximum_array_elements:
            raise arguments.last.refused(ErrorCode.OUT_OF_MEMORY)
        self._names.declare(word, Array(tuple(Variable() for _ in range(size))))

    def _choice(self, line: int, arguments: Arguments) -> Action:
        branches: list[tuple[Callable[[], bool], Block]] = []
        condition = comparison(arguments)
        ends: tuple[str, ...] = ("elseif", "else", "endif")
        while True:
            block, end = self._block(ends)
            branches.append((condition, block))
            if end is None or end.name.text == "endif":
                break
            behind = Arguments.of(end, self._names)
            if end.name.text == "elseif":
                condition = comparison(behind)
            else:
                behind.finish()
                condition, ends = _always, ("endif",)
        if any(block.waits for _, block in branches):
            return Timed(line, partial(_choose_in_time, tuple(branches)))
        if len(branches) == 1:
            return Instant(line, partial(_run_if, branches[0][0], branches[0][1].run))
        return Instant(line, partial(_choose, tuple((condition, block.run) for condition, block in branches)))

    def _loop(self, line: int, arguments: Arguments) -> Action:
        condition = comparison(arguments)
        self._loops += 1
        body, _ = self._block(("endloop",))
        self._loops -= 1
        return Timed(line, partial(_run_loop, self._machine, condition, body))

    def _measurement_loop(self, command: Command, arguments: Arguments) -> Action:
        if self._measurement is not None:
            raise command.name.refused(ErrorCode.NESTED_MEASUREMENT_LOOP)
        measure = _MEASUREMENT_LOOPS[command.name.text](arguments, self._machine)
        self._measurement = command.name.text
        self._loops += 1
        body, _ = self._block(("endloop",))
        self._loops -= 1
        self._measurement = None
        return Timed(command.line, partial(measure, body))

    def _leave(self, command: Command) -> Callable[[], None]:
        if command.name.text == "abort":
            return _abort
        if self._loops == 0:
            raise command.name.refused(ErrorCode.NOT_SUPPORTED_HERE)
        return _break

    def _check_place(self, command: Command) -> None:
        if self._measurement is None:
            return
        name = command.name.text
        galvanostatic = self._measurement in _GALVANOSTATIC_LOOPS
        if name in _FORBIDDEN_IN_MEASUREMENT_LOOPS:
            raise command.name.refused(ErrorCode.NOT_WITHIN_MEASUREMENT_LOOP)
        if name == "set_e" and not galvanostatic:
            raise command.name.refused(ErrorCode.POTENTIAL_WITHIN_LOOP)
        if name == "set_i" and galvanostatic:
            raise command.name.refused(ErrorCode.CURRENT_WITHIN_LOOP)


def _always() -> bool:
    return True


def _abort() -> None:
    raise ScriptAborted


def _break() -> None:
    raise LoopBroken


def _run_if(condition: Callable[[], bool], run: Callable[[], None]) -> None:
    if condition():
        run()


def _choose(branches: Sequence[tuple[Callable[[], bool], Callable[[], None]]]) -> None:
    for condition, run in branches:
        if condition():
            run()
            return


def _choose_in_time(branches: Sequence[tuple[Callable[[], bool], Block]]) -> Iterator[float]:
    for condition, block in branches:
        if condition():
            yield from run_body(block)
            return


def _run_loop(machine: Machine, condition: Callable[[], bool], body: Block) -> Iterator[float]:
    """A plain loop. Each iteration takes a little time, so that one that never ends does not stop the world."""
    output, clock, settings = machine.output, machine.clock, machine.settings
    once = settings.loop_rhythm == "once"
    if once:
        output.line("L")
    try:
        while condition():
            if not once:
                output.line("L")
            before_s = clock.script_s
            yield from run_body(body)
            if clock.script_s == before_s:
                yield before_s + settings.loop_iteration_s
    except LoopBroken:
        pass
    except (ScriptAborted, MeasurementEnded):
        if once:
            output.line("+")
        raise
    if once:
        output.line("+")
