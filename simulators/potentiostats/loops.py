"""Measurement loops at one setpoint: chronoamperometry, chronopotentiometry and open-circuit potentiometry."""

from collections.abc import Callable, Iterator
from itertools import repeat

from operando.simulators.potentiostats.actions import Block
from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.points import (
    additional_measurement,
    measurement_loop,
    number_of_points,
    points,
)

__all__ = ["chronoamperometry", "chronopotentiometry", "open_circuit"]

_CA, _CP, _OCP = 0x0007, 0x000A, 0x000B
_OPTIONAL = ("add_meas",)


def chronoamperometry(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_ca E_out I_out E_dc t_interval t_run`: hold a potential."""
    voltage, current = arguments.variable(), arguments.variable()
    potential, interval, duration = arguments.value(), arguments.value(), arguments.value()
    add = additional_measurement(arguments.optional(_OPTIONAL).get("add_meas"), machine)
    channel, front_end = machine.channel, machine.front_end

    def record(setpoint: float) -> None:
        voltage.store(setpoint, "da")
        current.store(front_end.current_A, "ba", front_end.current_suffix)
        add()

    def run(body: Block) -> Iterator[float]:
        channel.require_potentiostat()
        count = number_of_points(machine, interval.value, duration.value)
        channel.set_potential(potential.value)
        with measurement_loop(machine, _CA):
            yield from points(machine, interval.value, repeat(potential.value, count), None, record, body)

    return run


def chronopotentiometry(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_cp E_out I_out I_dc t_interval t_run`: impress a current."""
    voltage, current = arguments.variable(), arguments.variable()
    applied, interval, duration = arguments.value(), arguments.value(), arguments.value()
    add = additional_measurement(arguments.optional(_OPTIONAL).get("add_meas"), machine)
    channel, front_end = machine.channel, machine.front_end
    current_type = machine.settings.galvanostatic_current_type
    current_is_measured = current_type == "ba"

    def record(setpoint: float) -> None:
        voltage.store(front_end.voltage_V, "ab", front_end.voltage_suffix)
        if current_is_measured:
            current.store(front_end.current_A, current_type, front_end.current_suffix)
        else:
            current.store(setpoint, current_type)
        add()

    def run(body: Block) -> Iterator[float]:
        channel.require_galvanostat()
        count = number_of_points(machine, interval.value, duration.value)
        channel.set_current(applied.value)
        with measurement_loop(machine, _CP):
            yield from points(machine, interval.value, repeat(applied.value, count), None, record, body)

    return run


def open_circuit(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_ocp E_out t_interval t_run`: watch the cell without a current; the cell must be off."""
    voltage, interval, duration = arguments.variable(), arguments.value(), arguments.value()
    add = additional_measurement(arguments.optional(_OPTIONAL).get("add_meas"), machine)
    channel, front_end = machine.channel, machine.front_end
    voltage_type = machine.settings.open_circuit_voltage_type

    def record(_: float) -> None:
        voltage.store(front_end.voltage_V, voltage_type, front_end.voltage_suffix)
        add()

    def run(body: Block) -> Iterator[float]:
        channel.require_open()
        count = number_of_points(machine, interval.value, duration.value)
        with measurement_loop(machine, _OCP):
            yield from points(machine, interval.value, repeat(0.0, count), None, record, body)

    return run
