"""Measurement loops over frequencies: potentiostatic and galvanostatic impedance spectroscopy."""

from cmath import phase
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, pi, sqrt

from operando.simulators.potentiostats.actions import Block
from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.packages import metadata
from operando.simulators.potentiostats.points import additional_measurement, measurement_loop, run_body
from operando.simulators.potentiostats.ranges import potential_range_index

__all__ = ["galvanostatic_impedance", "potentiostatic_impedance"]

_EIS, _GEIS = 0x000D, 0x000E
_PERIODS = 3
_SHORTEST_POINT_S = 0.1
_OPTIONAL = ("eis_acdc", "eis_tdd", "time", "add_meas")
_PEAK = sqrt(2.0)


@dataclass(frozen=True, slots=True)
class _Point:
    """One impedance, and the rms amplitudes and means of voltage and current at which it was measured."""

    frequency_Hz: float
    impedance_ohm: complex
    amplitude_V: float
    amplitude_A: float
    mean_V: float
    mean_A: float


Recorder = Callable[[_Point], None]


def potentiostatic_impedance(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_eis f Zreal Zimag E_ac f_start f_end n_points E_dc`, E_ac in V rms."""
    return _impedance(arguments, machine, galvanostatic=False)


def galvanostatic_impedance(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_geis f Zreal Zimag I_ac f_start f_end n_points I_dc`, I_ac in A rms."""
    return _impedance(arguments, machine, galvanostatic=True)


def _impedance(arguments: Arguments, machine: Machine, galvanostatic: bool) -> Callable[[Block], Iterator[float]]:
    frequency, real, imaginary = arguments.variable(), arguments.variable(), arguments.variable()
    amplitude, start, end, count, bias = (arguments.value() for _ in range(5))
    recorders = _recorders(arguments.optional(_OPTIONAL), machine)
    channel, front_end, clock = machine.channel, machine.front_end, machine.clock

    def record(point: _Point) -> None:
        frequency.store(point.frequency_Hz, "dc")
        peak_A = _PEAK * point.amplitude_A + abs(point.mean_A)
        active = channel.ranging.select(peak_A)
        status = active.status(peak_A)
        real.store(point.impedance_ohm.real, "cc", active.suffixes[status])
        voltage_range = potential_range_index(_PEAK * point.amplitude_V * 1.5, machine.settings.potential_ranges)
        imaginary.store(point.impedance_ohm.imag, "cd", metadata(status, voltage_range))
        for recorder in recorders:
            recorder(point)

    def bias_the_cell() -> None:
        if galvanostatic:
            channel.require_galvanostat()
            channel.set_current(bias.value)
        else:
            channel.require_potentiostat()
            channel.set_potential(bias.value)

    def run(body: Block) -> Iterator[float]:
        frequencies = _frequencies(machine, start.value, end.value, count.value)
        _check_amplitude(machine, amplitude.value, galvanostatic)
        bias_the_cell()
        with measurement_loop(machine, _GEIS if galvanostatic else _EIS):
            for frequency_Hz in frequencies:
                yield clock.script_s + max(_SHORTEST_POINT_S, _PERIODS / frequency_Hz)
                ohm = front_end.impedance(frequency_Hz)
                volts = amplitude.value * abs(ohm) if galvanostatic else amplitude.value
                amperes = amplitude.value if galvanostatic else amplitude.value / abs(ohm)
                record(_Point(frequency_Hz, ohm, volts, amperes, front_end.voltage_V, front_end.current_A))
                yield from run_body(body)

    return run


def _frequencies(machine: Machine, start_Hz: float, end_Hz: float, count: float) -> Iterator[float]:
    lowest_Hz, highest_Hz = machine.settings.impedance_frequency_Hz
    if not all(lowest_Hz <= frequency_Hz <= highest_Hz for frequency_Hz in (start_Hz, end_Hz)):
        raise RuntimeFault(ErrorCode.INVALID_FREQUENCY)
    number = int(count)
    if number < 1:
        raise RuntimeFault(ErrorCode.NO_STEP)
    ratio = (end_Hz / start_Hz) ** (1.0 / (number - 1)) if number > 1 else 1.0
    return (start_Hz * ratio**position for position in range(number))


def _check_amplitude(machine: Machine, amplitude: float, galvanostatic: bool) -> None:
    settings = machine.settings
    limit = settings.current_limit_A if galvanostatic else settings.impedance_amplitude_V
    if not 0 < amplitude <= limit:
        raise RuntimeFault(ErrorCode.INVALID_AMPLITUDE)


def _recorders(optional: dict[str, Arguments], machine: Machine) -> list[Recorder]:
    recorders: list[Recorder] = []
    if "eis_acdc" in optional:
        recorders.append(_amplitudes_and_means(optional["eis_acdc"]))
    if "eis_tdd" in optional:
        recorders.append(_time_domain(optional["eis_tdd"]))
    if "time" in optional:
        recorders.append(_time(optional["time"], machine))
    if "add_meas" in optional:
        add = additional_measurement(optional["add_meas"], machine)
        recorders.append(lambda _: add())
    return recorders


def _amplitudes_and_means(arguments: Arguments) -> Recorder:
    """`eis_acdc(e_ac e_dc i_ac i_dc)`."""
    alternating_V, mean_V, alternating_A, mean_A = (arguments.variable() for _ in range(4))
    arguments.finish()

    def record(point: _Point) -> None:
        alternating_V.store(point.amplitude_V, "ch")
        mean_V.store(point.mean_V, "ci")
        alternating_A.store(point.amplitude_A, "cj")
        mean_A.store(point.mean_A, "ck")

    return record


def _time_domain(arguments: Arguments) -> Recorder:
    """`eis_tdd(voltages currents count sampling_frequency 0)`: the waves of one point, over its periods."""
    voltages, currents = arguments.array(), arguments.array()
    count, sampling = arguments.variable(), arguments.variable()
    arguments.whole_number()
    arguments.finish()
    size = min(len(voltages.elements), len(currents.elements))

    def record(point: _Point) -> None:
        lag = phase(point.impedance_ohm)
        for number in range(size):
            angle = 2.0 * pi * _PERIODS * number / size
            voltages.elements[number].store(point.mean_V + _PEAK * point.amplitude_V * cos(angle), "ce")
            currents.elements[number].store(point.mean_A + _PEAK * point.amplitude_A * cos(angle - lag), "cf")
        count.store(size, "ee")
        sampling.store(point.frequency_Hz * size / _PERIODS, "cg")

    return record


def _time(arguments: Arguments, machine: Machine) -> Recorder:
    """`time(t)`: the time of the point by the timer of the script."""
    variable, timer = arguments.variable(), machine.timer
    arguments.finish()
    return lambda _: variable.store(timer.elapsed_s(), "eb")
