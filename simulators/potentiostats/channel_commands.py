"""Commands that set up the channel, switch the cell, and touch pins and files."""

from collections.abc import Callable
from functools import partial

from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.variables import Operand

__all__ = ["CHANNEL_COMMANDS"]

_FILE_MODES = range(4)
_OUTPUT_MODES = range(4)
_PINS_PULLED_UP = 0xFF


def _mode(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    return partial(machine.channel.set_mode, arguments.whole_number())


def _select_channel(channel: int) -> None:
    if channel != 0:
        raise RuntimeFault(ErrorCode.CHANNEL_NOT_AVAILABLE)


def _channel(arguments: Arguments, _: Machine) -> Callable[[], None]:
    return partial(_select_channel, arguments.whole_number())


def _require_positive(value: Operand) -> None:
    if value.value <= 0:
        raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)


def _bandwidth(arguments: Arguments, _: Machine) -> Callable[[], None]:
    return partial(_require_positive, arguments.value())


def _fix_range(machine: Machine, kind: str, *limits: Operand) -> None:
    maximum = max(abs(limit.value) for limit in limits)
    if kind == "ba":
        machine.channel.measured_current.fix(maximum)
    elif kind == "db":
        machine.channel.applied_current.fix(maximum)
    elif kind == "da":
        machine.channel.set_window(*(limit.value for limit in limits))


def _allow_ranges(machine: Machine, kind: str, minimum: Operand, maximum: Operand) -> None:
    if kind == "ba":
        machine.channel.measured_current.allow(minimum.value, maximum.value)
    elif kind == "db":
        machine.channel.applied_current.allow(minimum.value, maximum.value)


def _range(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    kind = arguments.variable_type(machine.settings.ranged_types, ErrorCode.NO_RANGING)
    return partial(_fix_range, machine, kind, arguments.value())


def _range_of_two(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    kind = arguments.variable_type(machine.settings.ranged_types, ErrorCode.NO_RANGING)
    return partial(_fix_range, machine, kind, arguments.value(), arguments.value())


def _autoranging(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    kind = arguments.variable_type(machine.settings.ranged_types, ErrorCode.NO_RANGING)
    return partial(_allow_ranges, machine, kind, arguments.value(), arguments.value())


def _legacy_current_range(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    return partial(_fix_range, machine, "ba", arguments.value())


def _legacy_potential_range(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    return partial(_fix_range, machine, "da", arguments.value(), arguments.value())


def _set_potential(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    value = arguments.value()
    return lambda: machine.channel.set_potential(value.value)


def _set_current(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    value = arguments.value()
    return lambda: machine.channel.set_current(value.value)


def _cell_on(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    arguments.optional(())  # `ocp(...)` exists on the Nexus only
    return machine.channel.cell_on


def _cell_off(_: Arguments, machine: Machine) -> Callable[[], None]:
    return machine.channel.cell_off


def _mains_filter(arguments: Arguments, _: Machine) -> Callable[[], None]:
    if arguments.whole_number() not in (50, 60):
        raise arguments.last.refused(ErrorCode.OUT_OF_BOUNDS)
    return _nothing


def _script_output(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    mode = arguments.whole_number()
    if mode not in _OUTPUT_MODES:
        raise arguments.last.refused(ErrorCode.UNKNOWN_OUTPUT_MODE)
    return partial(machine.output.switch, mode)


def _open_file(arguments: Arguments, machine: Machine) -> Callable[[], None]:
    template, _ = arguments.text()
    if arguments.whole_number() not in _FILE_MODES:
        raise arguments.last.refused(ErrorCode.UNEXPECTED_VALUE)
    return partial(machine.output.open_file, template, machine.settings.language_version)


def _close_file(_: Arguments, machine: Machine) -> Callable[[], None]:
    return machine.output.close_file


def _two_numbers(arguments: Arguments, _: Machine) -> Callable[[], None]:
    arguments.value()
    arguments.value()
    return _nothing


def _one_number(arguments: Arguments, _: Machine) -> Callable[[], None]:
    arguments.value()
    return _nothing


def _read_pins(arguments: Arguments, _: Machine) -> Callable[[], None]:
    return partial(arguments.variable().store, _PINS_PULLED_UP, "ec")


def _read_masked_pins(arguments: Arguments, _: Machine) -> Callable[[], None]:
    mask = arguments.whole_number()
    return partial(arguments.variable().store, _PINS_PULLED_UP & mask, "ec")


def _nothing() -> None:
    """Accepted; nothing in the world hangs on it."""


CHANNEL_COMMANDS: dict[str, Callable[[Arguments, Machine], Callable[[], None]]] = {
    "set_pgstat_chan": _channel,
    "set_pgstat_mode": _mode,
    "set_max_bandwidth": _bandwidth,
    "set_range": _range,
    "set_range_minmax": _range_of_two,
    "set_autoranging": _autoranging,
    "set_cr": _legacy_current_range,
    "set_pot_range": _legacy_potential_range,
    "set_e": _set_potential,
    "set_i": _set_current,
    "cell_on": _cell_on,
    "cell_off": _cell_off,
    "set_acquisition_frac": _mains_filter,
    "set_acquisition_frac_autoadjust": _mains_filter,
    "set_script_output": _script_output,
    "file_open": _open_file,
    "file_close": _close_file,
    "set_gpio_cfg": _two_numbers,
    "set_gpio_pullup": _two_numbers,
    "set_gpio": _one_number,
    "set_gpio_msk": _two_numbers,
    "get_gpio": _read_pins,
    "get_gpio_msk": _read_masked_pins,
}
"""Commands that take no time, by name."""
