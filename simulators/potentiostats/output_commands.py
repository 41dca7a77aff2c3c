"""Commands that write to the client: packages and texts."""

from collections.abc import Callable
from functools import partial

from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.errors import ErrorCode
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.variables import Operand

__all__ = ["OUTPUT_COMMANDS"]


def _package_start(_: Arguments, machine: Machine) -> Callable[[], None]:
    return machine.package.start


def _package_add(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    return partial(machine.package.add, arguments.variable())


def _package_end(_: Arguments, machine: Machine) -> Callable[[], None]:
    package, output = machine.package, machine.output
    return lambda: output.line(package.end())


def _send_string(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    text, formatted = arguments.text()
    pieces: list[str | Operand] = _pieces(text, arguments) if formatted else [text]
    output = machine.output
    return lambda: output.line("T" + "".join(_written(piece) for piece in pieces))


def _pieces(text: str, arguments: Arguments) -> list[str | Operand]:
    """The literal parts and the variables of an f-string, in order."""
    pieces: list[str | Operand] = []
    while text:
        literal, brace, rest = text.partition("{")
        pieces.append(literal)
        if not brace:
            break
        name, closed, text = rest.partition("}")
        if not closed:
            raise arguments.last.refused(ErrorCode.UNCLOSED_BRACE)
        pieces.append(arguments.inserted(name))
    return pieces


def _written(piece: str | Operand) -> str:
    """A number in an f-string: six significant digits; its true format is not documented."""
    return piece if isinstance(piece, str) else f"{piece.value:.6g}"


OUTPUT_COMMANDS: dict[str, Callable[[Arguments, Machine], Callable[[], None]]] = {
    "pck_start": _package_start,
    "pck_add": _package_add,
    "pck_end": _package_end,
    "send_string": _send_string,
}
"""Commands that take no time, by name."""
