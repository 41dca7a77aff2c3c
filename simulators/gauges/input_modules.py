"""Simulated input modules on the line: one for resistance thermometers, one for currents of 4 to 20 mA."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from operando.simulators.gauges.register_device import Memory, RegisterDevice
from operando.simulators.world.world import World

__all__ = ["CurrentInputs", "ThermometerInputs", "current_module", "thermometer_module"]

KELVIN = 273.15
CONNECTED_SENSORS, FIRST_TEMPERATURE = 50, 52
INPUTS_OF_THERMOMETERS, INPUTS_OF_CURRENTS = 6, 8
SIXTEEN_BITS = 0xFFFF
NOTHING_CONNECTED = 0


@dataclass(slots=True)
class ThermometerInputs:
    """An iSMA SfAR-S-6TI with Pt100 sensors (manual DMP272en, p. 21); input registers in tenths of a degree.

    Args:
        unit: address on the line.
        temperatures_K: what each sensor feels at a time, from input 1 on.
        noise_K: standard deviation of one reading.
        broken: numbers of the inputs whose wire is broken.
    """

    unit: int
    temperatures_K: Sequence[Callable[[float], float]]
    noise_K: float = 0.02
    broken: set[int] = field(default_factory=set)


def thermometer_module(world: World, settings: ThermometerInputs) -> RegisterDevice:
    """The module on the line."""
    noise = world.noise("thermometer module")

    def registers(now: float) -> Memory:
        world.advance(now)
        memory = dict.fromkeys(range(CONNECTED_SENSORS, FIRST_TEMPERATURE + INPUTS_OF_THERMOMETERS), NOTHING_CONNECTED)
        for number, temperature_K in enumerate(settings.temperatures_K, 1):
            felt_K = temperature_K(now) + float(noise.standard_normal()) * settings.noise_K
            if number not in settings.broken:
                memory[CONNECTED_SENSORS] |= 1 << (number - 1)
                memory[FIRST_TEMPERATURE + number - 1] = round((felt_K - KELVIN) * 10) & SIXTEEN_BITS
        return memory

    return RegisterDevice(settings.unit, holding=lambda now: {}, inputs=registers)


@dataclass(slots=True)
class CurrentInputs:
    """A Moxa E1240 with inputs for 4 to 20 mA and burn-out detection (ioThinx 4510 manual, p. 46).

    Args:
        unit: address on the line.
        currents_A: what each transmitter drives at a time, from input 1 on.
        burn_out_A: less than this is a broken wire.
        broken: numbers of the inputs whose wire is broken.
    """

    unit: int
    currents_A: Sequence[Callable[[float], float]]
    burn_out_A: float = 2e-3
    broken: set[int] = field(default_factory=set)


def current_module(world: World, settings: CurrentInputs) -> RegisterDevice:
    """The module on the line."""

    def registers(now: float) -> Memory:
        world.advance(now)
        memory = dict.fromkeys(range(INPUTS_OF_CURRENTS), 0)
        for index, current_A in enumerate(settings.currents_A):
            driven_A = 0.0 if index + 1 in settings.broken else current_A(now)
            share = (driven_A - 4e-3) / 16e-3
            # between burn-out and 4 mA the lowest number that is no broken wire
            memory[index] = 0 if driven_A < settings.burn_out_A else min(max(round(share * SIXTEEN_BITS), 1), 65535)
        return memory

    return RegisterDevice(settings.unit, holding=lambda now: {}, inputs=registers)
