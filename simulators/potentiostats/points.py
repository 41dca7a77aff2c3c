"""The rhythm of a measurement loop: one point at each interval, then the body of the loop."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from operando.simulators.potentiostats.actions import Block, LoopBroken, MeasurementEnded, ScriptAborted
from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.packages import TIMING_NOT_MET
from operando.simulators.potentiostats.variables import Operand

__all__ = ["additional_measurement", "check_interval", "measurement_loop", "number_of_points", "points", "run_body"]

_TOLERANCE_S = 1.0e-9
_MAXIMUM_POINTS = 1.0e15


@contextmanager
def measurement_loop(machine: Machine, technique: int) -> Iterator[None]:
    """Mark the begin and the end of a measurement loop in the output, however it ends.

    `breakloop` and `Y` end the loop and the script goes on behind it; an abort goes through; a runtime fault goes
    through without the mark of the end.
    """
    machine.output.line(f"M{technique:04X}")
    machine.measuring = True
    try:
        yield
    except (LoopBroken, MeasurementEnded):
        pass
    except ScriptAborted:
        machine.output.line("*")
        raise
    finally:
        machine.measuring = False
    machine.output.line("*")


def check_interval(machine: Machine, interval_s: float) -> None:
    """Refuse an interval that cannot be kept.

    Raises:
        RuntimeFault: 4204 if it is not positive, 005A if it is too short.
    """
    if interval_s <= 0:
        raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)
    if interval_s < machine.settings.shortest_interval_s:
        raise RuntimeFault(ErrorCode.TIMING_NOT_POSSIBLE)


def number_of_points(machine: Machine, interval_s: float, run_s: float) -> int:
    """How many points a run has: one for each whole interval.

    Raises:
        RuntimeFault: as `check_interval`; 4204 if the run is not positive, 4029 if it is too short for a point.
    """
    check_interval(machine, interval_s)
    if run_s <= 0:
        raise RuntimeFault(ErrorCode.MUST_BE_POSITIVE)
    count = int(min(run_s / interval_s + 1.0e-6, _MAXIMUM_POINTS))
    if count == 0:
        raise RuntimeFault(ErrorCode.NO_STEP)
    return count


def points(
    machine: Machine,
    interval_s: float,
    setpoints: Iterable[float],
    apply: Callable[[float], None] | None,
    record: Callable[[float], None],
    body: Block,
) -> Iterator[float]:
    """Take one point for each setpoint; yields the times of the points.

    When the body takes longer than the interval, the next point is taken at once, says that the timing was not met,
    and the rhythm goes on from there.
    """
    clock, sample, waits, run = machine.clock, machine.front_end.sample, body.waits, body.run
    at_zero = machine.settings.first_point_at_zero and apply is None
    rhythm_started_s, intervals = clock.script_s, 0 if at_zero else 1
    for setpoint in setpoints:
        if apply is not None:
            apply(setpoint)
        due_s = rhythm_started_s + intervals * interval_s
        late_s = clock.script_s - due_s
        if late_s < 0:
            yield due_s
        on_time = late_s <= _TOLERANCE_S
        if not on_time:
            rhythm_started_s += late_s
        sample(0 if on_time else TIMING_NOT_MET)
        record(setpoint)
        if waits:
            yield from body.run_in_time()
        else:
            run()
        intervals += 1
    if at_zero:
        yield rhythm_started_s + intervals * interval_s


def run_body(body: Block) -> Iterator[float]:
    """Run the body of a loop, whether it waits or not."""
    if body.waits:
        yield from body.run_in_time()
    else:
        body.run()


def additional_measurement(arguments: Arguments | None, machine: Machine) -> Callable[[], None]:
    """The optional argument `add_meas(channel type variable)`: a further value for each point."""
    if arguments is None:
        return _nothing
    if arguments.whole_number() != 0:
        raise arguments.last.refused(ErrorCode.CHANNEL_NOT_AVAILABLE)
    kind = arguments.variable_type(("ab", "ba"))
    variable: Operand = arguments.variable()
    arguments.finish()
    front_end = machine.front_end
    return lambda: front_end.store(kind, variable)


def _nothing() -> None:
    pass
