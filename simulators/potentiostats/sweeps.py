"""Measurement loops along a ramp: linear sweep and cyclic voltammetry, linear sweep potentiometry."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from operando.simulators.potentiostats.actions import Block, LoopBroken, MeasurementEnded, ScriptAborted
from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.points import check_interval, measurement_loop, points

__all__ = ["cyclic_voltammetry", "linear_sweep_potentiometry", "linear_sweep_voltammetry"]

_LSV, _CV, _LSP = 0x0000, 0x0005, 0x000F


def ramp(begin: float, end: float, step: float) -> Iterator[float]:
    """Setpoints from `begin` (included) in equal steps to `end` (included if a step meets it).

    Raises:
        RuntimeFault: 4204 for a step that is not positive, 4029 if there is not one step to make.
    """
    if step <= 0:
        raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)
    steps = int(abs(end - begin) / step + 1.0e-6)
    if steps == 0:
        raise RuntimeFault(ErrorCode.NO_STEP)
    direction = step if end > begin else -step
    return (begin + number * direction for number in range(steps + 1))


def _interval(machine: Machine, step: float, rate: float) -> float:
    if rate <= 0:
        raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)
    check_interval(machine, step / rate)
    return step / rate


def linear_sweep_voltammetry(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_lsv E I E_begin E_end E_step rate`."""
    voltage, current = arguments.variable(), arguments.variable()
    begin, end, step, rate = (arguments.value() for _ in range(4))
    arguments.finish()
    channel, front_end = machine.channel, machine.front_end

    def record(setpoint: float) -> None:
        voltage.store(setpoint, "da")
        front_end.store("ba", current)

    def run(body: Block) -> Iterator[float]:
        channel.require_potentiostat()
        setpoints = ramp(begin.value, end.value, step.value)
        interval_s = _interval(machine, step.value, rate.value)
        with measurement_loop(machine, _LSV):
            yield from points(machine, interval_s, setpoints, channel.set_potential, record, body)

    return run


def linear_sweep_potentiometry(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_lsp E I I_begin I_end I_step rate`."""
    voltage, current = arguments.variable(), arguments.variable()
    begin, end, step, rate = (arguments.value() for _ in range(4))
    arguments.finish()
    channel, front_end = machine.channel, machine.front_end

    def record(setpoint: float) -> None:
        front_end.store("ab", voltage)
        current.store(setpoint, machine.settings.galvanostatic_current_type)

    def run(body: Block) -> Iterator[float]:
        channel.require_galvanostat()
        setpoints = ramp(begin.value, end.value, step.value)
        interval_s = _interval(machine, step.value, rate.value)
        with measurement_loop(machine, _LSP):
            yield from points(machine, interval_s, setpoints, channel.set_current, record, body)

    return run


def cyclic_voltammetry(arguments: Arguments, machine: Machine) -> Callable[[Block], Iterator[float]]:
    """`meas_loop_cv E I E_begin vertex1 vertex2 step rate [nscans(n)]`; `R` reverses the running sweep."""
    voltage, current = arguments.variable(), arguments.variable()
    begin, vertex1, vertex2, step, rate = (arguments.value() for _ in range(5))
    scans = arguments.optional(("nscans",)).get("nscans")
    count = scans.whole_number() if scans is not None else 1
    if scans is not None and count < 1:
        raise scans.last.refused(ErrorCode.MUST_BE_POSITIVE)
    channel, front_end = machine.channel, machine.front_end

    def record(setpoint: float) -> None:
        voltage.store(setpoint, "da")
        front_end.store("ba", current)

    def run(body: Block) -> Iterator[float]:
        channel.require_potentiostat()
        corners = (begin.value, vertex1.value, vertex2.value, begin.value)
        interval_s = _interval(machine, step.value, rate.value)
        ramp(begin.value, vertex1.value, step.value)  # refuses a step that leads nowhere
        with measurement_loop(machine, _CV), _sweeping(machine):
            for scan in range(count):
                setpoints = _cycle(machine, corners, step.value, repeated=scan > 0)
                scan_points = points(machine, interval_s, setpoints, channel.set_potential, record, body)
                yield from _marked(machine, scan, scan_points) if count > 1 else scan_points

    return run


@contextmanager
def _sweeping(machine: Machine) -> Iterator[None]:
    """While a cyclic voltammogram runs, `R` has something to reverse."""
    machine.sweeping = True
    try:
        yield
    finally:
        machine.sweeping = False


def _cycle(machine: Machine, corners: tuple[float, ...], step: float, repeated: bool) -> Iterator[float]:
    """Setpoints from corner to corner, each corner once; a reversal turns to the next corner at once."""
    potential = corners[0]
    if not repeated:
        yield potential
    for corner in corners[1:]:
        machine.reverse_requested = False
        direction = step if corner > potential else -step
        start = potential
        for number in range(1, int(abs(corner - start) / step + 1.0e-6) + 1):
            potential = start + number * direction
            yield potential
            if machine.reverse_requested:
                break


def _marked(machine: Machine, scan: int, scan_points: Iterator[float]) -> Iterator[float]:
    machine.output.line(f"C{scan:04X}")
    try:
        yield from scan_points
    except (LoopBroken, MeasurementEnded, ScriptAborted):
        machine.output.line("-")
        raise
    machine.output.line("-")
