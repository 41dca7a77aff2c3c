"""Commands about time: timers, waiting, single measurements and sleep."""

from collections.abc import Callable, Iterator
from math import floor

from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.machine import Machine

__all__ = ["TIMED_COMMANDS", "TIMING_COMMANDS"]

_WAKE_BY_TIMER = 0b100
_WAKE_SOURCES = 0b1111


def _timer_start(_: Arguments, machine: Machine) -> Callable[[], None]:
    return machine.timer.start


def _timer_get(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    variable, timer = arguments.variable(), machine.timer
    return lambda: variable.store(timer.elapsed_s(), "eb")


def _set_interval(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    interval = arguments.value()

    def run() -> None:
        if interval.value <= 0:
            raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)
        machine.interval_s = float(interval.value)
        machine.interval_started_s = machine.clock.script_s

    return run


def _await_interval(_: Arguments, machine: Machine) -> Callable[[], Iterator[float]]:
    def run() -> Iterator[float]:
        if machine.interval_s <= 0:
            raise RuntimeFault(ErrorCode.ZERO)
        ticks = floor((machine.clock.script_s - machine.interval_started_s) / machine.interval_s + 1.0e-9)
        yield machine.interval_started_s + (ticks + 1) * machine.interval_s

    return run


def _wait(arguments: Arguments, machine: Machine) -> Callable[[], Iterator[float]]:
    duration = arguments.value()

    def run() -> Iterator[float]:
        if duration.value < 0:
            raise RuntimeFault(ErrorCode.NEGATIVE)
        yield machine.clock.script_s + duration.value

    return run


def _measure(arguments: Arguments, machine: Machine) -> Callable[[], Iterator[float]]:
    duration, variable = arguments.value(), arguments.variable()
    kind = arguments.variable_type(("ab", "ba"))
    front_end = machine.front_end

    def run() -> Iterator[float]:
        if duration.value <= 0:
            raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)
        yield machine.clock.script_s + duration.value
        front_end.sample()
        front_end.store(kind, variable)

    return run


def _hibernate(arguments: Arguments, machine: Machine) -> Callable[[], Iterator[float]]:
    sources, duration = arguments.whole_number(), arguments.value()

    def run() -> Iterator[float]:
        if sources == 0:
            raise RuntimeFault(ErrorCode.NO_WAKE_SOURCE)
        if sources & ~_WAKE_SOURCES or not sources & _WAKE_BY_TIMER:
            raise RuntimeFault(ErrorCode.INVALID_WAKE_SOURCE)
        if duration.value <= 0:
            raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)
        yield machine.clock.script_s + duration.value

    return run


TIMING_COMMANDS: dict[str, Callable[[Arguments, Machine], Callable[[], None]]] = {
    "timer_start": _timer_start,
    "timer_get": _timer_get,
    "set_int": _set_interval,
}
"""Commands that take no time, by name."""

TIMED_COMMANDS: dict[str, Callable[[Arguments, Machine], Callable[[], Iterator[float]]]] = {
    "wait": _wait,
    "await_int": _await_interval,
    "meas": _measure,
    "hibernate": _hibernate,
}
"""Commands that wait, by name."""
