"""Moves the stage and takes pictures while a script waits; a run has flows of its own for that."""

from dataclasses import replace

from operando.drivers.bench import Bench
from operando.drivers.errors import DeviceFault
from operando.drivers.roles import BeamConditions, FrameRequest, HighVoltage, Image
from operando.drivers.waiting import wait_for

__all__ = ["go_to", "set_conditions", "take_frame"]

_MOVE_WITHIN_S = 120.0
_SETTLE_WITHIN_S = 60.0
_SCAN_FACTOR, _SCAN_EXTRA_S = 1.5, 15.0


def go_to(bench: Bench, place_m: tuple[float, float]) -> None:
    """Move the stage to x and y; everything else of its position stays.

    Raises:
        LimitRefused: if a limit or a keep-out forbids it; nothing was sent.
        DeviceFault: if it does not arrive.
    """
    stage = bench.stage
    target = replace(stage.position(), x_m=place_m[0], y_m=place_m[1])
    stage.move_to(target)
    wait_for(bench.clock, lambda: not stage.moving(), _MOVE_WITHIN_S)
    here, tolerance_m = stage.position(), stage.capabilities.arrival_tolerance_m
    missed_m = max(abs(here.x_m - target.x_m), abs(here.y_m - target.y_m))
    if missed_m > tolerance_m:
        raise DeviceFault(
            f"the stage stands {missed_m * 1e6:.1f} um beside its target", where=stage.name, remedy="Look at the stage."
        )


def set_conditions(bench: Bench, conditions: BeamConditions) -> None:
    """Set the column and wait until it has settled.

    Raises:
        LimitRefused: if the column cannot be set so.
        DeviceFault: if it does not settle.
    """
    if bench.column.conditions() == conditions:
        return
    bench.column.apply(conditions)
    wait_for(bench.clock, lambda: not bench.column.busy(), _SETTLE_WITHIN_S)


def take_frame(bench: Bench, detectors: tuple[str, ...], pixels: tuple[int, int], dwell_s: float) -> tuple[Image, ...]:
    """Scan one frame where the stage stands, under the conditions that hold; one picture for each detector.

    Raises:
        DeviceFault: if the high voltage is off: nobody switches it on by taking a picture; or the scan does not end.
    """
    if bench.column.high_voltage() is not HighVoltage.ON:
        raise DeviceFault(
            "the high voltage is off, so there is nothing to see",
            where=bench.column.name,
            remedy="Switch it on at the microscope, when the vacuum and the sample allow it.",
        )
    request = FrameRequest(detectors, pixels, dwell_s)
    scanner = bench.scanner
    within_s = _SCAN_FACTOR * scanner.duration_s(request) + _SCAN_EXTRA_S
    scanner.start(request)
    wait_for(bench.clock, lambda: scanner.progress().complete, within_s)
    return scanner.images()
